// Command clidocs writes the pages of the command line from the command itself: one reference in Markdown, or pages of man.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/cli"
)

const head = `# Command line reference

Written by ` + "`make generate`" + ` from the commands themselves. [Command line](cli.md) explains them.

`

func main() {
	reference := flag.String("reference", "", "File for the reference in Markdown.")
	man := flag.String("man", "", "Directory for the pages of man.")
	flag.Parse()
	if err := run(*reference, *man); err != nil {
		fmt.Fprintln(os.Stderr, "clidocs:", err)
		os.Exit(1)
	}
}

func run(reference, man string) error {
	// The default of --cache-dir is made of it: a page must not name the home of whoever wrote it.
	if err := os.Setenv("HOME", "$HOME"); err != nil {
		return fmt.Errorf("setting HOME: %w", err)
	}
	root := cli.NewRootCommand(genericiooptions.NewTestIOStreamsDiscard())
	root.DisableAutoGenTag = true
	if reference != "" {
		if err := os.WriteFile(reference, markdown(root), 0o644); err != nil {
			return fmt.Errorf("writing the reference: %w", err)
		}
	}
	if man == "" {
		return nil
	}
	if err := os.MkdirAll(man, 0o755); err != nil {
		return fmt.Errorf("making %s: %w", man, err)
	}
	header := &doc.GenManHeader{Title: "KUBECTL-DAYSIX", Section: "1", Source: "Daysix", Manual: "Daysix"}
	if err := doc.GenManTree(root, header, filepath.Clean(man)); err != nil {
		return fmt.Errorf("writing pages of man: %w", err)
	}
	return nil
}

// markdown is a section for each verb, by name.
func markdown(root *cobra.Command) []byte {
	var out bytes.Buffer
	out.WriteString(head)
	for _, verb := range root.Commands() {
		if !verb.IsAvailableCommand() || verb.Name() == "help" {
			continue
		}
		fmt.Fprintf(&out, "## %s\n\n%s\n\n", verb.Name(), cmp.Or(verb.Long, verb.Short))
		if verb.Runnable() {
			fmt.Fprintf(&out, "```\n%s\n```\n\n", verb.UseLine())
		}
		if verb.Example != "" {
			fmt.Fprintf(&out, "```\n%s\n```\n\n", verb.Example)
		}
		if usage := strings.TrimRight(verb.NonInheritedFlags().FlagUsages(), "\n"); usage != "" {
			fmt.Fprintf(&out, "```\n%s\n```\n\n", usage)
		}
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n')
}
