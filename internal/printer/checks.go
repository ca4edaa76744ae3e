package printer

import (
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
)

// docsURL is where the pages of the checks can be read.
const docsURL = "https://github.com/daysix/daysix/blob/main/docs/"

// Check is what a reader is told about a check.
type Check struct {
	// Title says in a few words what it finds.
	Title string
	// Page is the address of its documentation.
	Page string
}

// Checks are all that a report may name, by their ID.
func Checks() map[string]Check {
	out := make(map[string]Check)
	for _, c := range posture.Registry() {
		out[string(c.ID)] = Check{c.Title, docsURL + "checks/" + string(c.ID) + ".md"}
	}
	for _, p := range rbac.Registry() {
		out[string(p.ID)] = Check{p.Title, docsURL + "privileges/" + string(p.ID) + ".md"}
	}
	for _, j := range assess.JoinedChecks() {
		out[string(j.ID)] = Check{j.Title, docsURL + "paths/" + string(j.ID) + ".md"}
	}
	return out
}
