package assess

import (
	"maps"
	"slices"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// judge assesses the pods of one workload. It lives as long as one assessment.
type judge struct {
	*Assessor
	view   *snapshot.View
	access *Access
	// held are the privileges of the ServiceAccounts seen so far: a change of a pod is tried many times with the same.
	held  map[string][]rbac.Held
	asked map[string]struct{}
	graph *outlook
	// network are the findings about it: the same for every pod, whatever its spec.
	network      []finding.Finding
	networkKnown bool
	aliases      map[string]string
}

func newJudge(a *Assessor, view *snapshot.View, around Around) *judge {
	j := &judge{
		Assessor: a, view: view, access: around.Access,
		held: make(map[string][]rbac.Held), asked: make(map[string]struct{}),
		graph:   newOutlook(around.Graph, view.Workload.Key),
		network: around.Network.findings(!view.Known(snapshot.Pods)), networkKnown: around.Network != nil,
	}
	if around.Network != nil {
		j.aliases = around.Network.Aliases
	}
	return j
}

// subject is a group of pods as the posture checks see it, with what its ServiceAccount may do.
func (j *judge) subject(g *snapshot.Group) *posture.Pod {
	facts := factsOf(j.view, g, j.settings)
	facts.Rights = j.rights(snapshot.ServiceAccountName(g.Shape.Spec))
	return posture.NewPod(g.Shape.Spec, facts)
}

// Subject is a group of pods of a view as the posture checks see it, where RBAC is not read.
func Subject(view *snapshot.View, g *snapshot.Group, settings posture.Settings) *posture.Pod {
	return posture.NewPod(g.Shape.Spec, factsOf(view, g, settings))
}

func factsOf(view *snapshot.View, g *snapshot.Group, settings posture.Settings) posture.Facts {
	return posture.Facts{
		Namespace:    view.Workload.Key.Namespace,
		Annotations:  g.Shape.Annotations,
		Users:        g.Shape.Users,
		Claims:       g.Claims,
		Automount:    g.Automount,
		TokenSecrets: g.TokenSecrets,
		ConfigMaps:   g.ConfigMaps,
		Placement: posture.Placement{
			ControlPlane:   g.Placement.ControlPlane,
			NoControlPlane: view.NoControlPlane,
			CloudProvider:  g.Placement.CloudProvider,
		},
		Settings: settings,
	}
}

// judge runs every rule over one pod, given the findings of its spec alone.
func (j *judge) judge(pod *posture.Pod, own []finding.Finding) Verdict {
	v := Verdict{ServiceAccountName: snapshot.ServiceAccountName(pod.Spec)}
	reached := j.graph.answers(pod, own)
	v.Findings = j.findings(pod, own, reached)
	v.Answers = j.answers(pod, v.Findings, reached)
	v.Score = score.Of(risks(v.Findings))
	v.Reach = reach(v.Answers, v.Findings)
	return v
}

// score is that of the verdict on a pod, without the answers: a change is tried for nothing else. One of the limit or above need
// not be exact: ways only add to what the pod has by itself, and the search for them costs most.
func (j *judge) score(pod *posture.Pod, limit int) int {
	own := j.engine.Assess(pod)
	all := j.apart(pod, own)
	if least := score.Of(risks(all)).Score; least >= limit {
		return least
	}
	return score.Of(risks(append(all, paths(j.graph.answers(pod, own), all)...))).Score
}

// apart are the findings of the spec, of the rights and of the network, in no order.
func (j *judge) apart(pod *posture.Pod, own []finding.Finding) []finding.Finding {
	return append(append(own, j.privileges(pod)...), j.network...)
}

// findings are all of them, with those of what is reached.
func (j *judge) findings(pod *posture.Pod, own []finding.Finding, reached *attackgraph.Answers) []finding.Finding {
	all := j.apart(pod, own)
	all = append(all, paths(reached, all)...)
	if len(all) > len(own) {
		finding.Sort(all)
	}
	return all
}

func (j *judge) askedNamespaces() []string {
	if len(j.asked) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(j.asked))
}
