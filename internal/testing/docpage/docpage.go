// Package docpage writes what suites measure into pages of the documentation.
package docpage

import (
	"fmt"
	"os"
	"strings"
)

// ReplaceTable writes a table between two lines of a page. The words around it are not generated. A page without these lines is an
// error, and stays as it is.
func ReplaceTable(page, begins, ends, table string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return fmt.Errorf("reading the page: %w", err)
	}
	before, rest, found := strings.Cut(string(text), begins)
	_, after, ended := strings.Cut(rest, ends)
	if !found || !ended {
		return fmt.Errorf("%s has no place for the table: lines %q and %q", page, begins, ends)
	}
	if err := os.WriteFile(page, []byte(before+begins+table+ends+after), 0o644); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}
