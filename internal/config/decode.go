package config

import (
	"errors"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/daysix/daysix/internal/strict"
)

// Load reads a configuration file. The error names the file, and the field and value at fault.
func Load(path string) (*AuditConfiguration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Decode(data, path)
}

// Decode reads a configuration from YAML or JSON. What is not given keeps its default; a list that is given, even an
// empty one, replaces the default as a whole. name stands for the file in errors.
func Decode(data []byte, name string) (*AuditConfiguration, error) {
	documents := strict.Documents(data)
	if len(documents) != 1 {
		return nil, fmt.Errorf("%s: must hold one %s, not %d documents", name, Kind, len(documents))
	}
	asJSON, err := documents[0].JSON()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c := Default()
	c.APIVersion, c.Kind = "", "" // These two have no default: they say which fields to expect.
	var errs []error
	for _, e := range strict.Unmarshal(asJSON, c) {
		errs = append(errs, fmt.Errorf("%s: %w", name, fieldError(e)))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	for _, e := range c.Validate() {
		errs = append(errs, fmt.Errorf("%s: %w", name, e))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c, nil
}

// fieldError adds the value to an error: nothing in this file is secret.
func fieldError(e *strict.Error) error {
	if e.Field == "" || e.Value == nil {
		return e
	}
	return &field.Error{Type: field.ErrorTypeInvalid, Field: e.Field, BadValue: e.Value, Detail: e.Problem}
}
