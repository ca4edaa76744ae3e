package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/snapshot"
)

const drainExample = `  # What would not come back from a drain of one node, and why in full
  kubectl daysix drain node-7
  kubectl daysix drain node-7 -o wide

  # All nodes of a pool at once
  kubectl daysix drain -l pool=blue

  # The same of a dump that kubectl get -A -o yaml wrote
  kubectl daysix drain node-7 -f dump.yaml -o json`

// drainOptions are those of the verb drain.
type drainOptions struct {
	sourceOptions
	Output   string
	Selector string

	nodes    []string
	selector labels.Selector
}

func newDrainCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &drainOptions{sourceOptions: newSourceOptions(streams), Output: outputTable}
	cmd := &cobra.Command{
		Use:   "drain (NODE... | -l LABELS)",
		Short: "Tell which pods would not come back from a drain of nodes",
		Long: "Tell what becomes of the pods of nodes, if all of them are drained: which would be refused by the policies of today,\n" +
			"which may be, which nobody creates again, and which PodDisruptionBudgets stand in the way. Nothing is drained or\n" +
			"cordoned. The exit code is 2 where a pod would not come back.",
		Example:           drainExample,
		RunE:              steps(o),
		ValidArgsFunction: o.completeNodes,
	}
	o.addFilenames(cmd.Flags())
	o.addClusterFlags(cmd.Flags())
	addOutput(cmd, &o.Output, tableOutputs())
	cmd.Flags().StringVarP(&o.Selector, "selector", "l", "", "Labels of the nodes, instead of their names.")
	describe(cmd.Flags(), map[string]string{
		"namespace":      "Look at pods of this namespace only, not of all; with -f, the namespace of objects that name none.",
		"all-namespaces": "Look at pods of all namespaces, which is the default.",
	})
	return cmd
}

// Complete takes the nodes from the arguments, written as kubectl drain takes them.
func (o *drainOptions) Complete(args []string) error {
	for _, arg := range args {
		kind, name, slash := strings.Cut(arg, "/")
		if slash && slices.Contains([]string{"node", "nodes", "no"}, kind) {
			arg = name
		}
		o.nodes = append(o.nodes, arg)
	}
	o.drain = drain.NewFacts()
	return nil
}

// Validate refuses what cannot be meant.
func (o *drainOptions) Validate() error {
	if err := oneOf("output", o.Output, tableOutputs()); err != nil {
		return err
	}
	switch {
	case len(o.nodes) == 0 && o.Selector == "":
		return errors.New("say which nodes: NODE..., or --selector LABELS")
	case len(o.nodes) > 0 && o.Selector != "":
		return fmt.Errorf("unexpected argument %q: --selector says which nodes", o.nodes[0])
	case slices.Contains(o.nodes, ""):
		return errors.New("the name of a node must not be empty")
	}
	var err error
	if o.selector, err = labels.Parse(o.Selector); err != nil {
		return fmt.Errorf("--selector %q: %w", o.Selector, err)
	}
	return o.validate()
}

// Run drains on paper. Something that could not be read weighs more than a pod that is lost: the result is not the whole.
func (o *drainOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	one := *o.ConfigFlags.Namespace != "" && !o.AllNamespaces && len(o.Filenames) == 0
	m, err := o.load(ctx, configuration, !one, snapshot.Pods)
	if err != nil {
		return err
	}
	result, err := o.plan(m, configuration)
	if err != nil {
		return err
	}
	o.tell(result, one)
	if err := o.print(result); err != nil {
		return err
	}
	if err := m.incomplete(); err != nil {
		return err
	}
	if n := result.Pods.Denied + result.Pods.Lost; n > 0 {
		return &exitCodeError{exitFound, fmt.Sprintf("Pods that would not come back: %d (%d refused, %d that nobody creates again).",
			n, result.Pods.Denied, result.Pods.Lost)}
	}
	return nil
}

// plan finds the nodes and asks what becomes of their pods.
func (o *drainOptions) plan(m *loaded, c *config.AuditConfiguration) (*drain.Result, error) {
	rules, err := m.restartRules(c)
	if err != nil {
		return nil, err
	}
	planner := drain.Planner{Snapshot: m.Snapshot, Facts: m.Drain, Rules: rules, Excludes: c.Excludes, Judged: o.progress.step}
	nodes := o.nodes
	if o.Selector != "" {
		if nodes = m.Drain.Select(o.selector); len(nodes) == 0 {
			return nil, fmt.Errorf("--selector %q: no node has these labels", o.Selector)
		}
	}
	known := planner.Nodes()
	var unknown []string
	for _, name := range nodes {
		if _, found := slices.BinarySearch(known, name); !found {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no such node: %s", strings.Join(unknown, ", "))
	}
	o.progress.begin("Workloads judged")
	defer o.progress.end()
	return planner.Plan(nodes), nil
}

// tell says on the standard error what the table does not.
func (o *drainOptions) tell(r *drain.Result, oneNamespace bool) {
	if oneNamespace {
		note(o.ErrOut, "Only pods of the namespace %s were looked at. A drain takes those of all namespaces.", *o.ConfigFlags.Namespace)
	}
	if r.Excluded > 0 {
		note(o.ErrOut, "Pods in excluded namespaces: %d.", r.Excluded)
	}
	busy := make(map[string]bool)
	refused := 0
	for i := range r.Workloads {
		w := &r.Workloads[i]
		for _, p := range w.Pods {
			busy[p.Node] = true
		}
		if w.Fate == drain.Stays && w.Verdict == restart.Denied {
			refused += len(w.Pods)
		}
	}
	if idle := slices.DeleteFunc(slices.Clone(r.Nodes), func(node string) bool { return busy[node] }); len(idle) > 0 && r.Excluded == 0 {
		note(o.ErrOut, "No pods run on %s.", strings.Join(idle, ", "))
	}
	if r.BudgetsUnread != "" {
		note(o.ErrOut, "%s cannot be read (%s): what would block or delay the drain is not known.",
			drain.PodDisruptionBudgets, r.BudgetsUnread)
	}
	if refused > 0 {
		note(o.ErrOut, "Pods of DaemonSets that stay, and that a node in the place of theirs would not get: %d.", refused)
	}
	if len(r.KubectlFlags) > 0 {
		note(o.ErrOut, "kubectl drain asks for %s here.", strings.Join(r.KubectlFlags, " "))
	}
}

func (o *drainOptions) print(result *drain.Result) error {
	switch o.Output {
	case outputJSON:
		return printer.DrainJSON(o.Out, result)
	case outputYAML:
		return printer.DrainYAML(o.Out, result)
	default:
		return printer.DrainTable(o.Out, result, o.Output == outputWide)
	}
}
