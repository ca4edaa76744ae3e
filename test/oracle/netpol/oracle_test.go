package netpol

import (
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/daysix/daysix/internal/finding"
	ours "github.com/daysix/daysix/internal/netpol"
)

var (
	seed   = flag.Uint64("seed", 20260101, "first seed of the random clusters")
	worlds = flag.Uint64("worlds", 400, "number of random clusters")
)

const connectionsPerWorld = 150

// connection is one question: may from connect to this port of to?
type connection struct {
	from, to *pod
	protocol corev1.Protocol
	port     int32
}

func (c connection) String() string {
	return fmt.Sprintf("%+v to %+v on %s %d", *c.from, *c.to, c.protocol, c.port)
}

// Every connection is put to the matcher of cyclonus and to the index; they never disagree. Yes and no must both be
// common, or agreement would mean little.
func TestIndexAgreesWithTheMatcherOfCyclonus(t *testing.T) {
	asked, yes := 0, 0
	for s := *seed; s < *seed+*worlds; s++ {
		w := newWorld(s)
		x, oracle := changedIndex(w, s), newOracle(w)
		for range connectionsPerWorld {
			c := w.connection()
			got, want := ask(x, c), oracle.ask(c)
			if got != want {
				t.Fatalf("seed %d: %s: ours %s, cyclonus %s\npolicies %+v", s, c, got, want, w.policies)
			}
			asked++
			if want != finding.No {
				yes++
			}
		}
	}
	t.Logf("%d connections, %d get through, %d do not", asked, yes, asked-yes)
	if asked < 20_000 || yes*4 < asked || (asked-yes)*4 < asked {
		t.Errorf("%d connections of which %d get through: want 20,000, and a quarter of each at least", asked, yes)
	}
}

// What a pod reaches in sum is what it reaches one by one, on any port that could tell one rule from another.
func TestReachAgreesWithTheMatcherOfCyclonus(t *testing.T) {
	reached := map[finding.Verdict]int{}
	for s := *seed; s < *seed+*worlds/4; s++ {
		w := newWorld(s)
		x, oracle := changedIndex(w, s), newOracle(w)
		for _, from := range w.pods {
			egress, _ := x.Egress(from.key, len(w.pods))
			got := map[ours.Key]finding.Verdict{}
			for _, target := range slices.Concat(egress.OwnNamespace.Targets, egress.OtherNamespaces.Targets) {
				got[target.Key] = target.Verdict
			}
			for _, to := range w.pods {
				if to == from {
					continue
				}
				want := oracle.askAny(from, to)
				if got[to.key] != want && (want != finding.No || got[to.key] != "") {
					t.Fatalf("seed %d: %+v to %+v: ours %s, cyclonus %s\npolicies %+v", s, *from, *to, got[to.key], want, w.policies)
				}
				reached[want]++
			}
		}
	}
	t.Logf("pairs: %v", reached)
	for _, verdict := range []finding.Verdict{finding.Yes, finding.No, finding.Conditional} {
		if reached[verdict] < 100 {
			t.Errorf("%d pairs are %s", reached[verdict], verdict)
		}
	}
}

// connection is a random one. At most one end lies outside, and the port is one that the policies speak of, or next to it.
func (w *world) connection() connection {
	c := connection{pick(w, w.pods), pick(w, w.pods), pick(w, protocols), pick(w, numbers) + w.random.Int32N(2)}
	switch w.random.IntN(5) {
	case 0:
		c.from = &pod{address: pick(w, outside)}
	case 1:
		c.to = &pod{address: pick(w, outside)}
	}
	return c
}

// changedIndex holds the world, after another one that it replaced.
func changedIndex(w *world, seed uint64) *ours.Index {
	x := ours.New()
	old := newWorld(seed + 1_000_000)
	old.policies = append(old.policies, old.policy("n0", "gone"))
	old.feed(x)
	for _, object := range old.policies {
		x.DeletePolicy(object.Namespace, object.Name)
	}
	for _, p := range old.pods {
		x.DeleteGroup(p.key)
	}
	x.SetRanges(ours.Ranges{Pods: []netip.Prefix{netip.MustParsePrefix(podRange)}})
	w.feed(x)
	return x
}

// ask puts the question to the index.
func ask(x *ours.Index, c connection) finding.Verdict {
	ports := ours.PortRange(c.protocol, c.port, c.port)
	var gate ours.Gate
	switch {
	case c.from.key.Name == "":
		gate, _ = x.IngressFrom(c.to.key, netip.MustParseAddr(c.from.address))
	case c.to.key.Name == "":
		gate, _ = x.EgressTo(c.from.key, netip.MustParseAddr(c.to.address))
	default:
		answer, _ := x.Connect(c.from.key, c.to.key, ports)
		return answer.Verdict
	}
	if gate.Ports.Intersect(ports).Empty() {
		return finding.No
	}
	return gate.Verdict
}

// oracle is the matcher of cyclonus.
type oracle struct {
	*world
	policies *matcher.Policy
}

// newOracle fills in what the API server fills in: cyclonus takes policies as they are stored.
func newOracle(w *world) *oracle {
	stored := make([]*networkingv1.NetworkPolicy, len(w.policies))
	for i, object := range w.policies {
		stored[i] = object.DeepCopy()
		if spec := &stored[i].Spec; len(spec.PolicyTypes) == 0 {
			spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
			if len(spec.Egress) > 0 {
				spec.PolicyTypes = append(spec.PolicyTypes, networkingv1.PolicyTypeEgress)
			}
		}
	}
	return &oracle{w, matcher.BuildNetworkPolicies(false, stored)}
}

// ask puts the question to the matcher. For cyclonus an ipBlock holds for pods by their addresses. The API leaves that to
// the network plugin: what gets through by the address of a pod alone, whatever it is, is conditional.
func (o *oracle) ask(c connection) finding.Verdict {
	if c.from.key.Name == "" || c.to.key.Name == "" {
		if o.allowed(c, c.from.address, c.to.address) {
			return finding.Yes
		}
		return finding.No
	}
	if o.allowed(c, noBlock, noBlock) {
		return finding.Yes
	}
	for _, from := range podAddresses {
		for _, to := range podAddresses {
			if o.allowed(c, from, to) {
				return finding.Conditional
			}
		}
	}
	return finding.No
}

// askAny is the best answer for any port.
func (o *oracle) askAny(from, to *pod) finding.Verdict {
	best := finding.No
	for _, protocol := range protocols {
		for _, port := range []int32{1, 53, 80, 443, 8080, 65535} {
			switch o.ask(connection{from, to, protocol, port}) {
			case finding.Yes:
				return finding.Yes
			case finding.Conditional:
				best = finding.Conditional
			default:
			}
		}
	}
	return best
}

// allowed asks by every name of the port, for cyclonus knows one at a time.
func (o *oracle) allowed(c connection, from, to string) bool {
	names := []string{""}
	for _, p := range c.to.ports {
		if p.ContainerPort == c.port && p.Protocol == c.protocol {
			names = append(names, p.Name)
		}
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return o.policies.IsTrafficAllowed(&matcher.Traffic{
			Source: o.peer(c.from, from), Destination: o.peer(c.to, to),
			ResolvedPort: int(c.port), ResolvedPortName: name, Protocol: c.protocol,
		}).IsAllowed()
	})
}

func (o *oracle) peer(p *pod, address string) *matcher.TrafficPeer {
	peer := &matcher.TrafficPeer{IP: address}
	if p.key.Name != "" {
		peer.Internal = &matcher.InternalPeer{PodLabels: p.labels, NamespaceLabels: o.labelsOf(p.key.Namespace), Namespace: p.key.Namespace}
	}
	return peer
}
