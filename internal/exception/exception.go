package exception

import (
	"reflect"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Exception is an AuditException that can be matched. It does not change any more.
type Exception struct {
	Name       string
	Generation int64
	// Checks whose findings are accepted, in order.
	Checks []finding.CheckID
	// ExpiresAt is the end; zero where there is none.
	ExpiresAt time.Time
	// Problem says why nothing is selected; empty where the selectors can be used.
	Problem string

	spec     daysixv1alpha1.AuditExceptionSpec
	selector selector
}

// New makes an AuditException one that can be matched. One whose selectors are none selects nothing, and says why.
func New(e *daysixv1alpha1.AuditException) *Exception {
	out := &Exception{Name: e.Name, Generation: e.Generation, ExpiresAt: e.Spec.ExpiresAt.Time, spec: *e.Spec.DeepCopy()}
	for _, check := range e.Spec.Checks {
		out.Checks = append(out.Checks, finding.CheckID(check))
	}
	slices.Sort(out.Checks)
	out.Checks = slices.Compact(out.Checks)
	var err error
	if out.selector, err = newSelector(&out.spec); err != nil {
		out.Problem = err.Error()
	}
	return out
}

// Selects tells whether a workload is selected, be the exception in force or not.
func (e *Exception) Selects(w *snapshot.Selectable) bool {
	return e.Problem == "" && e.selector.selects(w)
}

// InForce tells whether the exception has not ended at a time.
func (e *Exception) InForce(now time.Time) bool {
	return e.ExpiresAt.IsZero() || now.Before(e.ExpiresAt)
}

// Object is the exception in the form of the API, without its status.
func (e *Exception) Object() *daysixv1alpha1.AuditException {
	return &daysixv1alpha1.AuditException{
		ObjectMeta: metav1.ObjectMeta{Name: e.Name, Generation: e.Generation}, Spec: *e.spec.DeepCopy(),
	}
}

func (e *Exception) accepts(check finding.CheckID) bool {
	_, found := slices.BinarySearch(e.Checks, check)
	return found
}

// means tells whether two versions of an exception accept the same in the same workloads, while both are in force.
func (e *Exception) means(other *Exception) bool {
	return slices.Equal(e.Checks, other.Checks) && e.Problem == other.Problem &&
		reflect.DeepEqual(e.spec.NamespaceSelector, other.spec.NamespaceSelector) &&
		reflect.DeepEqual(e.spec.WorkloadSelector, other.spec.WorkloadSelector)
}
