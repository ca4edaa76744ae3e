// Package metrics declares what Daysix exports to Prometheus, and collects the state of the audit when it is scraped, so
// that no series outlives what it speaks of.
//
// Families is the one place where a family is declared: descriptors, docs/metrics.md and the check of every rule and
// dashboard follow from it. Label values come from closed sets, or are bounded by a cap: what lies beyond it is added up
// under "other", and daysix_series_dropped says how much that is.
package metrics
