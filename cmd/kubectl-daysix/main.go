// Command kubectl-daysix is the command line of the audit; kubectl finds it as kubectl daysix.
package main

import (
	"os"

	"github.com/daysix/daysix/internal/cli"
)

func main() { os.Exit(cli.Main()) }
