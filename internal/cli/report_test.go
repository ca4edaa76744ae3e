package cli

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"
)

func TestAReportIsWhatAScanPrints(t *testing.T) {
	for _, format := range reportOutputs() {
		scanned := run(t, "", "scan", "-f", "testdata/shop", "-o", format)
		reported := run(t, "", "report", "-f", "testdata/shop", "-o", format)
		if diff := cmp.Diff(scanned.out, reported.out); diff != "" || reported.code != exitClean {
			t.Errorf("%s: exit code %d (-scan +report):\n%s", format, reported.code, diff)
		}
	}
	if page := run(t, "", "report", "-f", "testdata/shop"); !strings.HasPrefix(page.out, "<!doctype html>") {
		t.Errorf("by default it is no page: %.80q", page.out)
	}
}

func TestAReportFileIsForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "daysix.sarif")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	got := run(t, "", "report", "-f", "testdata/shop", "-o", "sarif", "--fail-on", "High", "--output-file", path)
	if got.code != exitFound || got.out != "" {
		t.Errorf("exit code %d, output %q", got.code, got.out)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Size() < 1000 {
		t.Errorf("mode %s, %d bytes", info.Mode(), info.Size())
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	directory := filepath.Dir(path)
	if got := run(t, "", "report", "-f", "testdata/shop", "--output-file", directory); got.code != exitError || !strings.Contains(got.err, "writing "+directory) {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
	if got := run(t, "", "report", "-f", "testdata/shop", "--output-file", filepath.Join(path, "none")); got.code != exitError {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
}

func TestReportRefusesWhatCannotBeMeant(t *testing.T) {
	for args, want := range map[string]string{
		"-o table":                     `--output "table": must be one of html, json, yaml, sarif, junit`,
		"--serve -o json":              "--serve shows a page: it cannot be used with -o json",
		"--serve --output-file a.html": "--serve writes no file",
		"--port 80":                    "--port is for --serve",
		"--serve --port 65536":         "--port 65536: must be between 0 and 65535",
		"--serve --port -1":            "--port -1: must be between 0 and 65535",
		"--fail-on Minimal":            `--fail-on "Minimal"`,
	} {
		got := run(t, "", append([]string{"report", "-f", "testdata/shop"}, strings.Fields(args)...)...)
		if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: "+want) {
			t.Errorf("%s: exit code %d, output %q, errors %q", args, got.code, got.out, got.err)
		}
	}
}

// announced is a standard error that tells the address which a server announces.
type announced struct {
	once    sync.Once
	address chan string
}

func (a *announced) Write(p []byte) (int, error) {
	if m := regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+/`).Find(p); m != nil {
		a.once.Do(func() { a.address <- string(m) })
	}
	return len(p), nil
}

func TestServeShowsThePageUntilItIsStopped(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	said, ended := &announced{address: make(chan string, 1)}, make(chan int, 1)
	streams, _, out, _ := genericiooptions.NewTestIOStreams()
	streams.ErrOut = said
	go func() { ended <- Run(ctx, streams, []string{"report", "-f", "testdata/shop", "--serve"}) }()
	var address string
	select {
	case address = <-said.address:
	case code := <-ended:
		t.Fatalf("it ends with %d", code)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || response.Body.Close() != nil || response.StatusCode != http.StatusOK {
		t.Errorf("status %d: %v", response.StatusCode, err)
	}
	if page := run(t, "", "report", "-f", "testdata/shop"); string(body) != page.out {
		t.Error("it shows another page than the one that would be written")
	}
	stop()
	if code := <-ended; code != exitClean || out.Len() != 0 {
		t.Errorf("it ends with %d and writes %d bytes", code, out.Len())
	}
}

func TestServeAnswersLoopbackNamesAlone(t *testing.T) {
	handler, err := pageHandler([]byte("<!doctype html>"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, host, path string
		want               int
	}{
		{http.MethodGet, "127.0.0.1:8080", "/", http.StatusOK},
		{http.MethodHead, "localhost:8080", "/", http.StatusOK},
		{http.MethodGet, "[::1]:8080", "/", http.StatusOK},
		{http.MethodGet, "localhost", "/", http.StatusOK},
		{http.MethodGet, "rebound.example:8080", "/", http.StatusMisdirectedRequest},
		{http.MethodGet, "127.0.0.1.rebound.example", "/", http.StatusMisdirectedRequest},
		{http.MethodGet, "10.0.0.1:8080", "/", http.StatusMisdirectedRequest},
		{http.MethodPost, "localhost:8080", "/", http.StatusMethodNotAllowed},
		{http.MethodGet, "localhost:8080", "/metrics", http.StatusNotFound},
	} {
		recorder := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), test.method, "http://"+test.host+test.path, http.NoBody)
		handler.ServeHTTP(recorder, request)
		if recorder.Code != test.want {
			t.Errorf("%s %s%s: %d, want %d", test.method, test.host, test.path, recorder.Code, test.want)
		}
		if got := recorder.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; ") {
			t.Errorf("%s: policy %q", test.host, got)
		}
		if isPage := strings.Contains(recorder.Body.String(), "doctype"); isPage != (test.want == http.StatusOK) {
			t.Errorf("%s %s%s: the page is shown: %v", test.method, test.host, test.path, isPage)
		}
	}
}
