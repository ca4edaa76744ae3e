package publish

import (
	"maps"
	"slices"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

// Live is what is kept of a report that the API server holds: enough to tell whether it says what it should.
// It is what the transform of the cache makes of a report, so that no report is held in memory.
type Live struct {
	metav1.ObjectMeta
	Digest    report.Digest
	Ref       daysixv1alpha1.WorkloadReference
	Published report.Published
}

// Observe makes of a report what is kept of it.
func Observe(r *daysixv1alpha1.PodSecurityReport) *Live {
	return &Live{
		ObjectMeta: metav1.ObjectMeta{Name: r.Name, Namespace: r.Namespace, UID: r.UID, ResourceVersion: r.ResourceVersion},
		Digest:     report.DigestOf(r),
		Ref:        r.Spec.WorkloadRef,
		Published:  report.PublishedBy(r),
	}
}

// Transform is the transform of the cache of reports. An object that went through it before is left alone.
func Transform(object any) (any, error) {
	if r, ok := object.(*daysixv1alpha1.PodSecurityReport); ok {
		return Observe(r), nil
	}
	return object, nil
}

// Key is the workload that the report claims to be about.
func (l *Live) Key() snapshot.Key {
	return report.KeyOf(&daysixv1alpha1.PodSecurityReport{
		ObjectMeta: metav1.ObjectMeta{Namespace: l.Namespace},
		Spec:       daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: l.Ref},
	})
}

// write is the last thing that was written under a name, or found there as it should be.
type write struct {
	digest    report.Digest
	ref       daysixv1alpha1.WorkloadReference
	published report.Published
	at        time.Time // zero where it was found
}

// Ledger knows what the API server holds: from the watch, and from the answers to our own writes, which are there first.
type Ledger struct {
	mu     sync.Mutex
	live   map[types.NamespacedName]*Live
	writes map[types.NamespacedName]write
}

// NewLedger returns a ledger that knows of no report.
func NewLedger() *Ledger {
	return &Ledger{live: make(map[types.NamespacedName]*Live), writes: make(map[types.NamespacedName]write)}
}

// Seen records a report that the watch or a write brought, and tells whether it is news. What is as old as what is known
// is the echo of a write of ours.
func (l *Ledger) Seen(seen *Live) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := nameOf(seen)
	if known := l.live[name]; known != nil && !newer(seen.ResourceVersion, known.ResourceVersion) {
		return false
	}
	l.live[name] = seen
	return true
}

// Gone records that a report was deleted, and tells whether it is news.
func (l *Ledger) Gone(gone *Live) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := nameOf(gone)
	known := l.live[name]
	if known == nil || known.UID != gone.UID {
		return false
	}
	delete(l.live, name)
	return true
}

// All lists what the API server holds, in no order.
func (l *Ledger) All() []*Live {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.live))
}

// Len counts the reports that the API server holds.
func (l *Ledger) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.live)
}

func (l *Ledger) get(name types.NamespacedName) (*Live, write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.live[name], l.writes[name]
}

func (l *Ledger) wrote(name types.NamespacedName, w write) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if live := l.live[name]; live != nil && live.Digest == w.digest {
		w.published.Findings = live.Published.Findings // They are the same, and need not be kept twice.
	}
	l.writes[name] = w
}

func (l *Ledger) forget(name types.NamespacedName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, name)
	delete(l.writes, name)
}

func nameOf(l *Live) types.NamespacedName {
	return types.NamespacedName{Namespace: l.Namespace, Name: l.Name}
}

// newer compares two resource versions, which grow over all reports; versions that cannot be compared count as newer.
func newer(a, b string) bool {
	order, err := resourceversion.CompareResourceVersion(a, b)
	return err != nil || order > 0
}
