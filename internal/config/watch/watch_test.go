package watch

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/config"
)

// patience bounds the wait for an event that must come. No test waits for it when all is well.
const patience = 10 * time.Second

func file(excluded string) string {
	return "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\nexcludedNamespaces: [" + excluded + "]\n"
}

type recorder struct {
	changes chan *config.AuditConfiguration
	errs    chan error
}

// start watches path until the test ends. The configuration in force is the default one.
func start(t *testing.T, path string) recorder {
	t.Helper()
	r := recorder{changes: make(chan *config.AuditConfiguration, 16), errs: make(chan error, 16)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- Watch(ctx, path, config.Default(),
			func(c *config.AuditConfiguration) { r.changes <- c }, func(err error) { r.errs <- err })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the watch ended with %v", err)
		}
	})
	return r
}

func (r recorder) wantChange(t *testing.T, excluded ...string) {
	t.Helper()
	select {
	case c := <-r.changes:
		if diff := cmp.Diff(excluded, c.ExcludedNamespaces); diff != "" {
			t.Errorf("excludedNamespaces (-want +got):\n%s", diff)
		}
	case err := <-r.errs:
		t.Fatalf("an error in the place of a change: %v", err)
	case <-time.After(patience):
		t.Fatal("no change is reported")
	}
}

func (r recorder) wantError(t *testing.T, parts ...string) {
	t.Helper()
	select {
	case c := <-r.changes:
		t.Fatalf("a change in the place of an error: %v", c)
	case err := <-r.errs:
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q lacks %q", err, part)
			}
		}
	case <-time.After(patience):
		t.Fatal("no error is reported")
	}
}

// put replaces a file in one step, so that no half of it is ever seen.
func put(t *testing.T, path, content string) {
	t.Helper()
	aside := filepath.Join(t.TempDir(), "aside")
	if err := os.WriteFile(aside, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(aside, path); err != nil {
		t.Fatal(err)
	}
}

func TestAChangeBeforeTheWatchBeginsIsReported(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	put(t, path, file("a"))
	start(t, path).wantChange(t, "a")
}

func TestAWrongFileLeavesTheRunningConfigurationInForce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	put(t, path, file("a"))
	r := start(t, path)
	r.wantChange(t, "a")
	put(t, path, file("A"))
	r.wantError(t, path, "excludedNamespaces[0]", `"A"`)
	put(t, path, file("a")+"# What is in force already is no change.\n")
	put(t, path, file("b"))
	r.wantChange(t, "b")
}

func TestAMissingFileIsReportedAndAwaited(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.yaml")
	r := start(t, path)
	r.wantError(t, path, "no such file")
	put(t, path, file("a"))
	r.wantChange(t, "a")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	r.wantError(t, path, "no such file")
	put(t, path, file("b"))
	r.wantChange(t, "b")
}

// The kubelet writes each version of a ConfigMap into a directory of its own and exchanges the link ..data.
func TestAnUpdateOfAConfigMapVolumeIsReported(t *testing.T) {
	volume := t.TempDir()
	write := func(version, content string) {
		t.Helper()
		directory := filepath.Join(volume, version)
		link := filepath.Join(volume, "..data_tmp")
		for _, err := range []error{
			os.Mkdir(directory, 0o700),
			os.WriteFile(filepath.Join(directory, "audit.yaml"), []byte(content), 0o600),
			os.Symlink(version, link),
			os.Rename(link, filepath.Join(volume, "..data")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	write("..1", file("a"))
	path := filepath.Join(volume, "audit.yaml")
	if err := os.Symlink(filepath.Join("..data", "audit.yaml"), path); err != nil {
		t.Fatal(err)
	}
	r := start(t, path)
	r.wantChange(t, "a")
	write("..2", file("b"))
	r.wantChange(t, "b")
	write("..3", "nonsense: true\n")
	r.wantError(t, path, "nonsense: unknown field")
	write("..4", file("c"))
	r.wantChange(t, "c")
}

func TestADirectoryThatIsNotThereIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere", "audit.yaml")
	err := Watch(t.Context(), path, config.Default(), nil, nil)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
