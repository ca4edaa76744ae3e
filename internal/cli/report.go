package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

const reportExample = `  # The whole cluster as one page, which needs no network
  kubectl daysix report -A --output-file report.html

  # The same of manifests, and to look at it at once
  kubectl daysix report -f deploy/ --output-file report.html
  kubectl daysix report -A --serve

  # For the pages of a code host and of a CI system
  kubectl daysix report -f deploy/ -o sarif --output-file daysix.sarif
  kubectl daysix report -f deploy/ -o junit --fail-on High --output-file daysix.xml`

// reportOptions are those of the verb report: those of a scan, and where the result goes.
type reportOptions struct {
	scanOptions
	OutputFile string
	Serve      bool
	Port       int
}

func newReportCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &reportOptions{scanOptions: newScanOptions(streams, outputHTML)}
	cmd := &cobra.Command{
		Use:   "report [-f PATH...]",
		Short: "Write the audit of a cluster or of manifests as one page, or show it in a browser",
		Long: "Write the audit of a live cluster, or of manifests, as one self-contained page, or in a format for other programs.\n" +
			"With --serve the page is shown at an address of this machine that nobody else can reach.",
		Example: reportExample,
		RunE:    steps(o),
	}
	o.addFlags(cmd.Flags())
	addOutput(cmd, &o.Output, reportOutputs())
	o.addFailOn(cmd)
	cmd.Flags().StringVar(&o.OutputFile, "output-file", "",
		"File to write to, readable by its owner only. Without it the standard output is written to.")
	cmd.Flags().BoolVar(&o.Serve, "serve", false, "Show the page at a loopback address until Ctrl-C, and write nothing.")
	cmd.Flags().IntVar(&o.Port, "port", 0, "Port for --serve; 0 is any that is free.")
	return cmd
}

// Validate refuses what cannot be meant.
func (o *reportOptions) Validate() error {
	if err := oneOf("output", o.Output, reportOutputs()); err != nil {
		return err
	}
	validate := o.validateWrite
	if o.Serve {
		validate = o.validateServe
	}
	if err := validate(); err != nil {
		return err
	}
	return o.validateScan()
}

func (o *reportOptions) validateServe() error {
	switch {
	case o.Output != outputHTML:
		return fmt.Errorf("--serve shows a page: it cannot be used with -o %s", o.Output)
	case o.OutputFile != "":
		return errors.New("--serve writes no file: leave out --output-file")
	case o.Port < 0 || o.Port > 65535:
		return fmt.Errorf("--port %d: must be between 0 and 65535", o.Port)
	}
	return nil
}

func (o *reportOptions) validateWrite() error {
	switch {
	case o.Port != 0:
		return errors.New("--port is for --serve")
	case o.Output == outputHTML && o.OutputFile == "" && isTerminal(o.Out):
		return errors.New("a page is not for a terminal: name a file with --output-file, or show it with --serve")
	}
	return nil
}

// Run scans, and writes or shows the result.
func (o *reportOptions) Run(ctx context.Context) error {
	return o.scan(ctx, func(reports []*daysixv1alpha1.PodSecurityReport, namespace string) error {
		if o.Output == outputHTML && len(o.Filenames) == 0 {
			o.date(ctx, reports, namespace)
		}
		if o.OutputFile == "" && !o.Serve {
			return o.print(o.Out, reports, namespace)
		}
		var page bytes.Buffer
		if err := o.print(&page, reports, namespace); err != nil {
			return err
		}
		if o.Serve {
			return o.serve(ctx, page.Bytes())
		}
		return writeFile(o.OutputFile, page.Bytes())
	})
}

// writeFile writes a file that only its owner may read, for a report is a map for an attacker. The file is there whole or not at
// all.
func writeFile(name string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(name), ".daysix-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
