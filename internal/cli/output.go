package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The formats of the output.
const (
	outputTable = "table"
	// outputWide is a table with names and whole messages.
	outputWide = "wide"
	outputJSON = "json"
	outputYAML = "yaml"
	// outputSARIF and outputJUnit are for the pages of code hosts and CI systems.
	outputSARIF = "sarif"
	outputJUnit = "junit"
	// outputHTML is a page for a browser.
	outputHTML = "html"
	// outputDOT and outputMermaid are pictures.
	outputDOT     = "dot"
	outputMermaid = "mermaid"
)

func outputs() []string { return []string{outputTable, outputJSON, outputYAML} }

func scanOutputs() []string { return append(outputs(), outputSARIF, outputJUnit, outputHTML) }

func reportOutputs() []string {
	return []string{outputHTML, outputJSON, outputYAML, outputSARIF, outputJUnit}
}

func tableOutputs() []string { return []string{outputTable, outputWide, outputJSON, outputYAML} }

func pictures() []string { return []string{outputDOT, outputMermaid, outputJSON} }

// addOutput gives a verb the flag that says which of the formats it writes.
func addOutput(cmd *cobra.Command, output *string, formats []string) {
	cmd.Flags().StringVarP(output, "output", "o", *output, "Format of the output: "+strings.Join(formats, ", ")+".")
	completeFlags(cmd, map[string][]string{"output": formats})
}

// oneOf refuses the value of a flag that is none of a few.
func oneOf(flag, value string, values []string) error {
	if !slices.Contains(values, value) {
		return fmt.Errorf("--%s %q: must be one of %s", flag, value, strings.Join(values, ", "))
	}
	return nil
}
