package publish

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

var _ toolscache.TransformFunc = Transform

// live is a report of the name cart as the watch brings it.
func live(uid, version string) *Live {
	return &Live{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "cart", UID: types.UID(uid), ResourceVersion: version}}
}

func TestALedgerTellsNewsFromEchoes(t *testing.T) {
	l := NewLedger()
	for _, step := range []struct {
		name  string
		event func() bool
		news  bool
		left  []string
	}{
		{"a report that is not known", func() bool { return l.Seen(live("a", "10")) }, true, []string{"a 10"}},
		{"the same version again, as the echo of an own write", func() bool { return l.Seen(live("a", "10")) }, false, []string{"a 10"}},
		{"a version with more digits", func() bool { return l.Seen(live("a", "100")) }, true, []string{"a 100"}},
		{"an older version that sorts behind as text", func() bool { return l.Seen(live("a", "99")) }, false, []string{"a 100"}},
		{"the deletion of another of the name", func() bool { return l.Gone(live("b", "101")) }, false, []string{"a 100"}},
		{"another of the name", func() bool { return l.Seen(live("b", "102")) }, true, []string{"b 102"}},
		{"the late deletion of the one before", func() bool { return l.Gone(live("a", "101")) }, false, []string{"b 102"}},
		{"its deletion", func() bool { return l.Gone(live("b", "103")) }, true, nil},
		{"its deletion again", func() bool { return l.Gone(live("b", "103")) }, false, nil},
		{"one without a version", func() bool { return l.Seen(live("c", "")) }, true, []string{"c "}},
		{"one whose version cannot be compared", func() bool { return l.Seen(live("c", "x")) }, true, []string{"c x"}},
	} {
		t.Run(step.name, func(t *testing.T) {
			if got := step.event(); got != step.news {
				t.Errorf("news is %v", got)
			}
			var left []string
			for _, one := range l.All() {
				left = append(left, string(one.UID)+" "+one.ResourceVersion)
			}
			if diff := cmp.Diff(step.left, left); diff != "" || l.Len() != len(step.left) {
				t.Errorf("the ledger holds %d (-want +got):\n%s", l.Len(), diff)
			}
		})
	}
}

func TestReportsOfTheSameNameInTwoNamespacesAreTwo(t *testing.T) {
	l := NewLedger()
	other := live("b", "2")
	other.Namespace = "other"
	l.Seen(live("a", "1"))
	l.Seen(other)
	l.Gone(live("a", "3"))
	if diff := cmp.Diff([]*Live{other}, l.All()); diff != "" {
		t.Fatalf("left (-want +got):\n%s", diff)
	}
}

func TestTheCacheKeepsOfAReportWhatTellsWhetherItIsRight(t *testing.T) {
	r := desired(withScore(40, "High"))
	r.UID, r.ResourceVersion, r.Annotations = "uid", "7", map[string]string{"note": "kept by nobody"}
	got, err := Transform(r)
	want := &Live{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "deployment-cart", UID: "uid", ResourceVersion: "7"},
		Digest:     report.DigestOf(r),
		Ref:        r.Spec.WorkloadRef,
		Published:  report.PublishedBy(r),
	}
	if want.Published.Score != 40 || want.Published.UnacceptedSeverity != "High" || want.Published.None() {
		t.Errorf("it published %+v", want.Published)
	}
	if diff := cmp.Diff(any(want), got, cmp.AllowUnexported(report.Seen{})); diff != "" || err != nil {
		t.Fatalf("error %v, kept (-want +got):\n%s", err, diff)
	}
	again, err := Transform(got)
	if again != got || err != nil {
		t.Errorf("a second time it became %v, %v", again, err)
	}
	key := snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: shop, Name: "cart"}
	if want.Key() != key {
		t.Errorf("it speaks of %s", want.Key())
	}
}

func TestWhatIsWrittenIsNotKeptWhereTheReportIsForgotten(t *testing.T) {
	l := NewLedger()
	name := types.NamespacedName{Namespace: shop, Name: "cart"}
	l.Seen(live("a", "1"))
	l.wrote(name, write{published: report.Published{Severity: "Low"}})
	l.forget(name)
	if one, last := l.get(name); one != nil || last.ref.Name != "" || !last.published.None() {
		t.Fatalf("still there: %v, %v", one, last)
	}
	if Unchanged.Wrote() || Deferred.Wrote() || Outcome("").Wrote() || !Skipped.Wrote() {
		t.Error("what writes nothing is counted as a write")
	}
}
