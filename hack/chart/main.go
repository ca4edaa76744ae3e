// Command chart writes the Helm chart charts/daysix from what kustomize renders of config/:
//
//	chart KUSTOMIZE ROOT
//
// KUSTOMIZE is the path of its binary, ROOT the folder of the repository. What config/ holds is
// found by itself: a new role, a new CustomResourceDefinition or a new component comes into the chart with the next run. What is
// asked of whoever installs is in values.go, and what does not come from config/ lies under files.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// chartFolder is where the chart lies in the repository.
const chartFolder = "charts/daysix"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("wrong arguments %q: want the paths of kustomize and of the repository", args)
	}
	rendered, err := render(ctx, args[0], filepath.Join(args[1], "config"))
	if err != nil {
		return err
	}
	files, err := chartOf(rendered)
	if err != nil {
		return err
	}
	return replace(filepath.Join(args[1], chartFolder), files)
}

// replace makes a folder hold exactly the files.
func replace(folder string, files map[string]string) error {
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clearing the chart: %w", err)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(folder, name)
		errs = append(errs, os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(files[name]), 0o644))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("writing the chart: %w", err)
	}
	return nil
}
