package assess

import (
	"fmt"
	"strings"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
)

// The checks that say what is reached over others: tokens on a node, rights of another ServiceAccount, Secrets.
const (
	pathToClusterAdmin finding.CheckID = "PathToClusterAdmin"
	pathToNode         finding.CheckID = "PathToNode"
	pathToOtherNodes   finding.CheckID = "PathToOtherNodes"
	pathToPods         finding.CheckID = "PathToPods"
	pathToSecrets      finding.CheckID = "PathToSecrets"
)

// paths are findings about what the attack graph reaches and nothing that was found so far leads to as certainly.
func paths(reached *attackgraph.Answers, found []finding.Finding) []finding.Finding {
	if reached == nil {
		return nil
	}
	var out []finding.Finding
	add := func(check finding.CheckID, answer *attackgraph.Answer, way attackgraph.Path, consequence finding.Consequence) {
		if answer.Verdict != finding.Yes && answer.Verdict != finding.Conditional || len(way) == 0 {
			return
		}
		condition := conditionOf(answer, way)
		if known, leads := least(found, consequence); leads && (known == "" || condition != "") {
			return
		}
		out = append(out, pathFinding(check, consequence, condition, way))
	}
	add(pathToClusterAdmin, &reached.BecomeClusterAdmin, reached.BecomeClusterAdmin.Path, finding.ClusterAdmin)
	add(pathToNode, &reached.ControlNode, reached.ControlNode.Path, finding.NodeRoot)
	add(pathToOtherNodes, &reached.HopNodes, reached.HopNodes.Path, finding.MultiNode)
	if way, consequence, wide := widest(&reached.ControlPods, finding.PodsOfCluster, finding.PodsOfNamespace); wide {
		add(pathToPods, &reached.ControlPods, way, consequence)
	}
	if way, consequence, wide := widest(&reached.ReadSecrets, finding.SecretsOfCluster, finding.SecretsOfNamespace); wide {
		add(pathToSecrets, &reached.ReadSecrets, way, consequence)
	}
	return out
}

// widest is the way to the widest scope of an answer; false where that is single objects.
func widest(a *attackgraph.Answer, cluster, namespace finding.Consequence) (attackgraph.Path, finding.Consequence, bool) {
	way := a.Path
	if len(a.Widest) > 0 {
		way = a.Widest
	}
	switch a.Scope {
	case attackgraph.ScopeCluster:
		return way, cluster, true
	case attackgraph.ScopeNamespace:
		return way, namespace, true
	case attackgraph.ScopeObject:
	}
	return nil, "", false
}

// least is the least condition on which something that was found leads to a consequence; empty where it is certain.
func least(found []finding.Finding, consequence finding.Consequence) (condition string, leads bool) {
	for i := range found {
		c, ok := found[i].Leads(func(other finding.Consequence) bool { return other == consequence })
		if ok && (!leads || c == "") {
			condition, leads = c, true
		}
	}
	return condition, leads
}

// unnamedCondition stands for the condition of a way whose steps do not name one.
const unnamedCondition = "A step of the way depends on what the API does not show."

func conditionOf(answer *attackgraph.Answer, way attackgraph.Path) string {
	if answer.Verdict != finding.Conditional {
		return ""
	}
	if conditions := way.Conditions(); len(conditions) > 0 {
		return conditions[0]
	}
	return unnamedCondition
}

func pathFinding(check finding.CheckID, consequence finding.Consequence, condition string, way attackgraph.Path) finding.Finding {
	names := make([]string, 0, len(way))
	for i := range way {
		names = append(names, way[i].To.String())
	}
	last := &way[len(way)-1]
	return finding.Finding{
		Check: check, Consequence: consequence, Condition: condition, Hops: len(way),
		Field: string(way[0].Edge), Value: last.Why,
		Message:     fmt.Sprintf("In %d steps: %s.", len(way), strings.Join(names, ", then ")),
		Remediation: "Break the way at its cheapest step: " + string(last.Edge) + ", " + last.Why + ".",
	}
}

// stepsOf is a way in words.
func stepsOf(way attackgraph.Path) []finding.Step {
	out := make([]finding.Step, 0, len(way))
	for i := range way {
		s := &way[i]
		why := string(s.Edge)
		if s.Why != "" {
			why += ": " + s.Why
		}
		if s.Condition != "" {
			why += " (if: " + s.Condition + ")"
		}
		out = append(out, finding.Step{From: s.From.String(), To: s.To.String(), Why: why})
	}
	return out
}
