// Package intern gives out one value per content, for as long as somebody holds it.
//
// What thousands of pods or ServiceAccounts have in common is kept once, and two of them are alike if and only if they hold
// the same pointer. Nobody counts references: the garbage collector knows who holds what.
package intern

import (
	"runtime"
	"sync"
	"weak"
)

// Table holds the values by a key that stands for their content. The zero value is not ready: use New. It is safe for
// concurrent use.
type Table[K comparable, T any] struct {
	mu     sync.Mutex
	values map[K]weak.Pointer[T]
}

// New returns an empty table.
func New[K comparable, T any]() *Table[K, T] {
	return &Table[K, T]{values: make(map[K]weak.Pointer[T])}
}

// Get returns the value of a key; where nobody holds one, fresh makes it, which must not use the table.
func (t *Table[K, T]) Get(key K, fresh func() *T) *T {
	t.mu.Lock()
	defer t.mu.Unlock()
	if value := t.values[key].Value(); value != nil {
		return value
	}
	value := fresh()
	t.values[key] = weak.Make(value)
	runtime.AddCleanup(value, t.drop, key)
	return value
}

// Len counts the values that somebody held when the garbage was last collected.
func (t *Table[K, T]) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.values)
}

// drop forgets a value that nobody holds, unless another has been made for its key meanwhile.
func (t *Table[K, T]) drop(key K) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.values[key].Value() == nil {
		delete(t.values, key)
	}
}
