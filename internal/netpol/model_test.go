package netpol

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"
)

// model holds what the events have left, and rebuilds an index from nothing.
type model struct {
	namespaces map[string]*corev1.Namespace
	policies   map[PolicyRef]*networkingv1.NetworkPolicy
	groups     map[Key]Group
	others     map[OtherPolicy]struct{}
	services   map[serviceRef]*corev1.Service
	ingresses  map[serviceRef]*networkingv1.Ingress
	routes     map[serviceRef]Route
	grants     map[serviceRef]Grant
	allGrants  bool
	ranges     Ranges
	partial    bool
	// kinds are the policies of other kinds that may come: none in most runs, for they make everything conditional.
	kinds []OtherPolicy
}

func newModel(t *rapid.T) *model {
	m := &model{
		namespaces: map[string]*corev1.Namespace{}, policies: map[PolicyRef]*networkingv1.NetworkPolicy{}, groups: map[Key]Group{},
		others: map[OtherPolicy]struct{}{}, services: map[serviceRef]*corev1.Service{},
		ingresses: map[serviceRef]*networkingv1.Ingress{}, routes: map[serviceRef]Route{}, grants: map[serviceRef]Grant{},
	}
	m.partial = rapid.IntRange(0, 5).Draw(t, "partial") == 0
	switch rapid.IntRange(0, 5).Draw(t, "other kinds") {
	case 0:
		m.kinds = []OtherPolicy{{"policy.networking.k8s.io", "AdminNetworkPolicy", "", "guard"}}
		fallthrough
	case 1, 2:
		m.kinds = append(m.kinds, OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "n1", "a"},
			OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "n1", "b"}, OtherPolicy{"cilium.io", "CiliumNetworkPolicy", "n2", "a"})
	}
	return m
}

// index is an empty one.
func (m *model) index() *Index {
	if m.partial {
		return NewPartial()
	}
	return New()
}

// rebuild feeds the policies first, where the events may have come in any order.
func (m *model) rebuild() *Index {
	x := m.index()
	x.SetRanges(m.ranges)
	for _, o := range m.policies {
		x.UpsertPolicy(o)
	}
	for o := range m.others {
		x.UpsertOther(o)
	}
	for _, o := range m.ingresses {
		x.UpsertIngress(o)
	}
	for _, r := range m.routes {
		x.UpsertRoute(r)
	}
	for _, g := range m.grants {
		x.UpsertGrant(g)
	}
	x.SetAllGrants(m.allGrants)
	for key, g := range m.groups {
		x.SetGroup(key, g)
	}
	for _, o := range m.services {
		x.UpsertService(o)
	}
	for _, o := range m.namespaces {
		x.UpsertNamespace(o)
	}
	return x
}

var (
	someNames      = rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
	someSpaces     = rapid.SampledFrom([]string{"n1", "n2", "n3", "n4"})
	someLabels     = rapid.MapOfN(rapid.SampledFrom([]string{"app", "tier"}), rapid.SampledFrom([]string{"a", "b", "c"}), 0, 2)
	someProtocols  = rapid.SampledFrom([]corev1.Protocol{"TCP", "UDP", "SCTP"})
	somePorts      = rapid.SampledFrom([]int32{53, 80, 443, 8080})
	somePortNames  = rapid.SampledFrom([]string{"http", "dns"})
	someCIDRs      = rapid.SampledFrom([]string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "169.254.0.0/16", "203.0.113.0/24", "::/0"})
	someExceptions = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"10.0.0.0/8", "10.1.2.0/24", "169.254.169.254/32"}), 0, 2, rapid.ID)
	someSelectors  = rapid.Custom(func(t *rapid.T) *metav1.LabelSelector {
		s := &metav1.LabelSelector{MatchLabels: map[string]string{}}
		switch rapid.IntRange(0, 4).Draw(t, "selector") {
		case 0:
		case 1:
			s.MatchExpressions = []metav1.LabelSelectorRequirement{{
				Key: "app", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"a"},
			}}
		case 2:
			s.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: "tier", Operator: metav1.LabelSelectorOpExists}}
		default:
			s.MatchLabels["app"] = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "app")
		}
		return s
	})
	someNamespaceSelectors = rapid.Custom(func(t *rapid.T) *metav1.LabelSelector {
		if rapid.IntRange(0, 2).Draw(t, "by name") == 0 {
			return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: someSpaces.Draw(t, "namespace")}}
		}
		return someSelectors.Draw(t, "selector")
	})
	somePeers = rapid.Custom(func(t *rapid.T) networkingv1.NetworkPolicyPeer {
		switch rapid.IntRange(0, 5).Draw(t, "peer") {
		case 0:
			return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{
				CIDR: someCIDRs.Draw(t, "cidr"), Except: someExceptions.Draw(t, "except"),
			}}
		case 1:
			return networkingv1.NetworkPolicyPeer{NamespaceSelector: someNamespaceSelectors.Draw(t, "namespaces")}
		case 2:
			return networkingv1.NetworkPolicyPeer{
				NamespaceSelector: someNamespaceSelectors.Draw(t, "namespaces"), PodSelector: someSelectors.Draw(t, "pods"),
			}
		default:
			return networkingv1.NetworkPolicyPeer{PodSelector: someSelectors.Draw(t, "pods")}
		}
	})
	somePolicyPorts = rapid.Custom(func(t *rapid.T) networkingv1.NetworkPolicyPort {
		p := networkingv1.NetworkPolicyPort{}
		if protocol := someProtocols.Draw(t, "protocol"); protocol != corev1.ProtocolTCP {
			p.Protocol = &protocol
		}
		switch rapid.IntRange(0, 4).Draw(t, "port") {
		case 0:
		case 1:
			name := intstr.FromString(somePortNames.Draw(t, "name"))
			p.Port = &name
		case 2:
			number, end := intstr.FromInt32(somePorts.Draw(t, "number")), int32(9000)
			p.Port, p.EndPort = &number, &end
		default:
			number := intstr.FromInt32(somePorts.Draw(t, "number"))
			p.Port = &number
		}
		return p
	})
	someSpecs = rapid.Custom(func(t *rapid.T) networkingv1.NetworkPolicySpec {
		spec := networkingv1.NetworkPolicySpec{
			PodSelector: *someSelectors.Draw(t, "subjects"),
			PolicyTypes: rapid.SampledFrom([][]networkingv1.PolicyType{nil, {"Ingress"}, {"Egress"}, {"Ingress", "Egress"}}).Draw(t, "types"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "ingress") {
			spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{
				From: rapid.SliceOfN(somePeers, 0, 2).Draw(t, "from"), Ports: rapid.SliceOfN(somePolicyPorts, 0, 2).Draw(t, "ports"),
			})
		}
		for range rapid.IntRange(0, 2).Draw(t, "egress") {
			spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{
				To: rapid.SliceOfN(somePeers, 0, 2).Draw(t, "to"), Ports: rapid.SliceOfN(somePolicyPorts, 0, 2).Draw(t, "ports"),
			})
		}
		return spec
	})
	someGroups = rapid.Custom(func(t *rapid.T) Group {
		g := Group{
			Labels: someLabels.Draw(t, "labels"), Pods: rapid.SampledFrom([]int{0, 1, 1, 2, 5}).Draw(t, "pods"),
			HostNetwork: rapid.IntRange(0, 9).Draw(t, "host network") == 0,
		}
		for range rapid.IntRange(0, 2).Draw(t, "ports") {
			g.Ports = append(g.Ports, corev1.ContainerPort{
				Name: somePortNames.Draw(t, "name"), ContainerPort: somePorts.Draw(t, "number"), Protocol: someProtocols.Draw(t, "protocol"),
				HostPort: rapid.SampledFrom([]int32{0, 0, 0, 30080}).Draw(t, "host port"),
			})
		}
		return g
	})
	someServices = rapid.Custom(func(t *rapid.T) *corev1.Service {
		s := &corev1.Service{Spec: corev1.ServiceSpec{
			Type:     rapid.SampledFrom([]corev1.ServiceType{"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}).Draw(t, "type"),
			Selector: someLabels.Draw(t, "selector"),
		}}
		target := rapid.SampledFrom([]intstr.IntOrString{{}, intstr.FromString("http"), intstr.FromInt32(80)}).Draw(t, "target")
		s.Spec.Ports = []corev1.ServicePort{{Name: "web", Port: 80, TargetPort: target}}
		return s
	})
	someRanges = rapid.SampledFrom([]Ranges{
		{},
		{Pods: prefixes("10.1.0.0/16")},
		{NodePods: prefixes("203.0.113.0/25"), Nodes: prefixes("203.0.113.128/25")},
		{Pods: prefixes("10.1.0.0/16"), Services: prefixes("10.2.0.0/16"), Nodes: prefixes("10.0.0.0/8")},
	})
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// event applies one random change to both and returns whom the index says it affects. Namespaces, policies of other kinds
// and ranges change more rarely than pods and policies.
func (m *model) event(t *rapid.T, x *Index) Affected {
	space, name := someSpaces.Draw(t, "namespace"), someNames.Draw(t, "name")
	key, ref, service := Key{space, name}, PolicyRef{space, name}, serviceRef{space, name}
	switch event := rapid.IntRange(0, 31).Draw(t, "event"); event {
	case 0, 1, 2, 3, 4, 5, 6:
		m.groups[key] = someGroups.Draw(t, "group")
		return x.SetGroup(key, m.groups[key])
	case 7, 8, 9:
		if g, ok := m.groups[key]; ok {
			g.Pods = rapid.IntRange(0, 3).Draw(t, "pods")
			m.groups[key] = g
			return x.SetGroup(key, g)
		}
		return Affected{}
	case 10, 11:
		delete(m.groups, key)
		return x.DeleteGroup(key)
	case 12, 13, 14, 15, 16, 17:
		object := &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: name}}
		object.Spec = someSpecs.Draw(t, "spec")
		m.policies[ref] = object
		return x.UpsertPolicy(object)
	case 18, 19, 20:
		delete(m.policies, ref)
		return x.DeletePolicy(space, name)
	case 21, 22:
		m.namespaces[space] = &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: space, Labels: someLabels.Draw(t, "labels")}}
		return x.UpsertNamespace(m.namespaces[space])
	case 23:
		delete(m.namespaces, space)
		return x.DeleteNamespace(space)
	default:
		return m.rareEvent(t, x, event, service)
	}
}

func (m *model) rareEvent(t *rapid.T, x *Index, event int, ref serviceRef) Affected {
	switch event {
	case 24:
		if len(m.kinds) == 0 {
			return Affected{}
		}
		o := rapid.SampledFrom(m.kinds).Draw(t, "other")
		if _, ok := m.others[o]; ok {
			delete(m.others, o)
			return x.DeleteOther(o)
		}
		m.others[o] = struct{}{}
		return x.UpsertOther(o)
	case 25:
		delete(m.services, ref)
		return x.DeleteService(ref.namespace, ref.name)
	case 26:
		m.services[ref] = someServices.Draw(t, "service")
		m.services[ref].Namespace, m.services[ref].Name = ref.namespace, ref.name
		return x.UpsertService(m.services[ref])
	case 27:
		if _, ok := m.ingresses[ref]; ok {
			delete(m.ingresses, ref)
			return x.DeleteIngress(ref.namespace, ref.name)
		}
		to := networkingv1.IngressServiceBackend{Name: someNames.Draw(t, "service"), Port: networkingv1.ServiceBackendPort{Name: "web"}}
		m.ingresses[ref] = &networkingv1.Ingress{
			ObjectMeta: metav1.ObjectMeta{Namespace: ref.namespace, Name: ref.name},
			Spec:       networkingv1.IngressSpec{DefaultBackend: &networkingv1.IngressBackend{Service: &to}},
		}
		return x.UpsertIngress(m.ingresses[ref])
	case 28:
		if _, ok := m.routes[ref]; ok {
			delete(m.routes, ref)
			return x.DeleteRoute("HTTPRoute", ref.namespace, ref.name)
		}
		to := Backend{rapid.SampledFrom([]string{"", "n1"}).Draw(t, "to"), someNames.Draw(t, "service"), 0}
		m.routes[ref] = Route{"HTTPRoute", ref.namespace, ref.name, []Backend{to}}
		return x.UpsertRoute(m.routes[ref])
	case 30:
		m.allGrants = !m.allGrants
		return x.SetAllGrants(m.allGrants)
	case 31:
		if _, ok := m.grants[ref]; ok {
			delete(m.grants, ref)
			return x.DeleteGrant(ref.namespace, ref.name)
		}
		m.grants[ref] = Grant{
			Namespace: ref.namespace, Name: ref.name, From: []GrantFrom{{"HTTPRoute", someSpaces.Draw(t, "from")}},
			Services: []string{someNames.Draw(t, "service")}, AnyService: rapid.Bool().Draw(t, "any"),
		}
		return x.UpsertGrant(m.grants[ref])
	case 29:
		m.ranges = someRanges.Draw(t, "ranges")
		return x.SetRanges(m.ranges)
	default:
		panic(fmt.Sprintf("no event %d", event))
	}
}
