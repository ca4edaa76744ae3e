package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/snapshot"
)

const exceptionsExample = `  # What was accepted in the cluster, until when, and whether it still has an effect
  kubectl daysix exceptions

  # A gate: exit code 2 where an exception has ended, or has no effect
  kubectl daysix exceptions --fail-on expired,inert

  # The same of manifests, before they are applied
  kubectl daysix exceptions -f deploy/ -f exceptions/`

// exceptionsOptions are those of the verb exceptions.
type exceptionsOptions struct {
	sourceOptions
	Output string
	FailOn []string

	clock clock.PassiveClock
}

func newExceptionsCommand(streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &exceptionsOptions{sourceOptions: newSourceOptions(streams), Output: outputTable, clock: clk}
	cmd := &cobra.Command{
		Use:   "exceptions [-f PATH...]",
		Short: "List the exceptions, until when they hold, and whether they have an effect",
		Long: "List the AuditExceptions: what state each is in, how many workloads it selects and when it ends. Those of a cluster are\n" +
			"reported as the controller found them; those of manifests are tried on the workloads among them.",
		Example: exceptionsExample,
		RunE:    steps(o),
	}
	o.addFilenames(cmd.Flags())
	cmd.Flags().StringVar(&o.ConfigFile, "config", "", "File that holds an AuditConfiguration, for manifests.")
	o.ConfigFlags.AddFlags(cmd.Flags())
	addOutput(cmd, &o.Output, tableOutputs())
	cmd.Flags().StringSliceVar(&o.FailOn, "fail-on", nil, "Exit with code 2 where an exception is in one of these states: expired, inert.")
	completeFlags(cmd, map[string][]string{"fail-on": failOnStates()})
	describe(cmd.Flags(), map[string]string{"namespace": "With -f, the namespace of objects that name none."})
	return cmd
}

func failOnStates() []string { return []string{string(exception.Expired), string(exception.Inert)} }

// Complete fills in what follows from the arguments and the surroundings.
func (o *exceptionsOptions) Complete(args []string) error { return o.complete(args) }

// Validate refuses what cannot be meant.
func (o *exceptionsOptions) Validate() error {
	if err := oneOf("output", o.Output, tableOutputs()); err != nil {
		return err
	}
	for _, state := range o.FailOn {
		if err := oneOf("fail-on", state, failOnStates()); err != nil {
			return err
		}
	}
	return o.validate()
}

// Run lists the exceptions and prints. Something that could not be read weighs more than an exception: the result is not the
// whole.
func (o *exceptionsOptions) Run(ctx context.Context) error {
	list, incomplete, err := o.list(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		note(o.ErrOut, "No exceptions found.")
	}
	if err := o.print(list); err != nil {
		return err
	}
	if incomplete != nil {
		return incomplete
	}
	var found []string
	for _, state := range failOnStates() {
		n := 0
		for _, e := range list {
			if string(e.State) == state {
				n++
			}
		}
		if n > 0 && slices.Contains(o.FailOn, state) {
			found = append(found, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return &exitCodeError{exitFound, "Exceptions: " + strings.Join(found, ", ") + "."}
}

func (o *exceptionsOptions) list(ctx context.Context) (list []printer.Exception, incomplete, err error) {
	if len(o.Filenames) > 0 {
		return o.tried(ctx)
	}
	err = o.stored(ctx, exceptionsResource, metav1.NamespaceAll, "", func(object runtime.Object) error {
		if e, ok := object.(*daysixv1alpha1.AuditException); ok {
			list = append(list, o.told(e))
		}
		return nil
	})
	if apierrors.IsNotFound(errors.Unwrap(err)) {
		return nil, nil, errors.New("the cluster serves no auditexceptions: Daysix is not installed there")
	}
	return list, nil, err
}

// told is an exception as the controller found it. What it said of another generation is not known of this one; that the time
// of an exception is over can be seen without it.
func (o *exceptionsOptions) told(e *daysixv1alpha1.AuditException) printer.Exception {
	out := printer.Exception{AuditException: e}
	switch {
	case !exception.New(e).InForce(o.clock.Now()):
		out.State = exception.Expired
	case e.Status.ObservedGeneration == e.Generation:
		out.State = exception.StateOf(&e.Status)
	}
	return out
}

// tried are the exceptions of manifests, tried on the workloads of these.
func (o *exceptionsOptions) tried(ctx context.Context) (list []printer.Exception, incomplete, err error) {
	configuration, err := o.configuration()
	if err != nil {
		return nil, nil, err
	}
	m, err := o.load(ctx, configuration, true, snapshot.Pods)
	if err != nil {
		return nil, nil, err
	}
	m.Exceptions.Advance(o.clock.Now())
	engine, err := m.engine(configuration)
	if err != nil {
		return nil, nil, err
	}
	tally := exception.NewTally(func(string) {})
	for _, key := range m.Snapshot.Workloads() {
		if configuration.Excludes(key.Namespace) {
			continue
		}
		if assessment := engine.Assess(key); assessment != nil {
			tally.Record(key, &assessment.Accepted)
		}
	}
	known := checks()
	for _, e := range m.Exceptions.All() {
		count, _ := tally.Of(e.Name)
		object := e.Object()
		object.Status = exception.StatusOf(e, count, o.clock.Now(), func(c finding.CheckID) bool { return known[c] })
		list = append(list, printer.Exception{AuditException: object, State: exception.StateOf(&object.Status)})
	}
	return list, m.incomplete(), nil
}

func (o *exceptionsOptions) print(list []printer.Exception) error {
	switch o.Output {
	case outputJSON:
		return printer.ExceptionsJSON(o.Out, list)
	case outputYAML:
		return printer.ExceptionsYAML(o.Out, list)
	default:
		return printer.ExceptionsTable(o.Out, list, o.Output == outputWide, o.clock.Now())
	}
}
