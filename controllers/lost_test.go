package controllers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestAPodWhoseOwnerDoesNotTurnUpIsAskedForAtTheSecondLook(t *testing.T) {
	hidden := newPod(shop, "hidden", "web")
	hidden.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: "apps/v2", Kind: "ReplicaSet", Name: "ghost", UID: "ghost", Controller: ptr.To(true),
	}}
	clk := clocktesting.NewFakeClock(time.Unix(0, 0))
	f := newTestFeeder(clk, newEngine(synced(hidden)))
	f.begun = true
	l := &lostPods{feeder: f, clock: clk}
	own := snapshot.Key{Kind: "Pod", Namespace: shop, Name: "hidden"}
	for look, want := range [][]snapshot.Key{{}, {own}, {}} {
		l.look()
		if diff := cmp.Diff(want, sorted(f.solver.pending.rest)); diff != "" {
			t.Errorf("look %d asks for (-want +got):\n%s", look, diff)
		}
		f.solver.pending = newBatch()
	}
}
