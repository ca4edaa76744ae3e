package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/score"
)

func newVersionCommand(streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of this program and of its score model",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			version, revision, toolchain := buildInfo()
			_, err := fmt.Fprintf(streams.Out, "Version: %s\nRevision: %s\nGo: %s\nScore model: %s\n",
				version, revision, toolchain, score.Model)
			return err
		},
	}
}

// buildInfo is what the Go toolchain wrote into the binary.
func buildInfo() (version, revision, toolchain string) {
	version, revision, toolchain = "unknown", "unknown", "unknown"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version, revision, toolchain
	}
	if info.Main.Version != "" {
		version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			revision = setting.Value
		}
	}
	return version, revision, info.GoVersion
}
