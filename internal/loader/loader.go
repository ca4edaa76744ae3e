package loader

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/model"
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
	// Aside are the objects that are not read unless a policy takes its parameters from them, or a container its environment.
	Aside *Aside
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
// one. The grants get the ClusterRoles that every cluster has too. What files do not hold is NotGiven in the snapshot. The
// result depends on the files alone, not on their order.
func Files(paths []string, stdin io.Reader, namespace string, m *model.Model) *Result {
	l := newLoader(namespace, m)
	l.addFiles(paths, stdin)
	return l.finish()
}

func (l *loader) addFiles(paths []string, stdin io.Reader) {
	files, errs := expand(paths)
	l.result.Errors = append(l.result.Errors, errs...)
	for _, file := range files {
		name, data, err := ReadFile(file, stdin)
		if err != nil {
			l.fail(err)
			continue
		}
		l.add(name, data)
	}
}

// ReadFile reads a file, or the standard input for "-", and returns how messages name it.
func ReadFile(file string, stdin io.Reader) (name string, data []byte, err error) {
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
	namespace    string
	model        *model.Model // nil where objects are only read
	result       Result
	ignored      map[KindCount]int             // the keys with a count of zero
	given        map[snapshot.Key]struct{}     // every object
	below        map[snapshot.Key]snapshot.Key // owners by those below them
	clusterRoles map[string]*rbacv1.ClusterRole
	place        Origin                                                      // of the object that is being read
	take         func(at string, kind metav1.TypeMeta, object metav1.Object) // what is done with an object that was read
}

func newReader(namespace string) *loader {
	return &loader{
		namespace:    namespace,
		result:       Result{Aside: &Aside{namespace: namespace}},
		ignored:      make(map[KindCount]int),
		given:        make(map[snapshot.Key]struct{}),
		below:        make(map[snapshot.Key]snapshot.Key),
		clusterRoles: make(map[string]*rbacv1.ClusterRole),
	}
}

func newLoader(namespace string, m *model.Model) *loader {
	l := newReader(namespace)
	l.model, l.take = m, l.insert
	l.result.Snapshot = m.Snapshot
	for _, source := range snapshot.Sources() {
		l.result.Snapshot.SetSource(source, snapshot.NotGiven)
	}
	if m.Drain != nil {
		m.Drain.SetBudgets(snapshot.NotGiven)
	}
	// Every cluster has it, without a label unless the files say otherwise: it is where privileged pods are let in.
	l.result.Snapshot.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{Name: metav1.NamespaceSystem}})
	return l
}

func (l *loader) fail(err error) { l.result.Errors = append(l.result.Errors, err) }

func (l *loader) finish() *Result {
	r := &l.result
	if err := addClusterRoles(l.model.Grants, l.clusterRoles); err != nil {
		l.fail(err)
	}
	params, errs := l.result.Aside.AddParams(l.model.Policies)
	r.Errors = append(r.Errors, errs...)
	for _, kind := range params {
		delete(l.ignored, kind)
	}
	l.readConfigMaps()
	r.Ignored = Kinds(l.ignored)
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
