package loader

import (
	"cmp"
	"io"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/strict"
)

// Object is an object of a manifest.
type Object struct {
	metav1.Object

	Kind metav1.TypeMeta
	// At is its file and document.
	At string
	Origin
}

// Origin is where an object stands.
type Origin struct {
	// File is its name, and Text its content.
	File string
	Text []byte
	// Document is the one that holds the object, and Path leads to it there: names of fields and positions in lists. It is
	// empty where the document is the object.
	Document strict.Document
	Path     []any
}

// Objects are those of manifests, of which no model has any.
type Objects struct {
	// Objects of the kinds that are read, in the order of the files.
	Objects []Object
	// Aside are those of all other kinds, and Others counts them by kind.
	Aside  *Aside
	Others []KindCount
	// Duplicates are the objects that were given more than once; the last one counts.
	Duplicates []Duplicate
	// Errors name file, document and field. What they speak of is left out.
	Errors []error
}

// Read reads manifests as Files does, and leaves it to the caller what to do with them.
func Read(paths []string, stdin io.Reader, namespace string) *Objects {
	l, out := newReader(namespace), &Objects{}
	l.take = func(at string, kind metav1.TypeMeta, object metav1.Object) {
		l.record(at, kind, object)
		out.Objects = append(out.Objects, Object{Object: object, Kind: kind, At: at, Origin: l.place})
	}
	l.addFiles(paths, stdin)
	out.Aside, out.Others = l.result.Aside, Kinds(l.ignored)
	out.Duplicates, out.Errors = l.result.Duplicates, l.result.Errors
	return out
}

// Kinds lists kinds by name with how many objects there are of each. The keys have a count of zero.
func Kinds(counts map[KindCount]int) []KindCount {
	var out []KindCount
	for kind, count := range counts {
		kind.Count = count
		out = append(out, kind)
	}
	slices.SortFunc(out, func(a, b KindCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.APIVersion, b.APIVersion))
	})
	return out
}
