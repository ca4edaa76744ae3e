package assess

import (
	"maps"
	"slices"

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
}

func newJudge(a *Assessor, view *snapshot.View, around Around) *judge {
	return &judge{
		Assessor: a, view: view, access: around.Access,
		held: make(map[string][]rbac.Held), asked: make(map[string]struct{}),
		graph:   newOutlook(around.Graph, view.Workload.Key),
		network: around.Network.findings(!view.Known(snapshot.Pods)), networkKnown: around.Network != nil,
	}
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
		Placement: posture.Placement{
			ControlPlane:   g.Placement.ControlPlane,
			NoControlPlane: view.NoControlPlane,
			CloudProvider:  g.Placement.CloudProvider,
		},
		Settings: settings,
	}
}

// judge runs every rule over one pod.
func (j *judge) judge(pod *posture.Pod) Verdict {
	v := Verdict{ServiceAccountName: snapshot.ServiceAccountName(pod.Spec), Findings: j.engine.Assess(pod)}
	own := len(v.Findings)
	reached := j.graph.answers(pod, v.Findings)
	v.Findings = append(append(v.Findings, j.privileges(pod)...), j.network...)
	v.Findings = append(v.Findings, paths(reached, v.Findings)...)
	if len(v.Findings) > own {
		finding.Sort(v.Findings)
	}
	v.Answers = j.answers(pod, v.Findings, reached)
	v.Score = score.Of(risks(v.Findings))
	v.Reach = reach(v.Answers, v.Findings)
	return v
}

func (j *judge) askedNamespaces() []string {
	if len(j.asked) == 0 {
		return nil
	}
	return slices.Sorted(maps.Keys(j.asked))
}
