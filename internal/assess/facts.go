package assess

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// graphFacts are what the attack graph takes of a workload: how its pods get out to their node, whose tokens and which
// Secrets they hold, and where they run.
func (a *Assessor) graphFacts(view *snapshot.View) attackgraph.Workload {
	groups := view.Subjects()
	out := attackgraph.Workload{Groups: make([]attackgraph.Group, 0, len(groups))}
	for i := range groups {
		g := &groups[i]
		pod := Subject(view, g, a.settings)
		findings := a.engine.Assess(pod)
		fact := attackgraph.Group{
			ServiceAccount: snapshot.ServiceAccountName(pod.Spec),
			HoldsToken:     pod.HoldsAPIToken(),
			Root:           wayOut(findings, finding.NodeRoot),
			Read:           wayOut(findings, finding.NodeRead),
			Secrets:        secretsOf(pod),
			NodeSecrets:    pullSecrets(pod.Spec),
			Placement:      placement(view),
		}
		for j, name := range g.Pods {
			fact.Pods = append(fact.Pods, attackgraph.Pod{Name: name, Node: g.Nodes[j]})
		}
		out.Groups = append(out.Groups, fact)
	}
	return out
}

// wayOut is the finding that leads to a consequence, a certain one rather than one that a condition decides.
func wayOut(findings []finding.Finding, consequence finding.Consequence) *attackgraph.Way {
	var best *attackgraph.Way
	for i := range findings {
		condition, leads := findings[i].Leads(func(c finding.Consequence) bool { return c == consequence })
		if leads && (best == nil || best.Condition != "" && condition == "") {
			best = &attackgraph.Way{Condition: condition, Why: findings[i].Field}
		}
	}
	return best
}

func secretsOf(pod *posture.Pod) []string {
	var out []string
	for i := range pod.Secrets {
		if pod.Secrets[i].Source != posture.SecretFromProvider {
			out = append(out, pod.Secrets[i].Secret)
		}
	}
	return out
}

func pullSecrets(spec *corev1.PodSpec) []string {
	var out []string
	for _, ref := range spec.ImagePullSecrets {
		out = append(out, ref.Name)
	}
	return out
}

// placement says where the pods may run once they are gone.
func placement(view *snapshot.View) attackgraph.Placement {
	for i := range view.Replacements {
		r := &view.Replacements[i]
		if r.Controller == nil || r.Static {
			return attackgraph.Pinned
		}
	}
	switch view.Workload.Key.Kind {
	case "DaemonSet":
		return attackgraph.EveryNode
	case "Pod":
		return attackgraph.Pinned
	default:
		return attackgraph.Free
	}
}
