package snapshot

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
)

// Placed is a pod with the node that it is on.
type Placed struct {
	types.NamespacedName

	// Node is empty where the pod waits for one.
	Node string
	// Workload is the zero value where the owner of the pod has not been found.
	Workload Key
	// Labels of the pod. They belong to all who read them.
	Labels map[string]string
	// Claims are the PersistentVolumeClaims that it mounts and that outlive it, by name.
	Claims []string
	// Controlled tells whether the pod has a controller, Static that the kubelet runs it by itself, Terminating that it is on
	// its way out, and EmptyDir that it has a volume of that kind.
	Controlled, Static, Terminating, EmptyDir bool
}

// Placed lists all pods, by namespace and name.
func (s *Snapshot) Placed() []Placed {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Placed, 0, len(s.pods))
	for name, p := range s.pods {
		placed := Placed{
			NamespacedName: name, Node: p.node, Workload: p.workload, Labels: *p.labels, Claims: p.lasting(),
			Controlled: p.controller != nil, Static: p.shape.Static, Terminating: p.terminating(),
		}
		for i := range p.shape.Spec.Volumes {
			placed.EmptyDir = placed.EmptyDir || p.shape.Spec.Volumes[i].EmptyDir != nil
		}
		out = append(out, placed)
	}
	slices.SortFunc(out, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// lasting are the claims that are not made for the pod and deleted with it.
func (p *Pod) lasting() []string {
	var out []string
	for inSpec, name := range p.claims {
		if !strings.HasPrefix(inSpec, EphemeralClaim("")) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Namespaces lists the namespaces that are known, by name.
func (s *Snapshot) Namespaces() []*Namespace {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]*Namespace, 0, len(s.namespaces))
	for _, name := range slices.Sorted(maps.Keys(s.namespaces)) {
		out = append(out, s.namespaces[name])
	}
	return out
}
