package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/daysix/daysix/internal/printer"
)

// The exit codes of every verb.
const (
	exitClean = 0
	exitError = 1
	// exitFound says that the command worked, and found what it was asked to fail on.
	exitFound = 2
)

// exitCodeError is an error that asks for an exit code of its own.
type exitCodeError struct {
	code    int
	message string
}

func (e *exitCodeError) Error() string { return e.message }

// exitCode says what an error of a command means to the shell.
func exitCode(err error) int {
	if err == nil {
		return exitClean
	}
	if own, ok := errors.AsType[*exitCodeError](err); ok {
		return own.code
	}
	return exitError
}

// note tells the user on the standard error what the result does not show. Its text may hold names from manifests.
func note(w io.Writer, format string, args ...any) { say(w, "Note: ", fmt.Sprintf(format, args...)) }

// complain reports an error on the standard error. The command goes on, or is about to end.
func complain(w io.Writer, err error) {
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			say(w, "Error: ", line)
		}
	}
}

func say(w io.Writer, prefix, text string) {
	// A standard error that is closed is nobody's loss.
	_, _ = fmt.Fprintln(w, prefix+printer.Plain(text))
}
