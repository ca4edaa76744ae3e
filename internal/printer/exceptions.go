package printer

import (
	"cmp"
	"io"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/exception"
)

// Exception is an exception with its state, which is empty where it is not known.
type Exception struct {
	*daysixv1alpha1.AuditException

	State exception.State
}

// ExceptionsTable writes a line for each exception, by name. The last column says what has no effect, or why it was accepted.
func ExceptionsTable(w io.Writer, list []Exception, wide bool, now time.Time) error {
	if len(list) == 0 {
		return nil
	}
	header := []string{"NAME", "STATE", "WORKLOADS", "EXPIRES"}
	if wide {
		header = append(header, "OWNER", "CHECKS")
	}
	rows := [][]string{append(header, "WHY")}
	for i := range list {
		e := &list[i]
		workloads := "-"
		if e.State != "" && len(e.Status.Conditions) > 0 {
			workloads = strconv.Itoa(int(e.Status.MatchedWorkloads))
		}
		row := []string{
			Plain(e.Name), cmp.Or(string(e.State), "unknown"), workloads, expiresIn(e.Spec.ExpiresAt, now),
		}
		if wide {
			row = append(row, Plain(cmp.Or(e.Spec.Owner, "-")), Plain(strings.Join(e.Spec.Checks, ",")))
		}
		rows = append(rows, append(row, Plain(whyOf(e))))
	}
	return writeFitting(w, rows, wide)
}

// whyOf is what has no effect, else the reason.
func whyOf(e *Exception) string {
	if e.State == exception.Inert {
		for _, c := range e.Status.Conditions {
			if c.Type == daysixv1alpha1.ConditionInert {
				return cmp.Or(c.Message, c.Reason)
			}
		}
	}
	return e.Spec.Reason
}

func expiresIn(at metav1.Time, now time.Time) string {
	switch left := at.Sub(now); {
	case at.IsZero():
		return "never"
	case left > 0:
		return "in " + inWords(left)
	default:
		return inWords(-left) + " ago"
	}
}

// ExceptionsJSON writes the exceptions as one List.
func ExceptionsJSON(w io.Writer, list []Exception) error { return writeJSON(w, exceptionsOf(list)) }

// ExceptionsYAML writes what ExceptionsJSON writes, as YAML.
func ExceptionsYAML(w io.Writer, list []Exception) error { return writeYAML(w, exceptionsOf(list)) }

// exceptionList is what kubectl prints for several objects.
type exceptionList struct {
	APIVersion string                           `json:"apiVersion"`
	Kind       string                           `json:"kind"`
	Metadata   metav1.ListMeta                  `json:"metadata"`
	Items      []*daysixv1alpha1.AuditException `json:"items"`
}

func exceptionsOf(list []Exception) exceptionList {
	out := exceptionList{APIVersion: "v1", Kind: "List", Items: []*daysixv1alpha1.AuditException{}}
	for i := range list {
		e := *list[i].AuditException
		e.TypeMeta = metav1.TypeMeta{APIVersion: daysixv1alpha1.SchemeGroupVersion.String(), Kind: "AuditException"}
		e.ManagedFields = nil
		out.Items = append(out.Items, &e)
	}
	return out
}
