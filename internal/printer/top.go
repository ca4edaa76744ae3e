package printer

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/diff"
)

// TopOptions say how a table of the worst workloads looks.
type TopOptions struct {
	Wide, Colour bool
	// Now is the time from which ages are told.
	Now time.Time
}

// topSeverity is the column that has a colour.
const topSeverity = 2

// TopTable writes a line for each of the workloads. The last column says what is worst in it, or what is new.
func TopTable(w io.Writer, workloads []diff.Row, options TopOptions) error {
	if len(workloads) == 0 {
		return nil
	}
	header := []string{"PRIO", "SCORE", "SEVERITY", "NAMESPACE", "WORKLOAD"}
	if options.Wide {
		header = append(header, "RESTART", "FOR", "UNACCEPTED", "EXPOSURE", "REACH")
	}
	what := "WORST"
	if workloads[0].News != nil {
		what = "NEW"
	}
	rows := [][]string{append(header, what)}
	for i := range workloads {
		rows = append(rows, topRow(&workloads[i], options))
	}
	var paint func(int, string) string
	if options.Colour {
		paint = func(column int, cell string) string {
			if column == topSeverity {
				return coloured(cell)
			}
			return cell
		}
	}
	return writeFittingPainted(w, rows, options.Wide, paint)
}

func topRow(r *diff.Row, options TopOptions) []string {
	row := []string{
		Plain(cmp.Or(string(r.Priority), "-")), strconv.Itoa(int(r.Score)), Plain(string(r.Severity)), Plain(r.Namespace),
		Plain(r.Workload.Kind + "/" + r.Workload.Name),
	}
	if options.Wide {
		row = append(row, Plain(cmp.Or(string(r.Restart), "-")), forHowLong(r.SeveritySince, options.Now), Plain(string(r.UnacceptedSeverity)),
			Plain(cmp.Or(string(r.Exposure), "-")), Plain(string(r.Reach)))
	}
	switch worst := cmp.Or(r.Worst, "-"); {
	case r.News != nil:
		return append(row, Plain(newsOf(r.News, options.Wide)))
	case r.Restart == daysixv1alpha1.RestartDenied && !options.Wide:
		return append(row, Plain("refused, "+worst))
	default:
		return append(row, Plain(worst))
	}
}

// newsOf says what is new in a workload, what weighs most first.
func newsOf(n *diff.News, wide bool) string {
	var said, checks []string
	if n.Workload {
		said = append(said, "workload")
	}
	if n.Severity && !n.Workload {
		said = append(said, "severity")
	}
	if n.Restart {
		said = append(said, "refused")
	}
	seen := make(map[string]bool)
	for i := range n.Findings {
		if check := n.Findings[i].Check; !seen[check] {
			seen[check] = true
			checks = append(checks, check)
		}
	}
	if more := len(checks) - 1; more > 0 && !wide {
		checks = []string{fmt.Sprintf("%s +%d", checks[0], more)}
	}
	return strings.Join(append(said, checks...), ", ")
}

// forHowLong is the time since something was first observed.
func forHowLong(since metav1.Time, now time.Time) string {
	if since.IsZero() {
		return "-"
	}
	return inWords(now.Sub(since.Time))
}

// inWords is a duration as people say it, in its largest unit.
func inWords(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return strconv.Itoa(n) + " " + unit + "s"
	}
	switch {
	case d >= 48*time.Hour:
		return count(int(d/(24*time.Hour)), "day")
	case d >= 2*time.Hour:
		return count(int(d/time.Hour), "hour")
	case d >= time.Minute:
		return count(int(d/time.Minute), "minute")
	default:
		return count(max(0, int(d/time.Second)), "second")
	}
}

// TopJSON writes the workloads as JSON.
func TopJSON(w io.Writer, rows []diff.Row) error { return writeJSON(w, topOf{rows}) }

// TopYAML writes what TopJSON writes, as YAML.
func TopYAML(w io.Writer, rows []diff.Row) error { return writeYAML(w, topOf{rows}) }

type topOf struct {
	Workloads []diff.Row `json:"workloads"`
}
