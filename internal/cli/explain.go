package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/report"
)

const explainExample = `  # How far does a compromise of one workload go, step by step
  kubectl daysix explain deployment/cart -n shop
  kubectl daysix explain deploy/cart -n shop -o json

  # The same of manifests
  kubectl daysix explain cart -A -f deploy/`

// explainOptions are those of the verb explain.
type explainOptions struct {
	sourceOptions
	Output string

	workload string
}

func newExplainCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &explainOptions{sourceOptions: newSourceOptions(streams), Output: outputTable}
	o.configMaps = true
	cmd := &cobra.Command{
		Use:   "explain WORKLOAD",
		Short: "Tell how far a compromise of one workload goes, step by step",
		Long: "Tell the whole story of one workload: its score and what it is made of, the seven answers with the shortest path to\n" +
			"each, exact counts of what is reached, whether its pods may come back, and the change that lowers the score most.\n" +
			"WORKLOAD is written as deployment/cart, deploy/cart, Deployment.apps/cart, or cart where no other kind has that name.\n" +
			"What stands around it counts, so the whole cluster is read.",
		Example:           explainExample,
		ValidArgsFunction: o.completeWorkload,
		RunE:              steps(o),
	}
	o.addFlags(cmd.Flags())
	addOutput(cmd, &o.Output, outputs())
	describeNamespaces(cmd.Flags())
	return cmd
}

// Complete takes the workload from the arguments.
func (o *explainOptions) Complete(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("name one workload, such as deployment/cart; %d are given", len(args))
	}
	o.workload = args[0]
	return nil
}

// Validate refuses what cannot be meant.
func (o *explainOptions) Validate() error {
	if err := oneOf("output", o.Output, outputs()); err != nil {
		return err
	}
	if _, err := parseWorkload(o.workload); err != nil {
		return err
	}
	return o.validate()
}

// Run assesses one workload among all that stand around it, and prints.
func (o *explainOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	m, engine, assessment, err := o.assessOne(ctx, configuration, o.workload)
	if err != nil {
		return err
	}
	key := assessment.Workload.Key
	if configuration.Excludes(key.Namespace) {
		note(o.ErrOut, "The configuration leaves the namespace %s out: the controller writes no report of %s.", key.Namespace, key)
	}
	var reached *attackgraph.Answers
	if answers, ok := engine.Solution().Answers(attackgraph.Key(key)); ok {
		reached = &answers
	}
	if err := o.print(report.Explain(assessment, reached)); err != nil {
		return err
	}
	return m.incomplete()
}

func (o *explainOptions) print(e *report.Explanation) error {
	switch o.Output {
	case outputJSON:
		return printer.ExplainJSON(o.Out, e)
	case outputYAML:
		return printer.ExplainYAML(o.Out, e)
	default:
		return printer.ExplainTable(o.Out, e)
	}
}
