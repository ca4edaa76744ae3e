package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// Main runs the command line of this process and returns its exit code: 0 clean, 1 error, 2 found what it was asked to
// fail on. An interrupt ends it.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}, os.Args[1:])
}

// Run runs one command and returns its exit code.
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
	root.AddCommand(newScanCommand(streams), newVersionCommand(streams))
	return root
}
