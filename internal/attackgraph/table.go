package attackgraph

import "slices"

// table keeps rows by their key for as long as somebody refers to them. A row has a slot, which does not change while it
// is there. The order of the keys is kept up as the table changes, and costs what has changed.
type table[K comparable, V any] struct {
	compare func(a, b K) int
	slots   map[K]int32
	keys    []K
	rows    []V
	refs    []int32
	free    []int32

	sorted []int32 // the slots by key, as of the last call of ordered; never changed in place
	fresh  []int32 // taken since then; some may be free again
	gone   bool    // one of sorted has been freed since then
}

func newTable[K comparable, V any](compare func(a, b K) int) table[K, V] {
	return table[K, V]{compare: compare, slots: make(map[K]int32)}
}

// acquire adds a reference to the row of a key, which is made where there is none.
func (t *table[K, V]) acquire(key K) int32 {
	slot, ok := t.slots[key]
	if !ok {
		if last := len(t.free) - 1; last >= 0 {
			slot, t.free = t.free[last], t.free[:last]
			t.keys[slot] = key
		} else {
			slot = int32(len(t.keys))
			var none V
			t.keys, t.rows, t.refs = append(t.keys, key), append(t.rows, none), append(t.refs, 0)
		}
		t.slots[key] = slot
		t.fresh = append(t.fresh, slot)
	}
	t.refs[slot]++
	return slot
}

// release takes a reference away, and the row with the last one.
func (t *table[K, V]) release(slot int32) {
	if t.refs[slot]--; t.refs[slot] > 0 {
		return
	}
	var noKey K
	var none V
	delete(t.slots, t.keys[slot])
	t.keys[slot], t.rows[slot] = noKey, none
	t.free = append(t.free, slot)
	t.gone = true
}

// row finds the row of a key.
func (t *table[K, V]) row(key K) (row V, slot int32, ok bool) {
	slot, ok = t.slots[key]
	if ok {
		row = t.rows[slot]
	}
	return row, slot, ok
}

func (t *table[K, V]) len() int { return len(t.slots) }

// ordered lists the slots in the order of their keys. The list is only to be read.
func (t *table[K, V]) ordered() []int32 {
	if len(t.fresh) == 0 && !t.gone {
		return t.sorted
	}
	isFresh := make(map[int32]bool, len(t.fresh))
	added := t.fresh[:0]
	for _, slot := range t.fresh {
		if t.refs[slot] > 0 && !isFresh[slot] {
			added = append(added, slot)
		}
		isFresh[slot] = true
	}
	slices.SortFunc(added, func(a, b int32) int { return t.compare(t.keys[a], t.keys[b]) })
	merged := make([]int32, 0, len(t.slots))
	for _, slot := range t.sorted {
		if t.refs[slot] == 0 || isFresh[slot] {
			continue
		}
		for len(added) > 0 && t.compare(t.keys[added[0]], t.keys[slot]) < 0 {
			merged, added = append(merged, added[0]), added[1:]
		}
		merged = append(merged, slot)
	}
	t.sorted, t.fresh, t.gone = append(merged, added...), nil, false
	return t.sorted
}
