package intern

import (
	"runtime"
	"sync"
	"testing"

	"github.com/onsi/gomega"
)

type value struct{ text string }

func get(t *Table[string, value], text string) *value {
	return t.Get(text, func() *value { return &value{text} })
}

func TestEqualContentIsOneValue(t *testing.T) {
	table := New[string, value]()
	a, b, other := get(table, "a"), get(table, "a"), get(table, "b")
	if a != b || a == other {
		t.Fatalf("got %p and %p for the same, %p for another", a, b, other)
	}
	runtime.KeepAlive([]*value{a, b, other})
}

func TestWhatNobodyHoldsIsForgotten(t *testing.T) {
	g := gomega.NewWithT(t)
	table := New[string, value]()
	kept := get(table, "kept")
	get(table, "dropped")
	g.Eventually(func() int {
		runtime.GC()
		return table.Len()
	}).Should(gomega.Equal(1))
	if get(table, "kept") != kept {
		t.Fatal("a value that is held was made again")
	}
	runtime.KeepAlive(kept)
}

func TestManyAtOnceGetTheSameValue(t *testing.T) {
	table := New[string, value]()
	got := make([]*value, 16)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = get(table, "a") })
	}
	all.Wait()
	for _, v := range got {
		if v != got[0] {
			t.Fatal("two values for one content")
		}
	}
}
