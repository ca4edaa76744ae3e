package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/diff"
	"github.com/daysix/daysix/internal/printer"
)

const diffExample = `  # Between two audits: of a branch and of the one that it leaves
  kubectl daysix scan -f main/ -o json > old.json
  kubectl daysix scan -f branch/ -o json | kubectl daysix diff old.json -

  # Between a dump of the reports and the cluster as it is now
  kubectl get podsecurityreports -A -o json > yesterday.json
  kubectl daysix diff yesterday.json -A

  # A gate for a pipeline: exit code 2 where a workload became worse
  kubectl daysix diff old.json new.json --fail-on worse -o json`

// The values of --fail-on of the verb diff.
const (
	failOnWorse = "worse"
	failOnNew   = "new"
)

// diffOptions are those of the verb diff.
type diffOptions struct {
	scanOptions

	old, fresh string
}

func newDiffCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &diffOptions{scanOptions: scanOptions{sourceOptions: newSourceOptions(streams), Output: outputTable}}
	cmd := &cobra.Command{
		Use:   "diff OLD [NEW]",
		Short: "Tell what is new, gone, worse or better between two audits",
		Long: "Compare two audits, workload by workload and finding by finding: what is new, gone, worse or better. OLD and NEW are\n" +
			"files of reports, or - for the standard input: what scan -o json writes, or kubectl get podsecurityreports -o json.\n" +
			"Without NEW the live cluster is scanned.",
		Example: diffExample,
		RunE:    steps(o),
	}
	o.addClusterFlags(cmd.Flags())
	addOutput(cmd, &o.Output, tableOutputs())
	cmd.Flags().StringVar(&o.FailOn, "fail-on", "", "Exit with code 2 where a workload became worse (worse), or where a workload or a "+
		"finding is new as well (new).")
	completeFlags(cmd, map[string][]string{"fail-on": {failOnNew, failOnWorse}})
	describe(cmd.Flags(), map[string]string{
		"namespace": "Compare this namespace only.", "all-namespaces": "Compare all namespaces of the live cluster.",
	})
	return cmd
}

// Complete takes the files from the arguments.
func (o *diffOptions) Complete(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return fmt.Errorf("name one or two files of reports; %d are given", len(args))
	}
	o.old = args[0]
	if len(args) == 2 {
		o.fresh = args[1]
	}
	return nil
}

// Validate refuses what cannot be meant.
func (o *diffOptions) Validate() error {
	if err := oneOf("output", o.Output, tableOutputs()); err != nil {
		return err
	}
	if o.FailOn != "" {
		if err := oneOf("fail-on", o.FailOn, []string{failOnNew, failOnWorse}); err != nil {
			return err
		}
	}
	if o.old == "-" && o.fresh == "-" {
		return errors.New("the standard input cannot be both audits")
	}
	if o.fresh != "" && o.AllNamespaces {
		return errors.New("--all-namespaces is for a live cluster: files are read as a whole")
	}
	return o.validate()
}

// Run compares and prints. A cluster that could not be read weighs more than what is worse: the result is not the whole.
func (o *diffOptions) Run(ctx context.Context) error {
	old, err := readReports(o.old, o.In)
	if err != nil {
		return err
	}
	namespace, incomplete := *o.ConfigFlags.Namespace, error(nil)
	var fresh []*daysixv1alpha1.PodSecurityReport
	if o.fresh != "" {
		fresh, err = readReports(o.fresh, o.In)
	} else {
		fresh, namespace, incomplete, err = o.scanned(ctx)
	}
	if err != nil {
		return err
	}
	result := diff.Reports(within(old, namespace), within(fresh, namespace))
	if result.Counts.Truncated > 0 {
		note(o.ErrOut, "Reports that leave findings out, which may seem new or gone: %d.", result.Counts.Truncated)
	}
	if err := o.print(result); err != nil {
		return err
	}
	if incomplete != nil {
		return incomplete
	}
	return o.failed(result)
}

// scanned are the reports of the live cluster, with the one namespace that they are of; empty for all.
func (o *diffOptions) scanned(ctx context.Context) (
	reports []*daysixv1alpha1.PodSecurityReport, namespace string, incomplete, err error,
) {
	configuration, err := o.configuration()
	if err != nil {
		return nil, "", nil, err
	}
	m, namespace, err := o.loadAround(ctx, configuration)
	if err != nil {
		return nil, "", nil, err
	}
	reports, _, err = audit(m, configuration, namespace)
	return reports, namespace, m.incomplete(), err
}

func within(reports []*daysixv1alpha1.PodSecurityReport, namespace string) []*daysixv1alpha1.PodSecurityReport {
	if namespace == metav1.NamespaceAll {
		return reports
	}
	return slices.DeleteFunc(reports, func(r *daysixv1alpha1.PodSecurityReport) bool { return r.Namespace != namespace })
}

func (o *diffOptions) print(result *diff.Result) error {
	switch o.Output {
	case outputJSON:
		return printer.DiffJSON(o.Out, result)
	case outputYAML:
		return printer.DiffYAML(o.Out, result)
	default:
		return printer.DiffTable(o.Out, result, o.Output == outputWide)
	}
}

// failed is the error that --fail-on asks for.
func (o *diffOptions) failed(result *diff.Result) error {
	w, f := result.Counts.Workloads, result.Counts.Findings
	var found []string
	add := func(n int, what string) {
		if n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, what))
		}
	}
	if o.FailOn != "" {
		add(w[diff.Worse], "workloads became worse")
	}
	if o.FailOn == failOnNew {
		add(w[diff.New], "workloads are new")
		add(f[diff.New], "findings are new")
	}
	if len(found) == 0 {
		return nil
	}
	return &exitCodeError{exitFound, strings.Join(found, ", ") + "."}
}
