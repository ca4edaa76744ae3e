// Package faults breaks what the manager depends on, on a real control plane, and asks afterwards whether the audit is right:
// every workload has one report, it says what a fresh look at the cluster says, nothing was written more often than it changed,
// and the outage could be seen while it lasted.
//
// It is a module of its own, for the proxy between the manager and the API server is no business of the product's. `make faults`
// runs all of it and writes the times into docs/reliability.md; with -short, as `make test` runs it, it is the quick ones alone.
package faults
