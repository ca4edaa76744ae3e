package netpol

import (
	"cmp"
	"slices"
	"strings"
)

// PolicyKind is a kind of policy that decides over the connections of pods beside NetworkPolicy, and is not evaluated.
type PolicyKind struct {
	Group, Resource, Kind string
	Namespaced            bool
}

// PolicyKinds lists them, by group and resource. Objects of a namespaced kind concern the pods of their namespace, the
// others those of the whole cluster (catalogue W06 and W08).
func PolicyKinds() []PolicyKind {
	return []PolicyKind{
		{"cilium.io", "ciliumclusterwidenetworkpolicies", "CiliumClusterwideNetworkPolicy", false},
		{"cilium.io", "ciliumnetworkpolicies", "CiliumNetworkPolicy", true},
		{"crd.projectcalico.org", "globalnetworkpolicies", "GlobalNetworkPolicy", false},
		{"crd.projectcalico.org", "networkpolicies", "NetworkPolicy", true},
		{"policy.networking.k8s.io", "adminnetworkpolicies", "AdminNetworkPolicy", false},
		{"policy.networking.k8s.io", "baselineadminnetworkpolicies", "BaselineAdminNetworkPolicy", false},
		{"policy.networking.k8s.io", "clusternetworkpolicies", "ClusterNetworkPolicy", false},
		{"projectcalico.org", "globalnetworkpolicies", "GlobalNetworkPolicy", false},
		{"projectcalico.org", "networkpolicies", "NetworkPolicy", true},
	}
}

// OtherPolicy is a policy that is there and not evaluated. Its namespace is empty where it is about the whole cluster.
type OtherPolicy struct{ Group, Kind, Namespace, Name string }

// String names the policy with its group: CiliumNetworkPolicy.cilium.io shop/allow.
func (o OtherPolicy) String() string {
	text := o.Kind
	if o.Group != "" {
		text += "." + o.Group
	}
	if o.Namespace == "" {
		return text + " " + o.Name
	}
	return text + " " + o.Namespace + "/" + o.Name
}

// Compare orders policies by namespace, kind, group and name.
func (o OtherPolicy) Compare(other OtherPolicy) int {
	return cmp.Or(cmp.Compare(o.Namespace, other.Namespace), cmp.Compare(o.Kind, other.Kind),
		cmp.Compare(o.Group, other.Group), cmp.Compare(o.Name, other.Name))
}

// Calico's API server shows every NetworkPolicy a second time, as one of its own under a name that begins like this.
const calicoMirrorPrefix = "knp.default."

func (o OtherPolicy) evaluated() bool {
	return o.Group == "projectcalico.org" && strings.HasPrefix(o.Name, calicoMirrorPrefix)
}

// unevaluated is a NetworkPolicy that the index cannot evaluate.
func (r PolicyRef) unevaluated() OtherPolicy {
	return OtherPolicy{"networking.k8s.io", "NetworkPolicy", r.Namespace, r.Name}
}

// UpsertOther records that a policy of another kind is there. Every answer that it could change is conditional.
func (x *Index) UpsertOther(o OtherPolicy) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.newChange()
	if !o.evaluated() {
		x.addOtherLocked(c, o)
	}
	return c.affected()
}

// DeleteOther records that a policy of another kind is gone.
func (x *Index) DeleteOther(o OtherPolicy) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.newChange()
	x.removeOtherLocked(c, o)
	return c.affected()
}

func (x *Index) addOtherLocked(c *change, o OtherPolicy) {
	others := &x.others
	var n *namespace
	if o.Namespace != "" {
		n = x.ensureLocked(c, o.Namespace)
		others = &n.others
	}
	if at, found := slices.BinarySearchFunc(*others, o, OtherPolicy.Compare); !found {
		x.changeOthersLocked(c, n, func() { *others = slices.Insert(*others, at, o) })
	}
}

func (x *Index) removeOtherLocked(c *change, o OtherPolicy) {
	others := &x.others
	var n *namespace
	if o.Namespace != "" {
		if n = x.namespaces[o.Namespace]; n == nil {
			return
		}
		others = &n.others
	}
	if at, found := slices.BinarySearchFunc(*others, o, OtherPolicy.Compare); found {
		x.changeOthersLocked(c, n, func() { *others = slices.Delete(*others, at, at+1) })
	}
	if n != nil {
		x.tidyLocked(c, n)
	}
}

func (x *Index) changeOthersLocked(c *change, n *namespace, do func()) {
	if n == nil {
		do()
		c.everywhere = true
		return
	}
	c.namespaces[n] = struct{}{}
	for _, g := range n.groups {
		c.target(g)
		x.countLocked(g, -1)
	}
	do()
	delete(x.guarded, n)
	if len(n.others) > 0 {
		x.guarded[n] = struct{}{}
	}
	for _, g := range n.groups {
		x.countLocked(g, 1)
		c.target(g)
	}
}
