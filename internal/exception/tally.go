package exception

import (
	"slices"
	"sync"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Tally counts what each exception selects, by the last assessment of every workload. It is safe for concurrent use.
type Tally struct {
	changed func(exception string)

	mu      sync.Mutex
	uses    map[string]map[snapshot.Key][]finding.CheckID
	of      map[snapshot.Key][]Use
	waiting map[string]waiting
}

// waiting are workloads that have to be assessed before it is known what became of an exception.
type waiting struct {
	revision uint64
	keys     map[snapshot.Key]struct{}
}

// NewTally returns an empty tally. changed is told the name of an exception when what is known of it has changed.
func NewTally(changed func(exception string)) *Tally {
	return &Tally{
		changed: changed, uses: make(map[string]map[snapshot.Key][]finding.CheckID), of: make(map[snapshot.Key][]Use),
		waiting: make(map[string]waiting),
	}
}

// Await makes what is known of an exception wait for workloads to be assessed with a revision of the store.
func (t *Tally) Await(exception string, revision uint64, keys []snapshot.Key) {
	t.mu.Lock()
	w := waiting{revision, make(map[snapshot.Key]struct{}, len(keys))}
	for _, key := range keys {
		w.keys[key] = struct{}{}
	}
	for key := range t.waiting[exception].keys {
		w.keys[key] = struct{}{}
	}
	if len(w.keys) > 0 {
		t.waiting[exception] = w
	}
	t.mu.Unlock()
	t.changed(exception)
}

// Record takes note of the assessment of a workload.
func (t *Tally) Record(key snapshot.Key, a *Acceptance) { t.record(key, a.Revision, a.Uses) }

// Forget takes note that a workload is not assessed.
func (t *Tally) Forget(key snapshot.Key) { t.record(key, ^uint64(0), nil) }

func (t *Tally) record(key snapshot.Key, revision uint64, uses []Use) {
	for _, name := range t.put(key, revision, uses) {
		t.changed(name)
	}
}

// put lists the exceptions of which something else is known now.
func (t *Tally) put(key snapshot.Key, revision uint64, uses []Use) (changed []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, old := range t.of[key] {
		if !slices.ContainsFunc(uses, func(u Use) bool { return u.Exception == old.Exception }) {
			if delete(t.uses[old.Exception], key); len(t.uses[old.Exception]) == 0 {
				delete(t.uses, old.Exception)
			}
			changed = append(changed, old.Exception)
		}
	}
	for _, u := range uses {
		of := t.uses[u.Exception]
		if of == nil {
			of = make(map[snapshot.Key][]finding.CheckID)
			t.uses[u.Exception] = of
		}
		if found, known := of[key]; !known || !slices.Equal(found, u.Found) {
			of[key] = u.Found
			changed = append(changed, u.Exception)
		}
	}
	if delete(t.of, key); len(uses) > 0 {
		t.of[key] = uses
	}
	return append(changed, t.settle(key, revision)...)
}

// settle lists the exceptions that waited for this assessment last.
func (t *Tally) settle(key snapshot.Key, revision uint64) (settled []string) {
	for name, w := range t.waiting {
		if _, waits := w.keys[key]; !waits || revision < w.revision {
			continue
		}
		if delete(w.keys, key); len(w.keys) == 0 {
			delete(t.waiting, name)
			settled = append(settled, name)
		}
	}
	return settled
}

// Count is what is known of an exception.
type Count struct {
	// Workloads that it selects.
	Workloads int
	// Found are its checks that find something in one of them.
	Found map[finding.CheckID]bool
}

// Of is what is known of an exception; false while workloads have to be assessed first.
func (t *Tally) Of(exception string) (Count, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := Count{Workloads: len(t.uses[exception]), Found: make(map[finding.CheckID]bool)}
	for _, found := range t.uses[exception] {
		for _, check := range found {
			out.Found[check] = true
		}
	}
	_, waits := t.waiting[exception]
	return out, !waits
}
