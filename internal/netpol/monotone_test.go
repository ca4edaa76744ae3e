package netpol

import (
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

// A policy that is the only one to hold its pods back can be taken away, and a policy can be given a rule more, or pods that
// are held back already a policy more: none of it ever makes anybody reach less.
func TestLessIsolationNeverMeansLessReach(t *testing.T) {
	for name, loosen := range map[string]func(*rapid.T, *Index, *networkingv1.NetworkPolicy){
		"the only policy goes": func(t *rapid.T, x *Index, object *networkingv1.NetworkPolicy) {
			p := x.policies[PolicyRef{object.Namespace, object.Name}]
			for g := range p.subjects {
				for _, d := range directions {
					if p.isolates(d) && len(g.policies[d]) != 1 {
						t.Skip("others hold a pod back as well")
					}
				}
			}
			x.DeletePolicy(object.Namespace, object.Name)
		},
		"a rule more": func(t *rapid.T, x *Index, object *networkingv1.NetworkPolicy) {
			more := object.DeepCopy()
			more.Spec.PolicyTypes = policyTypes(&object.Spec) // Unset, a rule for egress would hold egress back.
			from, to := rapid.SliceOfN(somePeers, 0, 2), rapid.SliceOfN(somePolicyPorts, 0, 2)
			more.Spec.Ingress = append(more.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: from.Draw(t, "from"), Ports: to.Draw(t, "ports")})
			more.Spec.Egress = append(more.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: from.Draw(t, "to"), Ports: to.Draw(t, "ports")})
			x.UpsertPolicy(more)
		},
		"a policy more for pods that are held back": func(t *rapid.T, x *Index, object *networkingv1.NetworkPolicy) {
			more := object.DeepCopy()
			more.Name = "more"
			more.Spec = someSpecs.Draw(t, "spec")
			more.Spec.PodSelector, more.Spec.PolicyTypes = object.Spec.PodSelector, policyTypes(&object.Spec)
			x.UpsertPolicy(more)
		},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			m := newModel(t)
			x := m.index()
			for range 40 {
				m.event(t, x)
			}
			if len(m.policies) == 0 {
				t.Skip("no policy")
			}
			refs := make([]PolicyRef, 0, len(m.policies))
			for _, n := range x.ordered {
				for _, p := range n.policies {
					refs = append(refs, p.ref)
				}
			}
			before := x.reached()
			loosen(t, x, m.policies[rapid.SampledFrom(refs).Draw(t, "policy")])
			for pair, was := range before {
				now := connect(x.groups[pair[0]], x.groups[pair[1]], AllPorts())
				if !was.certain.Union(now.certain).Equal(now.certain) || !was.possible.Union(now.possible).Equal(now.possible) {
					t.Fatalf("%s to %s: certain %s, then %s; possible %s, then %s",
						pair[0], pair[1], was.certain, now.certain, was.possible, now.possible)
				}
			}
		}))
	}
}

func (x *Index) reached() map[[2]Key]opening {
	all := map[[2]Key]opening{}
	for _, from := range x.groups {
		for _, to := range x.groups {
			all[[2]Key{from.key, to.key}] = connect(from, to, AllPorts())
		}
	}
	return all
}

// The certain ports are among the possible ones, the verdict follows from the ports, and only a conditional one has a
// condition; whatever the policies.
func TestEveryAccessIsConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel(t)
		x := m.index()
		for range 60 {
			m.event(t, x)
		}
		check := func(key Key, what string, a Access, others bool) {
			undecided := others && a.Verdict == finding.Conditional
			switch {
			case (a.Condition != "") != (a.Verdict == finding.Conditional),
				!undecided && a.Ports.Empty() != (a.Verdict == finding.No):
				t.Fatalf("%s, %s: %+v", key, what, a)
			}
		}
		for _, key := range keysOf(m.groups) {
			a := x.answers(key)
			others := len(a.Egress.Unevaluated) > 0
			for what, gate := range map[string]Gate{
				"outside": a.Egress.Outside.Any, "everywhere": a.Egress.Outside.Everywhere, "metadata": a.Egress.Outside.Metadata,
				"DNS": a.Egress.Outside.DNS, "to own": a.Egress.ToOwnNamespace, "to others": a.Egress.ToOtherNamespaces,
				"from own": a.Ingress.OwnNamespace, "from others": a.Ingress.OtherNamespaces,
				"from outside": a.Ingress.Outside,
			} {
				check(key, what, gate.Access, others)
				if (len(gate.Policies) > 0) && gate.Ports.Empty() {
					t.Fatalf("%s, %s: policies that let nothing through: %+v", key, what, gate)
				}
			}
			for what, pair := range map[string]struct {
				lets    Gate
				reaches Tally
			}{
				"own":    {a.Egress.ToOwnNamespace, a.Egress.OwnNamespace},
				"others": {a.Egress.ToOtherNamespaces, a.Egress.OtherNamespaces},
			} {
				if pair.lets.Verdict == finding.No && pair.reaches.Verdict != finding.No {
					t.Fatalf("%s reaches %s, where its policies let nothing out: %+v", key, what, pair)
				}
			}
			for _, way := range a.Exposure.Ways {
				check(key, way.Object, way.Access, others)
			}
			e := a.Exposure
			if (e.Condition != "") != (e.Level != e.Certain) || (e.Level == LevelExternal) != (len(e.Ways) > 0) {
				t.Fatalf("%s: %+v", key, e)
			}
		}
	})
}
