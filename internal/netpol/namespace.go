package netpol

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// namespace is what is known under the name of a namespace: its object, or only what lies in it.
type namespace struct {
	name string
	// known is true once the Namespace has been seen. Before, its labels are not known, but for its name.
	known     bool
	labels    labels.Set
	groups    []*group                        // sorted
	policies  []*policy                       // sorted
	peers     map[string]*peer                // of its policies, without a selector of namespaces, by the text of their selector of pods
	selectors map[*namespaceSelector]struct{} // those that pick it, or may
	services  map[string]*service
	others    []OtherPolicy // sorted
	// pods counts the groups of the pod network, open those of them that every pod may connect to, as far as they say.
	pods, open count
}

// count is a number of groups with pods in them, and of those pods.
type count struct{ groups, pods int }

func (c *count) add(g *group, sign int) {
	if g.Pods > 0 {
		c.groups += sign
		c.pods += sign * g.Pods
	}
}

// reliable counts the open groups, where no policy that is not evaluated could close them.
func (n *namespace) reliable() int {
	if len(n.others) > 0 {
		return 0
	}
	return n.open.groups
}

func newNamespace(name string) *namespace {
	return &namespace{
		name: name, labels: labels.Set{corev1.LabelMetadataName: name},
		peers: map[string]*peer{}, selectors: map[*namespaceSelector]struct{}{}, services: map[string]*service{},
	}
}

func compareNamespaces(a, b *namespace) int { return strings.Compare(a.name, b.name) }

// UpsertNamespace records the labels of a namespace.
func (x *Index) UpsertNamespace(object *corev1.Namespace) Affected {
	fresh := newNamespace(object.Name).labels // The API server sets this label; a manifest may lack it.
	maps.Copy(fresh, object.Labels)
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.newChange()
	n, ok := x.namespaces[object.Name]
	if !ok {
		n = x.insertLocked(object.Name)
	}
	x.relabelLocked(c, n, fresh, true)
	return c.affected()
}

// DeleteNamespace forgets a namespace. What is still in it stays, in a namespace whose labels are not known.
func (x *Index) DeleteNamespace(name string) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	n, ok := x.namespaces[name]
	if !ok || !n.known {
		return Affected{}
	}
	c := x.newChange()
	x.relabelLocked(c, n, newNamespace(name).labels, false)
	x.tidyLocked(c, n)
	return c.affected()
}

func (x *Index) relabelLocked(c *change, n *namespace, fresh labels.Set, known bool) {
	if n.known == known && maps.Equal(n.labels, fresh) {
		return
	}
	n.known, n.labels = known, fresh
	for _, s := range x.selectors {
		before := s.matched[n]
		if s.judge(n); s.matched[n] != before {
			c.picked(n, s)
		}
	}
}

// ensureLocked returns the namespace of a name, making it known where it is not.
func (x *Index) ensureLocked(c *change, name string) *namespace {
	if n, ok := x.namespaces[name]; ok {
		return n
	}
	n := x.insertLocked(name)
	for _, s := range x.selectors {
		if s.judge(n); s.matched[n] != no {
			c.picked(n, s)
		}
	}
	return n
}

func (x *Index) insertLocked(name string) *namespace {
	n := newNamespace(name)
	x.namespaces[name] = n
	at, _ := slices.BinarySearchFunc(x.ordered, n, compareNamespaces)
	x.ordered = slices.Insert(x.ordered, at, n)
	return n
}

// tidyLocked forgets a namespace that has not been seen and holds nothing.
func (x *Index) tidyLocked(c *change, n *namespace) {
	if n.known || len(n.groups)+len(n.policies)+len(n.services)+len(n.others) > 0 {
		return
	}
	for _, s := range slices.Collect(maps.Keys(n.selectors)) {
		c.picked(n, s)
		s.forget(n)
	}
	delete(x.namespaces, n.name)
	if at, found := slices.BinarySearchFunc(x.ordered, n, compareNamespaces); found {
		x.ordered = slices.Delete(x.ordered, at, at+1)
	}
}
