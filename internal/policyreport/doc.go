// Package policyreport says what a PodSecurityReport says in the kinds that other tools read: Report of openreports.io, and its
// elder twin, PolicyReport of wgpolicyk8s.io. It is a function of the report: the same report, the same bytes.
package policyreport
