package cli

import (
	"bytes"
	"strings"
	"testing"
)

func TestProgressIsToldOnATerminalAndTakenAway(t *testing.T) {
	var pipe, terminal bytes.Buffer
	for out, p := range map[*bytes.Buffer]*progress{&pipe: newProgress(&pipe), &terminal: {w: &terminal}} {
		p.begin("Objects read")
		for range progressFrom + progressEvery {
			p.step()
		}
		p.end()
		p.begin("Workloads judged")
		p.step()
		p.end()
		want := ""
		if out == &terminal {
			want = clearLine + "Objects read: 5000" + clearLine + "Objects read: 5500" + clearLine
		}
		if got := out.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if strings.Contains(terminal.String(), "judged") {
		t.Error("little work is no news")
	}
}
