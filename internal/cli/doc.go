// Package cli is the command line: kubectl daysix. Each verb is one file with its Options, and Complete, Validate and Run.
//
// What the verbs share stands in source.go (where the objects come from: files or a cluster), audit.go (objects to reports)
// and exit.go. The standard output holds the result and nothing else; notes and errors go to the standard error.
package cli

//go:generate go run ../../hack/clidocs -reference ../../docs/cli-reference.md
