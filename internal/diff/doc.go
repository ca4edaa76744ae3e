// Package diff says what has changed between reports: what is new, gone, worse or better between two audits, and what became
// new or worse within a time, by the times that reports carry.
package diff
