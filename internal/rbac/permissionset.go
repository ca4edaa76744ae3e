package rbac

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/daysix/daysix/internal/intern"
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

// of lists the entries that name the resource literally, in order. It is asked for each namespace in turn, so it does not walk
// over those of all the others.
func (l *lookup) of(resource string) []resourceEntry {
	from, _ := slices.BinarySearchFunc(l.resources, resource, func(e resourceEntry, resource string) int {
		return cmp.Compare(e.resource, resource)
	})
	length, _ := slices.BinarySearchFunc(l.resources[from:], resource, func(e resourceEntry, resource string) int {
		if e.resource == resource {
			return -1
		}
		return 1
	})
	return l.resources[from : from+length]
}

// setInterner gives out one permission set per content.
type setInterner struct {
	registry []Privilege
	sets     *intern.Table[SetID, PermissionSet]
}

func newSetInterner(registry []Privilege) setInterner {
	return setInterner{registry: registry, sets: intern.New[SetID, PermissionSet]()}
}

func (n *setInterner) intern(entries []entry) *PermissionSet {
	id := setID(entries)
	return n.sets.Get(id, func() *PermissionSet {
		registry, find := n.registry, sync.OnceValue(func() *lookup { return newLookup(entries) })
		return &PermissionSet{
			id: id, entries: slices.Clip(entries), lookup: find,
			privileges: sync.OnceValue(func() []evaluated { return evaluate(entries, find(), registry) }),
		}
	})
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
