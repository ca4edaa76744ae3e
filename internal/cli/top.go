package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/diff"
	"github.com/daysix/daysix/internal/printer"
)

const topExample = `  # The workloads of the whole cluster, those to look at first above
  kubectl daysix top -A

  # What became new or worse since yesterday, and in a week
  kubectl daysix top -A --since 24h
  kubectl daysix top -A --since 7d -o wide

  # The same of a dump
  kubectl get podsecurityreports -A -o json | kubectl daysix top -f -`

// topOptions are those of the verb top.
type topOptions struct {
	sourceOptions
	Output   string
	Selector string
	Since    string
	Limit    int
	NoColor  bool

	clock  clock.PassiveClock
	window time.Duration
}

func newTopCommand(streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &topOptions{sourceOptions: newSourceOptions(streams), Output: outputTable, clock: clk}
	cmd := &cobra.Command{
		Use:   "top [--since TIME]",
		Short: "List the worst workloads, or what became worse, by the reports of a cluster",
		Long: "List the workloads by the reports that Daysix keeps in the cluster, by priority and score. With --since, list only\n" +
			"workloads that changed: new ones, and those whose severity rose, whose pods would now be refused on a restart, or\n" +
			"that have a new finding nobody has accepted. Nothing is assessed: that is what scan does.",
		Example: topExample,
		Args:    cobra.NoArgs,
		RunE:    steps(o),
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&o.Filenames, "filename", "f", nil, "File of reports, or - for the standard input, instead of a cluster.")
	flags.StringVarP(&o.Selector, "selector", "l", "", "Labels of the reports.")
	flags.StringVar(&o.Since, "since", "", "List what became new or worse within this time, such as 90m, 24h or 7d.")
	flags.IntVar(&o.Limit, "limit", 0, "List so many workloads at most; 0 for all.")
	flags.BoolVar(&o.NoColor, "no-color", false, "Print no colours. They are printed to a terminal only, and not with NO_COLOR set.")
	o.addReportFlags(cmd)
	addOutput(cmd, &o.Output, tableOutputs())
	return cmd
}

// addReportFlags adds those that say where the reports, or the exceptions, of a cluster are.
func (o *sourceOptions) addReportFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "Look at the reports of all namespaces.")
	o.ConfigFlags.AddFlags(cmd.Flags())
	describe(cmd.Flags(), map[string]string{"namespace": "Namespace of the reports."})
}

// Complete fills in what follows from the arguments and the surroundings.
func (o *topOptions) Complete([]string) (err error) {
	o.window, err = parseWindow(o.Since)
	return err
}

// parseWindow reads a duration, of which days are written as 7d.
func parseWindow(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	window, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		window = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || window <= 0 {
		return 0, fmt.Errorf("--since %q: must be a time such as 90m, 24h or 7d", text)
	}
	return window, nil
}

// Validate refuses what cannot be meant.
func (o *topOptions) Validate() error {
	if err := oneOf("output", o.Output, tableOutputs()); err != nil {
		return err
	}
	if o.Limit < 0 {
		return fmt.Errorf("--limit %d: must not be negative", o.Limit)
	}
	if _, err := labels.Parse(o.Selector); err != nil {
		return fmt.Errorf("--selector %q: %w", o.Selector, err)
	}
	if len(o.Filenames) > 0 && o.AllNamespaces {
		return errors.New("--all-namespaces is for a live cluster: files are read as a whole")
	}
	return nil
}

// Run reads reports and prints.
func (o *topOptions) Run(ctx context.Context) error {
	reports, err := o.reports(ctx)
	if err != nil {
		return err
	}
	from := time.Time{}
	if o.window > 0 {
		from = o.clock.Now().Add(-o.window)
	}
	rows := diff.Top(reports, from)
	switch {
	case len(reports) == 0:
		note(o.ErrOut, "No reports found.")
	case len(rows) == 0:
		note(o.ErrOut, "Nothing became new or worse within %s.", o.Since)
	}
	if o.Limit > 0 && len(rows) > o.Limit {
		note(o.ErrOut, "Workloads that are not listed: %d.", len(rows)-o.Limit)
		rows = rows[:o.Limit]
	}
	switch o.Output {
	case outputJSON:
		return printer.TopJSON(o.Out, rows)
	case outputYAML:
		return printer.TopYAML(o.Out, rows)
	default:
		colour := !o.NoColor && os.Getenv("NO_COLOR") == "" && isTerminal(o.Out)
		return printer.TopTable(o.Out, rows, printer.TopOptions{Wide: o.Output == outputWide, Colour: colour, Now: o.clock.Now()})
	}
}

func (o *topOptions) reports(ctx context.Context) ([]*daysixv1alpha1.PodSecurityReport, error) {
	if len(o.Filenames) == 0 {
		namespace := metav1.NamespaceAll
		if !o.AllNamespaces {
			var err error
			if namespace, err = o.namespace(); err != nil {
				return nil, err
			}
		}
		return o.storedReports(ctx, namespace, o.Selector)
	}
	var out []*daysixv1alpha1.PodSecurityReport
	selector, err := labels.Parse(o.Selector)
	if err != nil {
		return nil, fmt.Errorf("--selector %q: %w", o.Selector, err)
	}
	for _, path := range o.Filenames {
		reports, err := readReports(path, o.In)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			asked := *o.ConfigFlags.Namespace == "" || r.Namespace == *o.ConfigFlags.Namespace
			if asked && selector.Matches(labels.Set(r.Labels)) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}
