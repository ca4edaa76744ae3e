package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/fix"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/report"
)

const fixExample = `  # The patch that lowers the score of a workload most; nothing is applied
  kubectl daysix fix deployment/cart -n shop
  kubectl daysix fix deployment/cart -n shop >patch.yaml && kubectl patch deployment/cart -n shop --patch-file patch.yaml

  # For some findings, or for all that a change of the pods can remove, as a patch of kustomize
  kubectl daysix fix deploy/cart -n shop --check HostPID,RunAsRoot
  kubectl daysix fix deploy/cart -n shop --all -o kustomize

  # The same of manifests: the patched manifest
  kubectl daysix fix deploy/cart -f deploy/cart.yaml --all >fixed.yaml`

// fixOptions are those of the verb fix.
type fixOptions struct {
	sourceOptions
	Output string
	Checks []string
	All    bool

	workload string
}

func newFixCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &fixOptions{sourceOptions: newSourceOptions(streams)}
	cmd := &cobra.Command{
		Use:   "fix WORKLOAD [--check CHECK,... | --all]",
		Short: "Print the patch that removes findings of a workload, and what it may break",
		Long: "Print the change that lowers the score of one workload most, or that removes the findings that are named: as a strategic\n" +
			"merge patch, as a patch of kustomize, or with -f as the patched manifest; with what it may break, and the score before\n" +
			"and after, for which the patched workload is assessed among all others. Nothing is ever applied.\n" +
			"WORKLOAD is written as for explain.",
		Example:           fixExample,
		ValidArgsFunction: o.completeWorkload,
		RunE:              steps(o),
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&o.Checks, "check", nil,
		"Findings to remove, by the name of their check. Without it, the change that lowers the score most.")
	flags.BoolVar(&o.All, "all", false, "Remove every finding that a change of the pods can remove.")
	o.addFlags(flags)
	addOutput(cmd, &o.Output, fixOutputs())
	describe(flags, map[string]string{
		"output": "Format of the output: " + strings.Join(fixOutputs(), ", ") + ". manifest is for files, and the default for them.",
	})
	describeNamespaces(flags)
	completeFlags(cmd, map[string][]string{"check": fixable()})
	return cmd
}

// The formats of a patch.
const (
	outputStrategic = "strategic"
	outputKustomize = "kustomize"
	outputManifest  = "manifest"
)

func fixOutputs() []string {
	return []string{outputStrategic, outputKustomize, outputManifest, outputJSON}
}

// fixable are the checks whose finding a change of the pods removes, by name.
func fixable() []string {
	var out []string
	for _, check := range posture.Registry() {
		if check.Fix != nil {
			out = append(out, string(check.ID))
		}
	}
	slices.Sort(out)
	return out
}

// Complete takes the workload from the arguments, and keeps what comes on the standard input: it is read twice.
func (o *fixOptions) Complete(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("name one workload, such as deployment/cart; %d are given", len(args))
	}
	o.workload = args[0]
	if o.Output == "" {
		o.Output = outputStrategic
		if len(o.Filenames) > 0 {
			o.Output = outputManifest
		}
	}
	return nil
}

// Validate refuses what cannot be meant.
func (o *fixOptions) Validate() error {
	if err := oneOf("output", o.Output, fixOutputs()); err != nil {
		return err
	}
	if _, err := parseWorkload(o.workload); err != nil {
		return err
	}
	switch {
	case o.All && len(o.Checks) > 0:
		return errors.New("--all and --check exclude each other")
	case o.Output == outputManifest && len(o.Filenames) == 0:
		return errors.New("--output manifest is for files: of a live cluster, a patch is printed")
	}
	return o.validate()
}

// Run assesses the workload, changes it in the model, and assesses it again.
func (o *fixOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	var input []byte
	if slices.Contains(o.Filenames, loader.Stdin) {
		if input, err = io.ReadAll(o.In); err != nil {
			return fmt.Errorf("reading the standard input: %w", err)
		}
		o.In = bytes.NewReader(input)
	}
	m, engine, before, err := o.assessOne(ctx, configuration, o.workload)
	if err != nil {
		return err
	}
	o.In = bytes.NewReader(input)
	f := &fixer{options: o, m: m, engine: engine, key: before.Workload.Key, before: before}
	if err := f.prepare(ctx); err != nil {
		return err
	}
	if err := f.change(ctx, configuration); err != nil {
		return err
	}
	if err := f.print(); err != nil {
		return err
	}
	return m.incomplete()
}

// change makes the change, and assesses the workload anew. Where all findings are to go, those go as well that the change
// brings to light: a container that is not privileged any more has capabilities to drop.
func (f *fixer) change(ctx context.Context, c *config.AuditConfiguration) error {
	for {
		chosen := f.result
		chosen.Notes = slices.Clone(chosen.Notes)
		if err := f.apply(ctx); err != nil {
			return err
		}
		engine, err := f.m.engine(c)
		if err != nil {
			return err
		}
		after := engine.Assess(f.key)
		if f.options.All && after != nil {
			f.result.Changes = chosen.Changes
			if f.addAll(after.Findings) {
				chosen.Changes = f.result.Changes
				f.result, f.edits = chosen, nil
				continue
			}
		}
		f.settle(after)
		return nil
	}
}

func (f *fixer) print() error {
	switch o := f.options; o.Output {
	case outputJSON:
		return printer.FixJSON(o.Out, &f.result)
	case outputKustomize:
		return printer.FixKustomize(o.Out, &f.result)
	case outputManifest:
		for _, line := range printer.FixNotes(&f.result) {
			note(o.ErrOut, "%s", line)
		}
		return f.writeManifests()
	default:
		return printer.FixStrategic(o.Out, &f.result)
	}
}

// verdictOf is the part of a report that is shown before and after.
func verdictOf(a *assess.Assessment) fix.Verdict {
	s := report.Build(a).Status
	return fix.Verdict{
		Score: int(s.Score), Severity: cmp.Or(string(s.Severity), "Minimal"), Reach: string(s.Reach), Restart: string(s.Restart.Verdict),
	}
}
