package graphgen

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheSameSeedMakesTheSameCluster(t *testing.T) {
	c := New(1_500, 1)
	if diff := cmp.Diff(c, New(1_500, 1)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	if cmp.Equal(c, New(1_500, 2)) {
		t.Error("another seed makes the same cluster")
	}
}

func TestAClusterHasAboutTheSizeThatWasAskedFor(t *testing.T) {
	c := New(15_000, 1)
	if pods := c.Pods(); pods < 14_500 || pods > 15_500 {
		t.Errorf("%d pods, want about 15,000", pods)
	}
	if len(c.Nodes) != 500 || len(c.Workloads) != 2_000 || len(c.Accounts) != 2_000 || len(c.Namespaces) != 51 {
		t.Errorf("%d nodes, %d workloads, %d accounts, %d namespaces", len(c.Nodes), len(c.Workloads), len(c.Accounts), len(c.Namespaces))
	}
	dangerous := 0
	for i := range c.Accounts {
		if len(c.Accounts[i].Effects) > 0 {
			dangerous++
		}
	}
	if dangerous < 30 || dangerous > 90 {
		t.Errorf("%d of 2,000 ServiceAccounts have rights, want about 60", dangerous)
	}
}
