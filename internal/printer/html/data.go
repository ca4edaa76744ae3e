package html

import (
	"cmp"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/printer"
)

// Source says where the reports are from.
type Source struct {
	// Name of it: a context of the kubeconfig, or files.
	Name string
	// Scope is the part of it that was looked at, such as a namespace.
	Scope string
	// Read is when a cluster was read; zero for files.
	Read time.Time
}

// document is what the script reads. Texts are said once: everywhere else a text is its index. assets/data.js is its other half.
type document struct {
	Source     string     `json:"source"`
	Scope      string     `json:"scope"`
	Read       string     `json:"read"`
	ScoreModel string     `json:"scoreModel"`
	Missing    []gap      `json:"missing"`
	Texts      []string   `json:"texts"`
	Checks     [][3]int   `json:"checks"` // ID, title, page
	Rules      [][5]int   `json:"rules"`  // check, severity, message, condition, remediation
	Workloads  []workload `json:"workloads"`
}

// gap is something that could not be read, and how many workloads it leaves incomplete.
type gap struct {
	Text      int `json:"text"`
	Workloads int `json:"workloads"`
}

// workload is a report. A field that is a text is its index.
type workload struct {
	Namespace      int         `json:"namespace"`
	Kind           int         `json:"kind"`
	Name           int         `json:"name"`
	APIVersion     int         `json:"apiVersion"`
	Score          int32       `json:"score"`
	Severity       int         `json:"severity"`
	Since          int         `json:"since,omitempty"`
	Unaccepted     int         `json:"unaccepted"`
	Reach          int         `json:"reach"`
	Exposure       int         `json:"exposure"`
	Priority       int         `json:"priority"`
	ServiceAccount int         `json:"serviceAccount"`
	Running        int32       `json:"running"`
	Terminating    int32       `json:"terminating,omitempty"`
	Fix            *fix        `json:"fix,omitempty"`
	Answers        []answer    `json:"answers"`
	Findings       [][7]int    `json:"findings"` // rule, container, field, value, points, exception, since
	MoreFindings   int32       `json:"moreFindings,omitempty"`
	Breakdown      [][3]int    `json:"breakdown"` // class, points, check
	Restart        restart     `json:"restart"`
	Conditions     [][4]int    `json:"conditions"` // type, status, reason, message
	Worst          int         `json:"worst,omitempty"`
	Divergent      []divergent `json:"divergent,omitempty"`
	MoreDivergent  int32       `json:"moreDivergent,omitempty"`
}

type fix struct {
	Check  int   `json:"check"`
	Change int   `json:"change"`
	After  int32 `json:"after"`
}

type answer struct {
	Question     int      `json:"question"`
	Answer       int      `json:"answer"`
	Reason       int      `json:"reason,omitempty"`
	Summary      int      `json:"summary"`
	Evidence     [][3]int `json:"evidence,omitempty"` // check, field, value
	MoreEvidence int32    `json:"moreEvidence,omitempty"`
	Path         [][3]int `json:"path,omitempty"`    // from, to, why
	Reached      []int    `json:"reached,omitempty"` // pods, nodes, namespaces, Secrets
}

type restart struct {
	Verdict  int       `json:"verdict"`
	Reason   int       `json:"reason,omitempty"`
	Message  int       `json:"message,omitempty"`
	Since    int       `json:"since,omitempty"`
	Observed int       `json:"observed,omitempty"` // since when the verdict is told
	Live     int       `json:"live,omitempty"`
	Pods     [4]int32  `json:"pods"` // admitted, denied, unknown, not recreated
	Refused  []refusal `json:"refused,omitempty"`
	More     int32     `json:"more,omitempty"`
	Forecast []refusal `json:"forecast,omitempty"`
	NotAsked [][4]int  `json:"notAsked,omitempty"` // reason, kind, name, message
	Differs  []int     `json:"differs,omitempty"`
}

type refusal struct {
	Kind    int   `json:"kind"`
	Name    int   `json:"name"`
	Binding int   `json:"binding,omitempty"`
	Message int   `json:"message"`
	Since   int   `json:"since,omitempty"`
	Newer   bool  `json:"newer,omitempty"`
	Fields  []int `json:"fields,omitempty"`
}

type divergent struct {
	Name     int   `json:"name"`
	Score    int32 `json:"score"`
	OnlyHere []int `json:"onlyHere,omitempty"`
	NotHere  []int `json:"notHere,omitempty"`
}

// documentOf puts the worst first.
func documentOf(reports []*daysixv1alpha1.PodSecurityReport, source *Source) *document {
	ordered := slices.Clone(reports)
	slices.SortStableFunc(ordered, func(a, b *daysixv1alpha1.PodSecurityReport) int {
		return cmp.Or(
			cmp.Compare(b.Status.Score, a.Status.Score),
			strings.Compare(a.Namespace, b.Namespace),
			strings.Compare(a.Spec.WorkloadRef.Kind, b.Spec.WorkloadRef.Kind),
			strings.Compare(a.Spec.WorkloadRef.Name, b.Spec.WorkloadRef.Name),
			strings.Compare(a.Spec.WorkloadRef.APIVersion, b.Spec.WorkloadRef.APIVersion),
		)
	})
	b := newBuilder()
	d := &document{
		Source: printer.Plain(source.Name), Scope: printer.Plain(source.Scope), Workloads: make([]workload, 0, len(ordered)),
	}
	if !source.Read.IsZero() {
		d.Read = timeOf(metav1.NewTime(source.Read))
	}
	for _, r := range ordered {
		d.ScoreModel = printer.Plain(r.Status.ScoreModel)
		d.Workloads = append(d.Workloads, b.workload(r))
	}
	d.Missing, d.Checks, d.Rules = b.missing(ordered), b.checks, b.rules
	d.Texts = b.texts
	return d
}

func timeOf(t metav1.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}
