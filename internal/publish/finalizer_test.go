package publish

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A finalizer holds back a report that somebody deleted. Taking it off lets the report go: it has to be there again, whether
// the watch says so before the answer to the write comes or after it.
func TestAReportThatAFinalizerHeldBackIsWrittenAnew(t *testing.T) {
	first := desired(withScore(40, "Medium"))
	first.Finalizers = []string{"mallory.example.com/keep"}
	k := newKit(first)
	if err := k.server.Delete(t.Context(), k.server.held(t), client.Preconditions{UID: new(types.UID)}); err != nil {
		t.Fatal(err)
	}
	held := k.server.held(t)
	if held.DeletionTimestamp == nil {
		t.Fatal("nothing holds it back")
	}
	k.server.asked()
	k.ledger.Seen(Observe(held))
	// The fake takes the finalizer off by the apply alone; a real API server needs the update, see test/e2e.
	k.published(t, desired(withScore(40, "Medium")), Updated, apply, apply)
	if now := k.server.held(t); now.DeletionTimestamp != nil || len(now.Finalizers) > 0 {
		t.Errorf("it is on its way out: %v %v", now.DeletionTimestamp, now.Finalizers)
	}
	if known, _ := k.ledger.get(client.ObjectKeyFromObject(held)); known == nil {
		t.Error("the ledger knows of none")
	}
}
