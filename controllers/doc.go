// Package controllers holds the loops that touch the API server: feeders that keep the snapshot, and the reconciler that
// assesses a workload and publishes its report. Nothing is decided here.
//
// Every replica feeds and assesses; only the one that leads publishes. A source that is forbidden, missing or broken is
// recorded as such and tried again: it stops neither the other sources nor the process.
package controllers
