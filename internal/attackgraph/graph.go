package attackgraph

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/daysix/daysix/internal/finding"
)

// Graph holds the facts of a cluster. Every verb tells whether it changed anything that answers rest on; which workloads
// that concerns is only known after Solve, for a single binding may concern them all. It is safe for concurrent use.
//
// What a change costs follows the object that is changed. References: workload -> namespace, ServiceAccounts, Secrets,
// nodes; ServiceAccount -> namespace, permission set (interned, counted) -> namespaces; node -> permission set.
type Graph struct {
	mu          sync.Mutex
	workloads   table[Key, *workload]
	accounts    table[name, *account]
	nodes       table[string, *node]
	namespaces  table[string, []knownSecret]
	secrets     table[name, secretRow]
	permissions permissions

	edges []Edge
	// arcs and reasons are how many the last solution had: the next one has about as many. Its census is where the next
	// one starts.
	arcs, reasons int
	census        *census
	// follows are the consequences that some edge follows, by privilege.
	follows map[finding.CheckID][]finding.Consequence
}

// secretRow is a Secret that somebody names.
type secretRow struct {
	namespace int32
	named     bool // false in a row that is free
}

// knownSecret is a Secret that was named by itself, not by a pod.
type knownSecret struct {
	name    string
	slot    int32
	tokenOf int32 // noAccount where it holds no token
}

const noAccount = -1

// New returns an empty graph.
func New() *Graph {
	seed := maphash.MakeSeed()
	g := &Graph{
		workloads:   newTable[Key, *workload](Key.Compare),
		accounts:    newTable[name, *account](compareNames),
		nodes:       newTable[string, *node](cmp.Compare[string]),
		namespaces:  newTable[string, []knownSecret](cmp.Compare[string]),
		secrets:     newTable[name, secretRow](compareNames),
		permissions: permissions{seed: seed, sets: make(map[uint64][]*permissionSet)},
		edges:       Registry(),
		follows:     make(map[finding.CheckID][]finding.Consequence),
	}
	for i := range g.edges {
		for _, r := range g.edges[i].rights {
			for _, privilege := range r.privileges {
				g.follows[privilege] = append(g.follows[privilege], r.consequences...)
			}
		}
	}
	return g
}

func compareNames(a, b name) int {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
}

// SetWorkload puts the facts in the place of those of the same key.
func (g *Graph) SetWorkload(key Key, facts Workload) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	old, slot, known := g.workloads.row(key)
	if known && g.sameAs(old, &facts) {
		return false
	}
	if !known {
		slot = g.workloads.acquire(key)
	}
	// The new references first, so that rows that both use stay what they are.
	g.workloads.rows[slot] = g.newWorkload(key, &facts)
	if known {
		g.releaseWorkload(old)
	}
	return true
}

// DeleteWorkload forgets a workload.
func (g *Graph) DeleteWorkload(key Key) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	old, slot, known := g.workloads.row(key)
	if !known {
		return false
	}
	g.releaseWorkload(old)
	g.workloads.release(slot)
	return true
}

// SetServiceAccount says what the rights of a ServiceAccount lead to. No effects: it is forgotten.
func (g *Graph) SetServiceAccount(namespace, of string, effects []Effect) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	rights := g.acquireRights(effects)
	var had *permissionSet
	old, slot, known := g.accounts.row(name{namespace, of})
	if known {
		had = old.rights
	}
	if rights == had {
		g.releaseRights(rights)
		return false
	}
	if rights != nil {
		slot = g.acquireAccount(g.namespaces.acquire(namespace), of)
		old = g.accounts.rows[slot]
	}
	g.accounts.rows[slot] = &account{old.namespace, old.name, old.digest, rights}
	if had != nil {
		g.accounts.release(slot)
		g.namespaces.release(old.namespace)
		g.releaseRights(had)
	}
	return true
}

// DeleteServiceAccount forgets what a ServiceAccount may do.
func (g *Graph) DeleteServiceAccount(namespace, of string) bool {
	return g.SetServiceAccount(namespace, of, nil)
}

// SetNode puts the facts in the place of those of the same node.
func (g *Graph) SetNode(of string, facts Node) bool {
	return g.setNode(node{name: of, known: true, controlPlane: facts.ControlPlane}, facts.Kubelet)
}

// DeleteNode forgets a node. Pods that are said to run there keep it in the graph.
func (g *Graph) DeleteNode(of string) bool { return g.setNode(node{name: of}, nil) }

func (g *Graph) setNode(fresh node, kubelet []Effect) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	fresh.digest, fresh.kubelet = maphash.String(g.permissions.seed, fresh.name), g.acquireRights(kubelet)
	old, slot, referred := g.nodes.row(fresh.name)
	had := node{name: fresh.name, digest: fresh.digest}
	if referred {
		had = *old
	}
	if had == fresh {
		g.releaseRights(fresh.kubelet)
		return false
	}
	if !had.known {
		slot = g.nodes.acquire(fresh.name)
	}
	g.nodes.rows[slot] = &fresh
	if !fresh.known {
		g.nodes.release(slot)
	}
	g.releaseRights(had.kubelet)
	return true
}

// SetSecrets says which Secrets a namespace is known to hold, besides those that its pods name. None: those are forgotten.
func (g *Graph) SetSecrets(namespace string, secrets []Secret) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	sorted := slices.SortedFunc(slices.Values(secrets), func(a, b Secret) int { return cmp.Compare(a.Name, b.Name) })
	sorted = slices.CompactFunc(sorted, func(a, b Secret) bool { return a.Name == b.Name })
	old, slot, _ := g.namespaces.row(namespace)
	if slices.EqualFunc(old, sorted, g.sameKnownSecret) {
		return false
	}
	var fresh []knownSecret
	if len(sorted) > 0 {
		slot = g.namespaces.acquire(namespace)
		fresh = make([]knownSecret, 0, len(sorted))
	}
	for _, s := range sorted {
		known := knownSecret{s.Name, g.acquireSecret(slot, s.Name), noAccount}
		if s.TokenOf != "" {
			known.tokenOf = g.acquireAccount(slot, s.TokenOf)
		}
		fresh = append(fresh, known)
	}
	g.namespaces.rows[slot] = fresh
	for _, s := range old {
		g.secrets.release(s.slot)
		if s.tokenOf != noAccount {
			g.accounts.release(s.tokenOf)
		}
	}
	if len(old) > 0 {
		g.namespaces.release(slot)
	}
	return true
}

func (g *Graph) sameKnownSecret(a knownSecret, b Secret) bool {
	return a.name == b.Name && (a.tokenOf == noAccount) == (b.TokenOf == "") &&
		(a.tokenOf == noAccount || g.accounts.keys[a.tokenOf].name == b.TokenOf)
}
