// Command golangci-lint is golangci-lint with the two linters of the Kubernetes project compiled in: logcheck, for
// structured logging, and kube-api-linter, for the types under api/.
//
// It is a main of our own because "golangci-lint custom" clones its own repository, which needs more of the network than
// a Go module proxy and is not checked by the checksum database.
package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"
	_ "sigs.k8s.io/kube-api-linter"
	_ "sigs.k8s.io/logtools/logcheck/gclplugin"
)

// module is the path of golangci-lint, whose version is reported as ours.
const module = "github.com/golangci/golangci-lint/v2"

func main() {
	if err := commands.Execute(buildInfo()); err != nil {
		fmt.Fprintf(os.Stderr, "Linting ended with an error: %v\n", err)
		os.Exit(exitcodes.Failure)
	}
}

// buildInfo tells the version that go.mod pins. golangci-lint compares it with the one that a configuration asks for.
func buildInfo() commands.BuildInfo {
	info := commands.BuildInfo{Version: "unknown", Commit: "unknown", Date: "unknown", GoVersion: "unknown"}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	info.GoVersion = build.GoVersion
	for _, dependency := range build.Deps {
		if dependency.Path == module {
			info.Version = dependency.Version
			info.Commit = dependency.Sum
		}
	}
	return info
}
