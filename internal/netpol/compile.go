package netpol

import (
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// compile reads a policy. It fails where the API server would refuse the policy, and names the field.
func compile(object *networkingv1.NetworkPolicy) (*policy, error) {
	p := &policy{
		ref: PolicyRef{object.Namespace, object.Name}, spec: &object.Spec, subjects: map[*group]struct{}{},
	}
	var err error
	if p.selector, err = metav1.LabelSelectorAsSelector(&object.Spec.PodSelector); err != nil {
		return p, fmt.Errorf("spec.podSelector: %w", err)
	}
	for i, kind := range policyTypes(&object.Spec) {
		switch kind {
		case networkingv1.PolicyTypeIngress:
			p.sides[ingress] = &side{}
		case networkingv1.PolicyTypeEgress:
			p.sides[egress] = &side{}
		default:
			return p, fmt.Errorf("spec.policyTypes[%d]: %q is none", i, kind)
		}
	}
	// Rules of a direction that the policy is not about are checked all the same, and without effect.
	for i := range object.Spec.Ingress {
		from := &object.Spec.Ingress[i]
		if err := p.add(ingress, from.Ports, from.From); err != nil {
			return p, fmt.Errorf("spec.ingress[%d].%w", i, err)
		}
	}
	for i := range object.Spec.Egress {
		to := &object.Spec.Egress[i]
		if err := p.add(egress, to.Ports, to.To); err != nil {
			return p, fmt.Errorf("spec.egress[%d].%w", i, err)
		}
	}
	return p, nil
}

// policyTypes are the directions that a policy isolates in. Unset, they are ingress, and egress where it has such rules.
func policyTypes(spec *networkingv1.NetworkPolicySpec) []networkingv1.PolicyType {
	switch {
	case len(spec.PolicyTypes) > 0:
		return spec.PolicyTypes
	case len(spec.Egress) > 0:
		return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	default:
		return []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	}
}

func (p *policy) add(d direction, ports []networkingv1.NetworkPolicyPort, peers []networkingv1.NetworkPolicyPeer) error {
	r := rule{everyone: len(peers) == 0}
	var err error
	if r.ports, err = compilePorts(ports); err != nil {
		return err
	}
	field := [...]string{ingress: "from", egress: "to"}[d]
	for i := range peers {
		if err := r.addPeer(&peers[i]); err != nil {
			return fmt.Errorf("%s[%d]%w", field, i, err)
		}
	}
	if p.sides[d] != nil {
		p.sides[d].rules = append(p.sides[d].rules, r)
	}
	return nil
}

func compilePorts(ports []networkingv1.NetworkPolicyPort) (rulePorts, error) {
	if len(ports) == 0 {
		return rulePorts{numbers: AllPorts()}, nil
	}
	var out rulePorts
	spans := make([]span, 0, len(ports))
	for i := range ports {
		numbers, err := out.add(&ports[i])
		if err != nil {
			return out, fmt.Errorf("ports[%d].%w", i, err)
		}
		spans = append(spans, numbers.spans...)
	}
	out.numbers = portsIn(spans)
	return out, nil
}

// add reads a port: a number, a range, or any of a protocol, which it returns, or a name.
func (r *rulePorts) add(written *networkingv1.NetworkPolicyPort) (numbers Ports, err error) {
	protocol := corev1.ProtocolTCP
	if written.Protocol != nil {
		protocol = *written.Protocol
	}
	if !slices.Contains(protocols[:], protocol) {
		return Ports{}, fmt.Errorf("protocol: %q is none of %v", protocol, protocols)
	}
	port, end := written.Port, written.EndPort
	if end != nil && (port == nil || port.Type == intstr.String) {
		return Ports{}, fmt.Errorf("endPort: %d needs a port that is a number", *end)
	}
	switch {
	case port == nil:
		return PortRange(protocol, minPort, maxPort), nil
	case port.Type == intstr.String:
		r.named = append(r.named, namedPort{protocol, port.StrVal})
		return Ports{}, nil
	}
	first, last := port.IntVal, port.IntVal
	if end != nil {
		last = *end
	}
	if first < minPort || last > maxPort || first > last {
		return Ports{}, fmt.Errorf("port: %d to %d are not ports", first, last)
	}
	return PortRange(protocol, first, last), nil
}

func (r *rule) addPeer(written *networkingv1.NetworkPolicyPeer) error {
	if written.IPBlock != nil {
		if written.PodSelector != nil || written.NamespaceSelector != nil {
			return errors.New(": an ipBlock stands alone")
		}
		b, err := compileBlock(written.IPBlock)
		if err != nil {
			return err
		}
		r.blocks = append(r.blocks, b)
		return nil
	}
	if written.PodSelector == nil && written.NamespaceSelector == nil {
		return errors.New(": no peer is named")
	}
	spec := peerSpec{pods: labels.Everything()}
	var err error
	if written.PodSelector != nil {
		if spec.pods, err = metav1.LabelSelectorAsSelector(written.PodSelector); err != nil {
			return fmt.Errorf(".podSelector: %w", err)
		}
	}
	if written.NamespaceSelector != nil {
		if spec.namespaces, err = metav1.LabelSelectorAsSelector(written.NamespaceSelector); err != nil {
			return fmt.Errorf(".namespaceSelector: %w", err)
		}
	}
	r.specs = append(r.specs, spec)
	return nil
}

func compileBlock(written *networkingv1.IPBlock) (block, error) {
	var b block
	var err error
	if b.cidr, err = parsePrefix(written.CIDR); err != nil {
		return b, fmt.Errorf(".ipBlock.cidr: %w", err)
	}
	for i, text := range written.Except {
		except, err := parsePrefix(text)
		if err != nil {
			return b, fmt.Errorf(".ipBlock.except[%d]: %w", i, err)
		}
		b.except = append(b.except, except)
	}
	return b, nil
}
