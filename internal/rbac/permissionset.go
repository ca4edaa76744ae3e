package rbac

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"slices"
	"sync"
	"weak"
)

// entry is a rule in a scope: a namespace, or the whole cluster where it is empty.
type entry struct {
	namespace string
	rule      *Rule
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), bytes.Compare(a.rule.id[:], b.rule.id[:]))
}

// SetID identifies a permission set by its content: the same in every process.
type SetID [16]byte

// String is the identity in hexadecimal digits.
func (id SetID) String() string { return hex.EncodeToString(id[:]) }

// PermissionSet is what a subject may do, without regard to how it came by it. Subjects with the same rules in the same
// scopes share one. It is immutable; what is derived from it is computed once.
type PermissionSet struct {
	id      SetID
	entries []entry

	lookup     func() *lookup
	privileges func() []evaluated
}

// ID identifies the set by its content.
func (s *PermissionSet) ID() SetID { return s.id }

// Len is the number of distinct rules and scopes.
func (s *PermissionSet) Len() int { return len(s.entries) }

// lookup finds the entries that may match a resource without reading all of them.
type lookup struct {
	// resources is sorted by resource, then by entry.
	resources []resourceEntry
	// urls are the entries with nonResourceURLs.
	urls []int32
}

type resourceEntry struct {
	resource string
	entry    int32
}

func newLookup(entries []entry) *lookup {
	l := &lookup{}
	for i, e := range entries {
		for _, resource := range e.rule.Resources {
			l.resources = append(l.resources, resourceEntry{resource, int32(i)})
		}
		if len(e.rule.NonResourceURLs) > 0 {
			l.urls = append(l.urls, int32(i))
		}
	}
	slices.SortFunc(l.resources, func(a, b resourceEntry) int {
		return cmp.Or(cmp.Compare(a.resource, b.resource), cmp.Compare(a.entry, b.entry))
	})
	return l
}

// of lists the entries that name the resource literally, in order.
func (l *lookup) of(resource string) []resourceEntry {
	from, _ := slices.BinarySearchFunc(l.resources, resource, func(e resourceEntry, resource string) int {
		return cmp.Compare(e.resource, resource)
	})
	to := from
	for to < len(l.resources) && l.resources[to].resource == resource {
		to++
	}
	return l.resources[from:to]
}

type weakSet = weak.Pointer[PermissionSet]

// setInterner gives out one permission set per content, for as long as somebody holds it.
type setInterner struct {
	registry []Privilege
	mu       sync.Mutex
	sets     map[SetID]weakSet
}

func (n *setInterner) intern(entries []entry) *PermissionSet {
	id := setID(entries)
	n.mu.Lock()
	defer n.mu.Unlock()
	if set := n.sets[id].Value(); set != nil {
		return set
	}
	set := &PermissionSet{id: id, entries: slices.Clip(entries)}
	registry, find := n.registry, sync.OnceValue(func() *lookup { return newLookup(entries) })
	set.lookup = find
	set.privileges = sync.OnceValue(func() []evaluated { return evaluate(entries, find(), registry) })
	n.sets[id] = weak.Make(set)
	runtime.AddCleanup(set, n.drop, id)
	return set
}

func (n *setInterner) drop(id SetID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sets[id].Value() == nil {
		delete(n.sets, id)
	}
}

func setID(entries []entry) SetID {
	digest := sha256.New()
	var buffer []byte
	for _, e := range entries {
		buffer = append(append(buffer[:0], e.namespace...), 0)
		digest.Write(append(buffer, e.rule.id[:]...))
	}
	return SetID(digest.Sum(nil)[:16])
}
