package netpol

import (
	"fmt"
	"math/rand/v2"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	ours "github.com/daysix/daysix/internal/netpol"
)

// pod is one end of a connection; outside of the cluster it has an address and nothing else.
type pod struct {
	key     ours.Key
	labels  map[string]string
	ports   []corev1.ContainerPort
	address string
}

// world is a random cluster. Its vocabulary is small, so that policies and connections meet.
type world struct {
	random     *rand.Rand
	namespaces []*corev1.Namespace
	policies   []*networkingv1.NetworkPolicy
	pods       []*pod
}

var (
	apps      = []string{"web", "db", "cache"}
	tiers     = []string{"front", "back"}
	protocols = []corev1.Protocol{corev1.ProtocolTCP, corev1.ProtocolUDP, corev1.ProtocolSCTP}
	numbers   = []int32{53, 80, 443, 8080}
	portNames = []string{"http", "dns"}
	blocks    = []string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/25", "10.1.0.128/25", "203.0.113.0/24", "2001:db8::/32"}
	except    = map[string][]string{
		"0.0.0.0/0": {"10.0.0.0/8", "10.1.0.64/26", "203.0.113.128/25"}, "10.0.0.0/8": {"10.1.0.0/16", "10.1.0.64/26"},
		"10.1.0.0/25": {"10.1.0.64/26"}, "203.0.113.0/24": {"203.0.113.128/25"}, "2001:db8::/32": {"2001:db8:1::/48"},
	}
)

const (
	// podRange is where pods have their addresses, podAddresses one of each part of it that the blocks tell apart.
	podRange = "10.1.0.0/24"
	// noBlock is an address that no block holds.
	noBlock = "fd00::1"
)

var (
	podAddresses = []string{"10.1.0.1", "10.1.0.65", "10.1.0.129"}
	outside      = []string{"203.0.113.5", "203.0.113.200", "198.51.100.1", "2001:db8::1", "2001:db8:1::1", "10.9.0.1"}
)

func newWorld(seed uint64) *world {
	w := &world{random: rand.New(rand.NewPCG(seed, 1))}
	for i := range 4 {
		w.namespaces = append(w.namespaces, w.namespace(fmt.Sprintf("n%d", i)))
	}
	for i := range 10 {
		w.pods = append(w.pods, w.pod(ours.Key{Namespace: pick(w, w.namespaces).Name, Name: fmt.Sprintf("p%d", i)}))
	}
	for i := range 2 + w.random.IntN(8) {
		w.policies = append(w.policies, w.policy(pick(w, w.namespaces).Name, fmt.Sprintf("policy%d", i)))
	}
	return w
}

func pick[V any](w *world, from []V) V { return from[w.random.IntN(len(from))] }

// oneIn is true once in n times.
func (w *world) oneIn(n int) bool { return w.random.IntN(n) == 0 }

// some is a list of up to n, each made anew.
func some[V any](w *world, n int, fresh func() V) []V {
	var list []V
	for range w.random.IntN(n + 1) {
		list = append(list, fresh())
	}
	return list
}

func (w *world) namespace(name string) *corev1.Namespace {
	labels := map[string]string{corev1.LabelMetadataName: name, "team": pick(w, tiers)}
	if w.oneIn(3) {
		labels["stage"] = "prod"
	}
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
}

func (w *world) pod(key ours.Key) *pod {
	p := &pod{key: key, labels: map[string]string{"app": pick(w, apps)}, address: pick(w, podAddresses)}
	if w.oneIn(2) {
		p.labels["tier"] = pick(w, tiers)
	}
	p.ports = some(w, 3, func() corev1.ContainerPort {
		return corev1.ContainerPort{Name: pick(w, portNames), ContainerPort: pick(w, numbers), Protocol: pick(w, protocols)}
	})
	return p
}

func (w *world) policy(namespace, name string) *networkingv1.NetworkPolicy {
	p := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	p.Spec.PodSelector = *w.selector("app", apps)
	p.Spec.PolicyTypes = pick(w, [][]networkingv1.PolicyType{nil, {"Ingress"}, {"Egress"}, {"Ingress", "Egress"}})
	p.Spec.Ingress = some(w, 2, func() networkingv1.NetworkPolicyIngressRule {
		return networkingv1.NetworkPolicyIngressRule{From: some(w, 2, w.peer), Ports: some(w, 2, w.port)}
	})
	p.Spec.Egress = some(w, 2, func() networkingv1.NetworkPolicyEgressRule {
		return networkingv1.NetworkPolicyEgressRule{To: some(w, 2, w.peer), Ports: some(w, 2, w.port)}
	})
	return p
}

// selector is a random one. NotIn is used on a label alone that everything has: TestNotInMatchesWhereTheLabelIsMissing.
func (w *world) selector(key string, values []string) *metav1.LabelSelector {
	s := &metav1.LabelSelector{}
	switch w.random.IntN(6) {
	case 0, 1:
	case 2:
		s.MatchLabels = map[string]string{key: pick(w, values)}
	case 3:
		s.MatchExpressions = []metav1.LabelSelectorRequirement{{
			Key: key, Operator: pick(w, []metav1.LabelSelectorOperator{"In", "NotIn"}), Values: []string{pick(w, values), pick(w, values)},
		}}
	case 4:
		s.MatchExpressions = []metav1.LabelSelectorRequirement{{
			Key: pick(w, []string{"tier", "stage"}), Operator: pick(w, []metav1.LabelSelectorOperator{"Exists", "DoesNotExist"}),
		}}
	default:
		s.MatchLabels = map[string]string{pick(w, []string{"tier", "team"}): pick(w, tiers)}
	}
	return s
}

func (w *world) peer() networkingv1.NetworkPolicyPeer {
	switch w.random.IntN(5) {
	case 0:
		block := &networkingv1.IPBlock{CIDR: pick(w, blocks)}
		if list := except[block.CIDR]; len(list) > 0 && w.oneIn(2) {
			block.Except = []string{pick(w, list)}
		}
		return networkingv1.NetworkPolicyPeer{IPBlock: block}
	case 1:
		return networkingv1.NetworkPolicyPeer{NamespaceSelector: w.namespaceSelector()}
	case 2:
		return networkingv1.NetworkPolicyPeer{NamespaceSelector: w.namespaceSelector(), PodSelector: w.selector("app", apps)}
	default:
		return networkingv1.NetworkPolicyPeer{PodSelector: w.selector("app", apps)}
	}
}

func (w *world) namespaceSelector() *metav1.LabelSelector {
	return w.selector(corev1.LabelMetadataName, []string{"n0", "n1", "n2", "n3"})
}

func (w *world) port() networkingv1.NetworkPolicyPort {
	p := networkingv1.NetworkPolicyPort{}
	if !w.oneIn(3) {
		protocol := pick(w, protocols)
		p.Protocol = &protocol
	}
	number := intstr.FromInt32(pick(w, numbers))
	switch w.random.IntN(5) {
	case 0:
	case 1:
		number = intstr.FromString(pick(w, portNames))
		p.Port = &number
	case 2:
		end := number.IntVal + w.random.Int32N(400)
		p.Port, p.EndPort = &number, &end
	default:
		p.Port = &number
	}
	return p
}

// feed puts the world into an index, in random order.
func (w *world) feed(x *ours.Index) {
	var steps []func()
	for _, object := range w.namespaces {
		steps = append(steps, func() { x.UpsertNamespace(object) })
	}
	for _, object := range w.policies {
		steps = append(steps, func() { x.UpsertPolicy(object) })
	}
	for _, p := range w.pods {
		steps = append(steps, func() { x.SetGroup(p.key, ours.Group{Labels: p.labels, Ports: p.ports, Pods: 1}) })
	}
	w.random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
}

func (w *world) labelsOf(namespace string) map[string]string {
	at := slices.IndexFunc(w.namespaces, func(n *corev1.Namespace) bool { return n.Name == namespace })
	return w.namespaces[at].Labels
}
