// Command dashboards writes the dashboards for Grafana into a folder, one file each:
//
//	dashboards ../../config/components/grafana
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: dashboards FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(folder string) error {
	for _, b := range boards() {
		text, err := render(b)
		if err != nil {
			return fmt.Errorf("rendering %s: %w", b.uid, err)
		}
		if err := os.WriteFile(filepath.Join(folder, b.uid+".json"), text, 0o644); err != nil {
			return fmt.Errorf("writing a dashboard: %w", err)
		}
	}
	return nil
}

// render is the JSON of a dashboard, which Grafana's schema admits.
func render(b board) ([]byte, error) {
	built, err := b.build()
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(built, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := check(text); err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// check holds JSON against the schema: no field that it does not know, none that it does not admit. The plugins check what
// is inside of panels and queries.
func check(text []byte) error {
	plugins.RegisterDefaultPlugins()
	var read dashboard.Dashboard
	if err := problems(read.UnmarshalJSONStrict(text)); err != nil {
		return fmt.Errorf("it does not fit the schema: %w", err)
	}
	if err := problems(read.Validate()); err != nil {
		return fmt.Errorf("the schema does not admit it: %w", err)
	}
	return nil
}

// problems is nil where the SDK returns a list of errors that is empty.
func problems(err error) error {
	var all cog.BuildErrors
	if errors.As(err, &all) && len(all) == 0 {
		return nil
	}
	return err
}
