package browser

import (
	"os"
	"path/filepath"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/cli"
)

// report writes the page of manifests as the command does, and returns its path.
func report(tb testing.TB, stdin string, args ...string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "report.html")
	streams, in, _, said := genericiooptions.NewTestIOStreams()
	in.WriteString(stdin)
	if code := cli.Run(tb.Context(), streams, append([]string{"report", "--output-file", path}, args...)); code != 0 {
		tb.Fatalf("exit code %d: %s", code, said)
	}
	return path
}

func sizeOf(tb testing.TB, path string) int64 {
	tb.Helper()
	info, err := os.Stat(path)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}
