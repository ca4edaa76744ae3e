package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

const scanExample = `  # The workloads of the current namespace, then those of the whole cluster
  kubectl daysix scan
  kubectl daysix scan -A

  # Manifests: files, directories, or what another program writes
  kubectl daysix scan -f deploy/
  helm template . | kubectl daysix scan -f -

  # A gate for a pipeline: exit code 2 where a workload is High or worse
  kubectl daysix scan -f deploy/ --fail-on High -o json`

// scanOptions are those of the verb scan.
type scanOptions struct {
	sourceOptions
	Output  string
	FailOn  string
	NoColor bool

	colour bool
	clock  clock.PassiveClock
}

func newScanOptions(streams genericiooptions.IOStreams, output string) scanOptions {
	o := scanOptions{sourceOptions: newSourceOptions(streams), Output: output, clock: clock.RealClock{}}
	o.configMaps = true
	return o
}

func newScanCommand(streams genericiooptions.IOStreams) *cobra.Command {
	options := newScanOptions(streams, outputTable)
	o := &options
	cmd := &cobra.Command{
		Use:   "scan [-f PATH...]",
		Short: "Assess the workloads of a cluster or of manifests",
		Long: "Assess the workloads of one namespace of a live cluster, of all with -A, or of manifests, and print how far a compromise\n" +
			"of each goes.",
		Example: scanExample,
		RunE:    steps(o),
	}
	o.addFlags(cmd.Flags())
	addOutput(cmd, &o.Output, scanOutputs())
	o.addFailOn(cmd)
	cmd.Flags().BoolVar(&o.NoColor, "no-color", false, "Print no colours. They are printed to a terminal only, and not with NO_COLOR set.")
	return cmd
}

func (o *scanOptions) addFailOn(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.FailOn, "fail-on", "",
		"Exit with code 2 where a workload has this severity or a worse one: "+strings.Join(failOnSeverities(), ", ")+".")
	completeFlags(cmd, map[string][]string{"fail-on": failOnSeverities()})
}

// failOnSeverities leaves out Minimal, which every workload has.
func failOnSeverities() []string {
	var out []string
	for _, s := range finding.Severities() {
		if s != finding.SeverityMinimal {
			out = append(out, string(s))
		}
	}
	return out
}

// Complete fills in what follows from the arguments and the surroundings.
func (o *scanOptions) Complete(args []string) error {
	o.colour = !o.NoColor && os.Getenv("NO_COLOR") == "" && isTerminal(o.Out)
	for _, severity := range failOnSeverities() {
		if strings.EqualFold(o.FailOn, severity) {
			o.FailOn = severity
		}
	}
	return o.complete(args)
}

// Validate refuses what cannot be meant.
func (o *scanOptions) Validate() error {
	if err := oneOf("output", o.Output, scanOutputs()); err != nil {
		return err
	}
	return o.validateScan()
}

func (o *scanOptions) validateScan() error {
	if o.FailOn != "" {
		if err := oneOf("fail-on", o.FailOn, failOnSeverities()); err != nil {
			return err
		}
	}
	if len(o.Filenames) > 0 && o.AllNamespaces {
		return errors.New("--all-namespaces is for a live cluster: files are read as a whole")
	}
	return o.validate()
}

// Run scans and prints.
func (o *scanOptions) Run(ctx context.Context) error {
	return o.scan(ctx, func(reports []*daysixv1alpha1.PodSecurityReport, namespace string) error {
		return o.print(o.Out, reports, namespace)
	})
}

// scan hands over the reports of what was asked for, all of one namespace or of every one where it is empty. Something that
// could not be read weighs more than a finding: the result is not the whole.
func (o *scanOptions) scan(
	ctx context.Context, deliver func(reports []*daysixv1alpha1.PodSecurityReport, namespace string) error,
) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	m, namespace, err := o.loadAround(ctx, configuration)
	if err != nil {
		return err
	}
	reports, excluded, err := audit(m, configuration, namespace)
	if err != nil {
		return err
	}
	if excluded > 0 {
		note(o.ErrOut, "Workloads in excluded namespaces: %d.", excluded)
	}
	if len(reports) == 0 {
		note(o.ErrOut, "No workloads found.")
	}
	if err := deliver(reports, namespace); err != nil {
		return err
	}
	if err := m.incomplete(); err != nil {
		return err
	}
	if bad := o.atOrAbove(reports); bad > 0 {
		return &exitCodeError{exitFound, fmt.Sprintf("Workloads of severity %s or worse: %d.", o.FailOn, bad)}
	}
	return nil
}

// atOrAbove counts the workloads that --fail-on asks for. What an exception accepts does not count.
func (o *scanOptions) atOrAbove(reports []*daysixv1alpha1.PodSecurityReport) int {
	if o.FailOn == "" {
		return 0
	}
	count := 0
	for _, r := range reports {
		if finding.Severity(r.Status.UnacceptedSeverity).Rank() >= finding.Severity(o.FailOn).Rank() {
			count++
		}
	}
	return count
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
