// Package report turns an assessment into the PodSecurityReport that says so: bounded, ordered, and the same bytes for
// the same assessment.
package report
