package cli

import (
	"fmt"
	"io"
)

// From so many steps on, and after so many each, progress is told.
const (
	progressFrom  = 5000
	progressEvery = 500
)

// clearLine goes back to the beginning of the line of a terminal and empties it.
const clearLine = "\r\x1b[K"

// progress tells on a terminal how far the work on a large cluster has come, and leaves no trace when it is done. It says nothing
// in a pipe, and nothing about a small cluster.
type progress struct {
	w     io.Writer // nil where nobody looks
	doing string
	steps int
}

func newProgress(w io.Writer) *progress {
	if isTerminal(w) {
		return &progress{w: w}
	}
	return &progress{}
}

// begin begins with a piece of work.
func (p *progress) begin(doing string) {
	p.end()
	p.doing = doing
}

// step counts one more of what the work consists of.
func (p *progress) step() {
	p.steps++
	if p.w != nil && p.steps >= progressFrom && p.steps%progressEvery == 0 {
		p.write(fmt.Sprintf("%s%s: %d", clearLine, p.doing, p.steps))
	}
}

// end takes away what was told.
func (p *progress) end() {
	if p.w != nil && p.steps >= progressFrom {
		p.write(clearLine)
	}
	p.steps = 0
}

func (p *progress) write(text string) {
	// A standard error that is closed is nobody's loss.
	_, _ = io.WriteString(p.w, text)
}
