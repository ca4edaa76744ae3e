package assess

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

func TestExposureIsNotKnownWithoutASourceThatMayLeadFarther(t *testing.T) {
	for name, test := range map[string]struct {
		read    netpol.Level
		lacking snapshot.Source
		want    netpol.Level
	}{
		"all is read":                       {netpol.LevelNamespace, "", netpol.LevelNamespace},
		"Services":                          {netpol.LevelNamespace, snapshot.Services, netpol.LevelUnknown},
		"Services, though nobody is let in": {netpol.LevelNone, snapshot.Services, netpol.LevelUnknown},
		"Ingresses":                         {netpol.LevelCluster, snapshot.Ingresses, netpol.LevelUnknown},
		"routes":                            {netpol.LevelCluster, snapshot.TLSRoutes, netpol.LevelUnknown},
		"policies of a network plugin":      {netpol.LevelNone, snapshot.CiliumNetworkPolicies, netpol.LevelUnknown},
		"namespaces":                        {netpol.LevelNamespace, snapshot.Namespaces, netpol.LevelUnknown},
		"nodes":                             {netpol.LevelNamespace, snapshot.Nodes, netpol.LevelNamespace},
		"Services, of what is outside":      {netpol.LevelExternal, snapshot.Services, netpol.LevelExternal},
	} {
		t.Run(name, func(t *testing.T) {
			view := calmView()
			if test.lacking != "" {
				view.Unavailable = []snapshot.SourceStatus{{Source: test.lacking, State: snapshot.Forbidden}}
			}
			network := &Network{Exposure: []netpol.Exposure{{Level: test.read, Certain: test.read}}}
			a := New(posture.Settings{}).Assess(view, Around{Network: network})
			condition := ""
			if test.want == netpol.LevelUnknown {
				condition = "It cannot be told: " + string(test.lacking) + " are Forbidden."
			}
			if x := a.Exposure; x.Level != test.want || x.Certain != test.read || x.Condition != condition {
				t.Errorf("got %+v, want %s, for certain %s, %q", x, test.want, test.read, condition)
			}
			if want := netpol.PriorityOf(a.Score.Tier, test.want); a.Priority != want {
				t.Errorf("priority %s, want %s", a.Priority, want)
			}
		})
	}
}

func TestWithoutNetworkPoliciesNothingIsSaidOfTheNetwork(t *testing.T) {
	m := model.New()
	for _, source := range snapshot.Sources() {
		m.Snapshot.SetSource(source, snapshot.Synced)
	}
	m.Snapshot.SetSource(snapshot.NetworkPolicies, snapshot.Forbidden)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, Spec: *spec()}
	kept, ok := m.Snapshot.Transform(pod).(*snapshot.Pod)
	if !ok {
		t.Fatal("the snapshot keeps no pod")
	}
	m.Snapshot.UpsertPod(kept)
	e := NewEngine(m, New(posture.Settings{}), nil)
	key := snapshot.Key{Kind: "Pod", Namespace: "shop", Name: "web"}
	e.Observe(key)
	e.Solve()
	a := e.Assess(key)
	for _, question := range []finding.Question{finding.ReachPods, finding.ReachExternal} {
		if answer := answerTo(a, question); answer.Verdict != finding.Unknown || answer.Reason != "SourceForbidden" {
			t.Errorf("%s is %s, reason %q", question, answer.Verdict, answer.Reason)
		}
	}
	if a.Exposure.Level != netpol.LevelUnknown || a.Exposure.Certain != netpol.LevelNone {
		t.Errorf("exposure %+v", a.Exposure)
	}
	for _, f := range a.Findings {
		if f.Check == reachesOutside || f.Check == reachesOwnNamespace || f.Check == reachesOtherNamespaces {
			t.Errorf("found %s", f.Check)
		}
	}
}
