package snapshot

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Anybody who may create pods may write such a reference, and the garbage collector does not take every one of them for wrong.
func TestNoReferenceHidesAPodForEver(t *testing.T) {
	alone := []summary{{Workload: "v1 Pod a", UID: "a", Groups: [][]string{{"a"}}}}
	for name, test := range map[string]struct {
		objects []any
		want    []summary
	}{
		"an owner that is not there": {objects: []any{newPod("a", ownedBy("apps/v1", "ReplicaSet", "ghost"))}, want: alone},
		"a version that is not served, so that nobody collects the pod": {
			objects: []any{newPod("a", ownedBy("apps/v2", "ReplicaSet", "ghost"))}, want: alone,
		},
		"a workload that is not there": {objects: []any{newPod("a", ownedBy("apps/v2", "Deployment", "ghost"))}, want: alone},
		"another one of the name": {
			objects: []any{replicaSet("rs"), newPod("a", ownedByUID("apps/v2", "ReplicaSet", "rs", "other"))},
			want:    append(alone[:1:1], summary{Workload: "apps/v1 ReplicaSet rs", UID: "rs", Template: true}),
		},
		"owners that own each other": {
			objects: []any{
				replicaSet("x", controller("apps/v1", "ReplicaSet", "y", "y")...), replicaSet("y", controller("apps/v1", "ReplicaSet", "x", "x")...),
				newPod("a", ownedBy("apps/v1", "ReplicaSet", "x")),
			},
			want: alone,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(test.objects...)
			lost := []types.NamespacedName{{Namespace: shop, Name: "a"}}
			wantDiff(t, "lost pods", lost, s.Lost())
			wantDiff(t, "affected", true, len(s.GiveUp(lost)) > 0)
			wantDiff(t, "workloads", test.want, summaries(t, s))
			wantDiff(t, "lost pods", 0, len(s.Lost()))
			wantDiff(t, "waiting pods", 0, s.Waiting())
			moved, ok := test.objects[len(test.objects)-1].(*corev1.Pod)
			if !ok {
				t.Fatal("the pod stands last")
			}
			moved.Spec.NodeName = "one"
			upsert(s, moved)
			wantDiff(t, "workloads after a change of the pod", test.want, summaries(t, s))
		})
	}
}

func TestOnlyWhatIsLostIsGivenUp(t *testing.T) {
	all := []types.NamespacedName{{Namespace: shop, Name: "a"}, {Namespace: shop, Name: "nobody"}}
	for name, s := range map[string]*Snapshot{
		"a pod with its owner":                       synced(replicaSet("rs"), newPod("a", ownedBy("apps/v1", "ReplicaSet", "rs"))),
		"the last pod of a workload that is deleted": synced(newPod("a", ownedBy("apps/v1", "DaemonSet", "ds"), terminating)),
		"a pod of a kind that is not read":           synced(newPod("a", ownedBy("x.io/v1", "Wizard", "w"))),
	} {
		t.Run(name, func(t *testing.T) {
			before := summaries(t, s)
			wantDiff(t, "lost pods", 0, len(s.Lost()))
			wantDiff(t, "affected", 0, len(s.GiveUp(all)))
			wantDiff(t, "workloads", before, summaries(t, s))
		})
	}
	t.Run("while owners are being read", func(t *testing.T) {
		s := synced(newPod("a", ownedBy("apps/v1", "ReplicaSet", "rs")))
		s.SetSource(Jobs, NotSynced)
		wantDiff(t, "lost pods", 0, len(s.Lost()))
		wantDiff(t, "affected", 0, len(s.GiveUp(all)))
	})
}

func TestAnOwnerThatTurnsUpTakesOverWhatWasGivenUp(t *testing.T) {
	s := synced(newPod("a", ownedBy("apps/v1", "ReplicaSet", "rs")))
	s.GiveUp(s.Lost())
	wantDiff(t, "affected", Affected{{Kind: "Pod", Namespace: shop, Name: "a"}, key("apps", "ReplicaSet", "rs")}, upsert(s, replicaSet("rs")))
	wantDiff(t, "workloads", []summary{{Workload: "apps/v1 ReplicaSet rs", UID: "rs", Groups: [][]string{{"a"}}}}, summaries(t, s))
}

// What was given up comes back as far as its owner makes it again, and not otherwise.
func TestNobodyMakesAgainWhatIsGivenUpUnlessItsOwnerDoes(t *testing.T) {
	for name, test := range map[string]struct {
		objects []any
		want    bool
	}{
		"no owner": {[]any{newPod("a", ownedBy("apps/v2", "ReplicaSet", "rs"))}, false},
		"a namesake of its owner": {
			[]any{newPod("a", ownedByUID("apps/v2", "ReplicaSet", "rs", "other")), replicaSet("rs")}, false,
		},
		"an owner in a circle": {
			[]any{newPod("a", ownedBy("apps/v1", "ReplicaSet", "rs")), replicaSet("rs", controller("apps/v1", "ReplicaSet", "rs", "rs")...)}, true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(test.objects...)
			s.GiveUp(s.Lost())
			view, ok := s.View(Key{Kind: "Pod", Namespace: shop, Name: "a"})
			if !ok || len(view.Replacements) != 1 {
				t.Fatalf("replacements: %+v", view.Replacements)
			}
			wantDiff(t, "made again", test.want, view.Replacements[0].Controller != nil)
		})
	}
}
