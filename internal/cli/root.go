package cli

import (
	"context"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"
)

// Run runs one command and returns its exit code: 0 clean, 1 error, 2 found what it was asked to fail on.
func Run(ctx context.Context, streams genericiooptions.IOStreams, args []string) int {
	root := NewRootCommand(streams)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	code := exitCode(err)
	switch code {
	case exitClean:
	case exitFound:
		note(streams.ErrOut, "%s", err)
	default:
		complain(streams.ErrOut, err)
	}
	return code
}

// NewRootCommand returns the command with all of its verbs.
func NewRootCommand(streams genericiooptions.IOStreams) *cobra.Command {
	root := &cobra.Command{
		Use:   "kubectl-daysix",
		Short: "Audit how far a compromise of each workload goes",
		Long: "Audit the workloads of a Kubernetes cluster, or of manifests: if this pod is compromised, how far does it go?\n" +
			"The same engine as the controller's answers. Nothing is installed and nothing is written.",
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl daysix"},
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.AddCommand(
		newDiffCommand(streams), newDrainCommand(streams), newExceptionsCommand(streams, clock.RealClock{}), newExplainCommand(streams),
		newFixCommand(streams), newGraphCommand(streams), newReachCommand(streams), newReportCommand(streams), newScanCommand(streams),
		newTopCommand(streams, clock.RealClock{}), newVersionCommand(streams), newWhatifCommand(streams),
	)
	return root
}

// verb is what a command does once its flags are parsed.
type verb interface {
	Complete(args []string) error
	Validate() error
	Run(ctx context.Context) error
}

// steps takes a verb through what it does.
func steps(v verb) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := v.Complete(args); err != nil {
			return err
		}
		if err := v.Validate(); err != nil {
			return err
		}
		return v.Run(cmd.Context())
	}
}
