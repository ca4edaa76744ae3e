// Package watch follows the configuration file while it changes. It is the part of the configuration that does IO.
package watch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"github.com/fsnotify/fsnotify"

	"github.com/daysix/daysix/internal/config"
)

// Watch reports every change of a configuration file until the context ends, and returns nil then. running is the
// configuration in force; onChange gets the one that takes its place. A file that is missing or wrong goes to onError,
// once for each of its contents, and leaves the running configuration in force. Both are called one at a time.
//
// The directory is watched, not the file: the kubelet updates the volume of a ConfigMap by exchanging a symbolic link
// beside the file, and editors put a new file in the place of the old one. The error is that of a watch which cannot be
// set up, or has been lost.
func Watch(
	ctx context.Context, path string, running *config.AuditConfiguration,
	onChange func(*config.AuditConfiguration), onError func(error),
) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching the configuration: %w", err)
	}
	defer func() { _ = watcher.Close() }()
	if err := watcher.Add(filepath.Dir(path)); err != nil {
		return fmt.Errorf("watching the directory of the configuration %s: %w", path, err)
	}
	f := follower{path: path, running: running, onChange: onChange, onError: onError}
	f.read() // The file may have changed between its first reading and the beginning of the watch.
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, ok := <-watcher.Events:
			if !ok {
				return fmt.Errorf("watching the configuration %s: the watch has ended", path)
			}
			f.read()
		case err, ok := <-watcher.Errors:
			if !ok {
				return fmt.Errorf("watching the configuration %s: the watch has ended", path)
			}
			// Events may have been lost: report it, and look for ourselves.
			onError(fmt.Errorf("watching the configuration %s: %w", path, err))
			f.read()
		}
	}
}

// follower remembers what has been reported.
type follower struct {
	path     string
	running  *config.AuditConfiguration
	onChange func(*config.AuditConfiguration)
	onError  func(error)

	seen    []byte // the content that was judged last; nil where the file could not be read
	failure string // of the last reading
}

func (f *follower) read() {
	data, err := os.ReadFile(f.path)
	if err != nil {
		f.seen = nil
		f.fail(fmt.Errorf("reading the configuration: %w", err))
		return
	}
	if f.seen != nil && bytes.Equal(f.seen, data) {
		return
	}
	f.seen = append([]byte{}, data...)
	fresh, err := config.Decode(data, f.path)
	if err != nil {
		f.fail(err)
		return
	}
	f.failure = ""
	if !reflect.DeepEqual(fresh, f.running) {
		f.running = fresh
		f.onChange(fresh)
	}
}

func (f *follower) fail(err error) {
	if f.failure == err.Error() {
		return
	}
	f.failure = err.Error()
	f.onError(err)
}
