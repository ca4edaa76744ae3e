package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

func TestRootLikePodReadsWhatOthersFound(t *testing.T) {
	finds := func(id finding.CheckID, consequences ...finding.Consequence) Check {
		return Check{ID: id, Find: func(_ *Pod, out *Findings) {
			for _, c := range consequences {
				out.Add(finding.Finding{Consequence: c})
			}
		}}
	}
	system := Settings{SystemNamespaces: []string{"kube-system"}}
	for name, test := range map[string]struct {
		checks []Check
		facts  Facts
		want   string
	}{
		"the first check that makes it root-like is named, the others are counted": {
			checks: []Check{finds("B", finding.NodeRead, finding.NodeRoot), finds("A", finding.NodeRoot)},
			facts:  Facts{Namespace: "shop", Settings: system},
			want:   "Root-like outside of the system namespaces, by B and more (2).",
		},
		"no namespace means default": {
			checks: []Check{finds("A", finding.NodeRoot)}, facts: Facts{Settings: system},
			want: "Root-like outside of the system namespaces, by A.",
		},
		"system namespaces may hold it": {
			checks: []Check{finds("A", finding.NodeRoot)}, facts: Facts{Namespace: "kube-system", Settings: system},
		},
		"lesser consequences do not make it root-like": {
			checks: []Check{finds("A", finding.EscapeAid, finding.NodeNetwork)}, facts: Facts{Namespace: "shop"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			engine := &Engine{checks: append(test.checks, rootLikePod())}
			got := ""
			for _, f := range engine.Assess(NewPod(&corev1.PodSpec{}, test.facts)) {
				if f.Check == "RootLikePod" {
					got += f.Message
				}
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// It reads what all other checks found, so none may stand behind it.
func TestRootLikePodStandsLast(t *testing.T) {
	checks := Registry()
	if last := checks[len(checks)-1].ID; last != "RootLikePod" {
		t.Errorf("the last check is %s", last)
	}
}
