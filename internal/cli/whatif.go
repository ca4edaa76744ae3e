package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/pod-security-admission/api"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/whatif"
)

const whatifExample = `  # What would not start again if a namespace enforced a level, and which namespaces could
  kubectl daysix whatif -n shop --enforce restricted
  kubectl daysix whatif -A --enforce baseline:v1.37

  # What a policy would break, with its binding and parameters, before it is applied
  kubectl daysix whatif -f policy.yaml
  kubectl daysix whatif --delete validatingadmissionpolicy/no-latest

  # The same of a dump that kubectl get -A -o yaml wrote
  kubectl daysix whatif -f policy.yaml --on dump.yaml -o json`

// whatifOptions are those of the verb whatif. The files of the source are those of --on.
type whatifOptions struct {
	sourceOptions
	Output   string
	Changes  []string
	Deletes  []string
	Enforce  string
	Selector string

	selector labels.Selector
	enforce  map[string]string // labels
	deletes  []deletion
}

func newWhatifCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &whatifOptions{sourceOptions: newSourceOptions(streams), Output: outputTable}
	cmd := &cobra.Command{
		Use:   "whatif (--enforce LEVEL[:VERSION] | -f PATH... | --delete KIND/NAME)",
		Short: "Tell what a change of policies would break before it is applied",
		Long: "Tell which workloads would no longer start again, if a namespace enforced a level of Pod Security, or if policies,\n" +
			"webhooks or what they read were applied or deleted. Nothing is applied. The exit code is 2 where a verdict gets worse.",
		Example: whatifExample,
		RunE:    steps(o),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Enforce, "enforce", "", "Level of Pod Security that the namespace enforces, as restricted or restricted:v1.37.")
	flags.StringArrayVarP(&o.Changes, "filename", "f", nil,
		"File or directory of manifests that are applied, or - for the standard input. May be repeated.")
	flags.StringArrayVar(&o.Deletes, "delete", nil,
		"Policy, binding or configuration of webhooks that is deleted, as KIND/NAME. May be repeated.")
	flags.StringArrayVar(&o.Filenames, "on", nil,
		"File or directory of manifests that are judged, or - for the standard input. May be repeated. Without it the cluster is read.")
	addOutput(cmd, &o.Output, tableOutputs())
	flags.StringVarP(&o.Selector, "selector", "l", "", "Labels of the namespaces that --enforce is for.")
	o.addClusterFlags(flags)
	describe(flags, map[string]string{
		"namespace":      "Namespace that --enforce is for; with -f and --on, the namespace of objects that name none.",
		"all-namespaces": "Let --enforce be for all namespaces.",
	})
	completeFlags(cmd, map[string][]string{"enforce": levels(), "delete": deletable()})
	return cmd
}

// levels are those of Pod Security.
func levels() []string {
	return []string{string(api.LevelPrivileged), string(api.LevelBaseline), string(api.LevelRestricted)}
}

// Complete takes arguments for further files, which is what a shell makes of -f *.yaml.
func (o *whatifOptions) Complete(args []string) error {
	switch {
	case len(args) == 0:
	case len(o.Changes) > 0 && len(o.Filenames) > 0:
		return fmt.Errorf("unexpected argument %q: name each file with a -f or --on of its own", args[0])
	case len(o.Changes) > 0:
		o.Changes = append(o.Changes, args...)
	default:
		return fmt.Errorf("unexpected argument %q: name files with -f", args[0])
	}
	return nil
}

// Validate refuses what cannot be meant, and reads what is to be changed, files excepted.
func (o *whatifOptions) Validate() error {
	if err := oneOf("output", o.Output, tableOutputs()); err != nil {
		return err
	}
	switch {
	case slices.Contains(o.Changes, ""):
		return errors.New("--filename must not be empty")
	case slices.Contains(o.Filenames, ""):
		return errors.New("--on must not be empty")
	case slices.Contains(o.Changes, loader.Stdin) && slices.Contains(o.Filenames, loader.Stdin):
		return errors.New("--filename and --on cannot both be the standard input")
	case o.Enforce == "" && len(o.Changes) == 0 && len(o.Deletes) == 0:
		return errors.New("say what is changed: --enforce LEVEL, -f PATH or --delete KIND/NAME")
	}
	for _, text := range o.Deletes {
		d, err := parseDeletion(text)
		if err != nil {
			return err
		}
		o.deletes = append(o.deletes, d)
	}
	return o.validateEnforce()
}

func (o *whatifOptions) validateEnforce() (err error) {
	switch {
	case o.Enforce == "" && (o.AllNamespaces || o.Selector != ""):
		return errors.New("--all-namespaces and --selector go with --enforce: what else is changed is judged in all namespaces")
	case o.Selector != "" && (o.AllNamespaces || *o.ConfigFlags.Namespace != ""):
		return errors.New("--selector says which namespaces: leave out --namespace and --all-namespaces")
	}
	if o.Enforce != "" {
		if o.enforce, err = whatif.EnforceLabels(o.Enforce); err != nil {
			return fmt.Errorf("--enforce %w", err)
		}
	}
	if o.selector, err = labels.Parse(o.Selector); err != nil {
		return fmt.Errorf("--selector %q: %w", o.Selector, err)
	}
	return nil
}

// Run judges, changes the model, and judges again.
func (o *whatifOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	files, err := o.readChange()
	if err != nil {
		return err
	}
	m, err := o.load(ctx, configuration, !o.oneNamespace(), snapshot.Pods)
	if err != nil {
		return err
	}
	result, err := o.compare(ctx, m, configuration, files)
	if err != nil {
		return err
	}
	o.tell(result)
	if err := o.print(result); err != nil {
		return err
	}
	if err := m.incomplete(); err != nil {
		return err
	}
	if len(result.Worse) > 0 {
		return &exitCodeError{exitFound, fmt.Sprintf("Workloads that would break, or may: %d.", len(result.Worse))}
	}
	return nil
}

// oneNamespace tells whether nothing outside of one namespace can be affected.
func (o *whatifOptions) oneNamespace() bool {
	return len(o.Changes) == 0 && len(o.Deletes) == 0 && !o.AllNamespaces && o.Selector == ""
}

func (o *whatifOptions) compare(
	ctx context.Context, m *loaded, c *config.AuditConfiguration, files *loader.Objects,
) (*whatif.Result, error) {
	rules, err := m.restartRules(c)
	if err != nil {
		return nil, err
	}
	labelled, err := o.labelled(m)
	if err != nil {
		return nil, err
	}
	keys, excluded := []snapshot.Key(nil), 0
	for _, key := range m.Snapshot.Workloads() {
		switch {
		case len(o.Changes)+len(o.Deletes) == 0 && !slices.Contains(labelled, key.Namespace):
		case c.Excludes(key.Namespace):
			excluded++
		default:
			keys = append(keys, key)
		}
	}
	o.progress.begin("Workloads judged")
	defer o.progress.end()
	before := whatif.Judge(m.Snapshot, rules, keys, o.progress.step)
	changes, err := o.apply(ctx, m, files, labelled)
	if err != nil {
		return nil, err
	}
	result := whatif.Compare(before, whatif.Judge(m.Snapshot, rules, keys, o.progress.step))
	result.Changes, result.Excluded = changes, excluded
	return result, nil
}

// tell says on the standard error what the table does not.
func (o *whatifOptions) tell(r *whatif.Result) {
	if r.Excluded > 0 {
		note(o.ErrOut, "Workloads in excluded namespaces: %d.", r.Excluded)
	}
	if r.Forecast > 0 {
		note(o.ErrOut, "Workloads that would be warned about or recorded, or that the next upgrade breaks: %d.", r.Forecast)
	}
	u := &r.Unchanged
	note(o.ErrOut, "Workloads that get better: %d. Unchanged: %d admitted, %d refused, %d not known.",
		len(r.Better), u.Admitted, u.Denied, u.Unknown)
}

func (o *whatifOptions) print(result *whatif.Result) error {
	switch o.Output {
	case outputJSON:
		return printer.WhatifJSON(o.Out, result)
	case outputYAML:
		return printer.WhatifYAML(o.Out, result)
	default:
		return printer.WhatifTable(o.Out, result, o.Output == outputWide)
	}
}
