package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/loader"
)

// loadExceptions reads what was accepted in a live cluster. A cluster without the kind has accepted nothing; where exceptions
// must not be read, everything counts.
func (o *sourceOptions) loadExceptions(ctx context.Context, m *loaded) error {
	err := o.stored(ctx, exceptionsResource, metav1.NamespaceAll, "", func(object runtime.Object) error {
		loader.Add(m.Model, object)
		return nil
	})
	switch cause := errors.Unwrap(err); {
	case apierrors.IsForbidden(cause):
		note(o.ErrOut, "%s cannot be read (Forbidden): what they accept counts.", exceptionsResource)
	case err != nil && !apierrors.IsNotFound(cause):
		return err
	}
	return nil
}

// useExceptions puts what was read into force at a time, and names the exceptions that have no effect by themselves.
func (o *sourceOptions) useExceptions(m *loaded, now time.Time) {
	m.Exceptions.Advance(now)
	known := checks()
	for _, e := range m.Exceptions.All() {
		var unknown []string
		for _, check := range e.Checks {
			if !known[check] {
				unknown = append(unknown, string(check))
			}
		}
		why := ""
		switch {
		case e.Problem != "":
			why = e.Problem + "."
		case !e.InForce(now):
			why = fmt.Sprintf("it ended at %s.", e.ExpiresAt.UTC().Format(time.RFC3339))
		case len(unknown) > 0:
			why = fmt.Sprintf("there is no such check: %s.", strings.Join(unknown, ", "))
		default:
			continue
		}
		note(o.ErrOut, "AuditException %s: %s", e.Name, why)
	}
}

// checks are those that may find something.
func checks() map[finding.CheckID]bool {
	known := make(map[finding.CheckID]bool)
	for _, check := range assess.Checks() {
		known[check] = true
	}
	return known
}
