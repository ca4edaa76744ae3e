package attackgraph

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// What the graph holds of an object is a record. Records are never changed: a change puts another in its place, so that a
// Solution may keep those that it was made of. Slots are those of the graph's tables at the time.

type workload struct {
	key       Key
	namespace int32
	groups    []group

	// What follows from the groups alone.
	pods       int
	secrets    []int32 // that its pods mount, each once
	ownNodes   int     // that its pods take over
	getsOut    bool    // whether a pod gets out to its node at all
	holdsToken bool    // whether a pod holds a token
	note       string
	digest     uint64 // of the key
	alone      uint64 // digest of the answers where it leads nowhere
}

type group struct {
	account    int32 // of the ServiceAccount
	token      bool
	placement  Placement
	root, read *heldWay
	mounted    secretList // by containers
	fetched    secretList // by the node only
	needed     []int32    // both
	// podNames and podNodes are the pods by node and name; those without a node come first, on noNode.
	podNames []string
	podNodes []int32
}

const noNode = -1

// heldWay is a way with the digest of its reason.
type heldWay struct {
	Way
	digest uint64
}

type secretList struct {
	names []string
	slots []int32
}

// account is a ServiceAccount that a pod or an effect speaks of; rights is nil where it can do nothing of interest.
type account struct {
	namespace int32
	name      name
	digest    uint64
	rights    *permissionSet
}

// name is a namespace and a name.
type name struct{ namespace, name string }

type node struct {
	name         string
	digest       uint64
	known        bool // false while only pods speak of it
	controlPlane bool
	kubelet      *permissionSet
}

// sameAs tells whether the facts say what the record does.
func (g *Graph) sameAs(w *workload, facts *Workload) bool {
	return slices.EqualFunc(w.groups, facts.Groups, func(a group, b Group) bool {
		return g.accounts.keys[a.account].name == b.ServiceAccount && a.token == b.HoldsToken && a.placement == b.Placement &&
			sameWay(a.root, b.Root) && sameWay(a.read, b.Read) &&
			slices.Equal(a.mounted.names, inOrder(b.Secrets)) && slices.Equal(a.fetched.names, inOrder(b.NodeSecrets)) &&
			g.samePods(&a, byNode(b.Pods))
	})
}

func sameWay(a *heldWay, b *Way) bool { return (a == nil) == (b == nil) && (a == nil || a.Way == *b) }

func (g *Graph) samePods(a *group, pods []Pod) bool {
	if len(a.podNames) != len(pods) {
		return false
	}
	for i, p := range pods {
		on := a.podNodes[i]
		if a.podNames[i] != p.Name || (on == noNode) != (p.Node == "") || (on != noNode && g.nodes.keys[on] != p.Node) {
			return false
		}
	}
	return true
}

// byNode is the list in the order of nodes and names. It is only to be read.
func byNode(pods []Pod) []Pod {
	compare := func(a, b Pod) int { return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Name, b.Name)) }
	if slices.IsSortedFunc(pods, compare) {
		return pods
	}
	return slices.SortedFunc(slices.Values(pods), compare)
}

// inOrder is the list sorted, each once. It is only to be read.
func inOrder(names []string) []string {
	for i := range names {
		if i > 0 && names[i-1] >= names[i] {
			return slices.Compact(slices.Sorted(slices.Values(names)))
		}
	}
	return names
}

// newWorkload makes the record and takes its references.
func (g *Graph) newWorkload(key Key, facts *Workload) *workload {
	namespace := g.namespaces.acquire(key.Namespace)
	w := &workload{key: key, namespace: namespace, groups: make([]group, len(facts.Groups))}
	for i := range facts.Groups {
		from, to := &facts.Groups[i], &w.groups[i]
		*to = group{
			account: g.acquireAccount(namespace, from.ServiceAccount), token: from.HoldsToken, placement: from.Placement,
			root: g.hold(from.Root), read: g.hold(from.Read),
			mounted: g.acquireSecrets(namespace, from.Secrets), fetched: g.acquireSecrets(namespace, from.NodeSecrets),
			podNames: make([]string, len(from.Pods)), podNodes: make([]int32, len(from.Pods)),
		}
		to.needed = slices.Concat(to.mounted.slots, to.fetched.slots)
		for j, p := range byNode(from.Pods) {
			to.podNames[j], to.podNodes[j] = p.Name, noNode
			if p.Node != "" {
				to.podNodes[j] = g.acquireNode(p.Node)
			}
		}
	}
	w.sumUp(g.permissions.seed)
	return w
}

func (g *Graph) hold(w *Way) *heldWay {
	if w == nil {
		return nil
	}
	return &heldWay{*w, maphash.String(g.permissions.seed, w.Why)}
}

// sumUp fills in what follows from the groups alone.
func (w *workload) sumUp(seed maphash.Seed) {
	var own []int32
	for i := range w.groups {
		g := &w.groups[i]
		w.pods += len(g.podNodes)
		w.secrets = append(w.secrets, g.mounted.slots...)
		w.getsOut = w.getsOut || g.root != nil || g.read != nil
		w.holdsToken = w.holdsToken || g.token
		if g.root != nil {
			own = append(own, g.podNodes...)
		}
	}
	slices.Sort(w.secrets)
	w.secrets = slices.Compact(w.secrets)
	slices.Sort(own)
	own = slices.DeleteFunc(slices.Compact(own), func(n int32) bool { return n == noNode })
	w.ownNodes = len(own)
	w.note = w.whereElse()
	w.digest = maphash.Comparable(seed, w.key)
	w.alone = w.aloneDigest(seed)
}

// firstSecret is the first Secret that the pods mount, empty where there is none.
func (w *workload) firstSecret() string {
	for i := range w.groups {
		if names := w.groups[i].mounted.names; len(names) > 0 {
			return names[0]
		}
	}
	return ""
}

// releaseWorkload gives the references of a record back.
func (g *Graph) releaseWorkload(w *workload) {
	for i := range w.groups {
		from := &w.groups[i]
		g.accounts.release(from.account)
		for _, slot := range from.needed {
			g.secrets.release(slot)
		}
		for _, n := range from.podNodes {
			if n != noNode {
				g.nodes.release(n)
			}
		}
	}
	g.namespaces.release(w.namespace)
}

// acquireAccount adds a reference to a ServiceAccount. Whoever does has one to its namespace.
func (g *Graph) acquireAccount(namespace int32, of string) int32 {
	id := name{g.namespaces.keys[namespace], of}
	slot := g.accounts.acquire(id)
	if g.accounts.rows[slot] == nil {
		g.accounts.rows[slot] = &account{namespace, id, maphash.Comparable(g.permissions.seed, id), nil}
	}
	return slot
}

// acquireNode adds a reference to a node.
func (g *Graph) acquireNode(of string) int32 {
	slot := g.nodes.acquire(of)
	if g.nodes.rows[slot] == nil {
		g.nodes.rows[slot] = &node{name: of, digest: maphash.String(g.permissions.seed, of)}
	}
	return slot
}

// acquireSecrets adds a reference to each Secret. Whoever does has one to their namespace.
func (g *Graph) acquireSecrets(namespace int32, names []string) secretList {
	if len(names) == 0 {
		return secretList{}
	}
	list := secretList{names: slices.Clone(inOrder(names))}
	list.slots = make([]int32, len(list.names))
	for i, n := range list.names {
		list.slots[i] = g.acquireSecret(namespace, n)
	}
	return list
}

func (g *Graph) acquireSecret(namespace int32, of string) int32 {
	slot := g.secrets.acquire(name{g.namespaces.keys[namespace], of})
	g.secrets.rows[slot] = secretRow{namespace, true}
	return slot
}
