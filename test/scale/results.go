package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// saveResults writes what a run has measured, for the page and for whoever compares runs.
func saveResults(path string, results any) error {
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the results: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	return nil
}

// readResults reads what a run has saved.
func readResults(path string, results any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the results: %w", err)
	}
	if err := json.Unmarshal(data, results); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
