package netpol

import (
	"net/netip"
	"testing"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/daysix/daysix/internal/finding"
	ours "github.com/daysix/daysix/internal/netpol"
)

// difference is a policy in a world of two pods, a and b of namespace n, on which cyclonus and the index do not say the same
// of a's connection to b on TCP 80.
type difference struct {
	spec     networkingv1.NetworkPolicySpec
	a, b     *pod
	portName string
}

func (d *difference) ask(t *testing.T) (index finding.Verdict, cyclonus bool) {
	t.Helper()
	w := &world{namespaces: []*corev1.Namespace{{ObjectMeta: metav1.ObjectMeta{Name: "n"}}}, pods: []*pod{d.a, d.b}}
	w.policies = []*networkingv1.NetworkPolicy{{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "p"}, Spec: d.spec}}
	x := ours.New()
	x.SetRanges(ours.Ranges{Pods: []netip.Prefix{netip.MustParsePrefix(podRange)}})
	for _, object := range w.namespaces {
		x.UpsertNamespace(object)
	}
	for _, object := range w.policies {
		x.UpsertPolicy(object)
	}
	for _, p := range w.pods {
		x.SetGroup(p.key, ours.Group{Labels: p.labels, Ports: p.ports, Pods: 1})
	}
	o := newOracle(w)
	return ask(x, connection{d.a, d.b, corev1.ProtocolTCP, 80}), o.policies.IsTrafficAllowed(&matcher.Traffic{
		Source: o.peer(d.a, d.a.address), Destination: o.peer(d.b, d.b.address),
		ResolvedPort: 80, ResolvedPortName: d.portName, Protocol: corev1.ProtocolTCP,
	}).IsAllowed()
}

func twoPods() (a, b *pod) {
	return &pod{key: ours.Key{Namespace: "n", Name: "a"}, labels: map[string]string{"app": "a"}, address: "10.1.0.1"},
		&pod{key: ours.Key{Namespace: "n", Name: "b"}, labels: map[string]string{"app": "b"}, address: "10.1.0.2"}
}

func letIn(selector *metav1.LabelSelector) networkingv1.NetworkPolicySpec {
	return networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{
		From: []networkingv1.NetworkPolicyPeer{{PodSelector: selector}},
	}}}
}

// A requirement NotIn holds for a pod that lacks the label (labels.Requirement.Matches of k8s.io/apimachinery, and the page
// on labels and selectors of the documentation). For cyclonus it does not.
func TestNotInMatchesWhereTheLabelIsMissing(t *testing.T) {
	a, b := twoPods()
	d := difference{a: a, b: b, spec: letIn(&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
		{Key: "tier", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"front"}},
	}})}
	if index, cyclonus := d.ask(t); index != finding.Yes || cyclonus {
		t.Errorf("index %s, cyclonus %v", index, cyclonus)
	}
}

// A label with the empty value has to be there. Cyclonus takes one that is missing for it.
func TestALabelWithoutAValueHasToBeThere(t *testing.T) {
	a, b := twoPods()
	d := difference{a: a, b: b, spec: letIn(&metav1.LabelSelector{MatchLabels: map[string]string{"canary": ""}})}
	if index, cyclonus := d.ask(t); index != finding.No || !cyclonus {
		t.Errorf("index %s, cyclonus %v", index, cyclonus)
	}
	a.labels["canary"] = ""
	if index, cyclonus := d.ask(t); index != finding.Yes || !cyclonus {
		t.Errorf("with the label: index %s, cyclonus %v", index, cyclonus)
	}
}

// Whether an ipBlock holds for a pod that has such an address, the API leaves to the network plugin. Cyclonus says that it
// does.
func TestAnIPBlockDecidesNothingAboutPods(t *testing.T) {
	a, b := twoPods()
	d := difference{a: a, b: b, spec: networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{
		From: []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: "10.1.0.0/24"}}},
	}}}}
	if index, cyclonus := d.ask(t); index != finding.Conditional || !cyclonus {
		t.Errorf("index %s, cyclonus %v", index, cyclonus)
	}
}

// A port may have several names, one in each container. Cyclonus is told one of them, so that the oracle asks by each.
func TestAPortMayHaveSeveralNames(t *testing.T) {
	a, b := twoPods()
	b.ports = []corev1.ContainerPort{{Name: "http", ContainerPort: 80}, {Name: "web", ContainerPort: 80}}
	name := intstr.FromString("web")
	spec := networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{
		Ports: []networkingv1.NetworkPolicyPort{{Port: &name}},
	}}}
	for portName, want := range map[string]bool{"http": false, "web": true} {
		d := difference{a: a, b: b, spec: spec, portName: portName}
		if index, cyclonus := d.ask(t); index != finding.Yes || cyclonus != want {
			t.Errorf("by %s: index %s, cyclonus %v", portName, index, cyclonus)
		}
	}
}

// Cyclonus does not take a policy without types, as a manifest may hold it: it ends the program.
func TestAPolicyWithoutTypesIsReadLikeAStoredOne(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("cyclonus takes a policy without types")
		}
	}()
	a, b := twoPods()
	d := difference{a: a, b: b}
	if index, cyclonus := d.ask(t); index != finding.No || cyclonus {
		t.Errorf("index %s, cyclonus of the stored one %v", index, cyclonus)
	}
	matcher.BuildNetworkPolicies(false, []*networkingv1.NetworkPolicy{{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "p"}}})
}
