package loader

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"github.com/daysix/daysix/internal/snapshot"
)

// Result is what was read.
type Result struct {
	Snapshot *snapshot.Snapshot
	// Documents counts those that were found, broken ones included.
	Documents int
	// Ignored are the kinds that the audit does not read, by name.
	Ignored []KindCount
	// Duplicates are the objects that were given more than once; the last one counts.
	Duplicates []Duplicate
	// Unowned are owners that stand below a controller which is not in the files, and that have no pods there: what they
	// belong to cannot be assessed.
	Unowned []snapshot.Key
	// Errors name file, document and field. What they speak of is not in the snapshot; all else is.
	Errors []error
}

// KindCount is a number of objects of one kind.
type KindCount struct {
	APIVersion, Kind string
	Count            int
}

// Duplicate is an object that was given before.
type Duplicate struct {
	Key snapshot.Key
	// At is the document that counts.
	At string
}

// Files reads manifests: files, directories, and the standard input for "-". Objects without a namespace get the given
// one. What files do not hold is NotGiven in the snapshot. The result depends on the files alone, not on their order.
func Files(paths []string, stdin io.Reader, namespace string) *Result {
	l := newLoader(namespace)
	files, errs := expand(paths)
	l.result.Errors = append(l.result.Errors, errs...)
	for _, file := range files {
		name, data, err := read(file, stdin)
		if err != nil {
			l.fail(err)
			continue
		}
		l.add(name, data)
	}
	return l.finish()
}

func read(file string, stdin io.Reader) (name string, data []byte, err error) {
	if file == Stdin {
		data, err = io.ReadAll(stdin)
		if err != nil {
			err = fmt.Errorf("reading the standard input: %w", err)
		}
		return "stdin", data, err
	}
	data, err = os.ReadFile(file)
	return file, data, err
}

// loader gathers objects.
type loader struct {
	namespace string
	result    Result
	ignored   map[KindCount]int             // the keys with a count of zero
	given     map[snapshot.Key]struct{}     // every object
	below     map[snapshot.Key]snapshot.Key // owners by those below them
}

func newLoader(namespace string) *loader {
	l := &loader{
		namespace: namespace,
		ignored:   make(map[KindCount]int),
		given:     make(map[snapshot.Key]struct{}),
		below:     make(map[snapshot.Key]snapshot.Key),
	}
	l.result.Snapshot = snapshot.New()
	for _, source := range snapshot.Sources() {
		l.result.Snapshot.SetSource(source, snapshot.NotGiven)
	}
	return l
}

func (l *loader) fail(err error) { l.result.Errors = append(l.result.Errors, err) }

func (l *loader) finish() *Result {
	r := &l.result
	for kind, count := range l.ignored {
		kind.Count = count
		r.Ignored = append(r.Ignored, kind)
	}
	slices.SortFunc(r.Ignored, func(a, b KindCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.APIVersion, b.APIVersion))
	})
	workloads := make(map[snapshot.Key]struct{})
	for _, key := range r.Snapshot.Workloads() {
		workloads[key] = struct{}{}
	}
	for _, key := range slices.SortedFunc(maps.Keys(l.below), snapshot.Key.Compare) {
		above := l.below[key]
		_, assessed := workloads[above]
		if _, given := l.given[above]; !given && !assessed {
			r.Unowned = append(r.Unowned, key)
		}
	}
	return r
}
