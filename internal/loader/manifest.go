package loader

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/strict"
)

// maxNesting bounds lists within lists.
const maxNesting = 4

// add reads every document of a file.
func (l *loader) add(name string, data []byte) {
	documents := strict.Documents(data)
	for i := range documents {
		l.result.Documents++
		at := fmt.Sprintf("%s: document %d", name, documents[i].Number)
		encoded, err := documents[i].JSON()
		if err != nil {
			l.fail(fmt.Errorf("%s: %w", at, err))
			continue
		}
		l.place = Origin{File: name, Text: data, Document: documents[i]}
		l.item(at, "", encoded, metav1.TypeMeta{}, 0)
	}
}

// header is what every manifest begins with.
type header struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Items      []json.RawMessage `json:"items"`
}

// item reads an object, or a list of objects. within is its path in the document; implied is the kind of objects that a
// list holds, which a list of one kind does not repeat.
func (l *loader) item(at, within string, encoded []byte, implied metav1.TypeMeta, depth int) {
	var h header
	if err := json.Unmarshal(encoded, &h); err != nil {
		l.fail(fmt.Errorf("%s: %snot a Kubernetes object", at, place(within, fieldOf(err))))
		return
	}
	if h.Kind == "" {
		h.Kind = implied.Kind
	}
	if h.APIVersion == "" {
		h.APIVersion = implied.APIVersion
	}
	for _, required := range [...]struct{ field, value string }{{"kind", h.Kind}, {"apiVersion", h.APIVersion}} {
		if required.value == "" {
			l.fail(fmt.Errorf("%s: %srequired, but not given", at, place(within, required.field)))
			return
		}
	}
	itemKind, isList := strings.CutSuffix(h.Kind, "List")
	if !isList || h.Items == nil {
		l.object(at, within, encoded, metav1.TypeMeta{APIVersion: h.APIVersion, Kind: h.Kind})
		return
	}
	if depth == maxNesting {
		l.fail(fmt.Errorf("%s: %slists are nested too deep", at, place(within, "items")))
		return
	}
	implied = metav1.TypeMeta{}
	if itemKind != "" {
		implied = metav1.TypeMeta{APIVersion: h.APIVersion, Kind: itemKind}
	}
	outer := l.place.Path
	for i := range h.Items {
		l.place.Path = append(slices.Clone(outer), "items", i)
		l.item(at, fmt.Sprintf("%s[%d]", join(within, "items"), i), h.Items[i], implied, depth+1)
	}
}

// fieldOf is the field that an error is about, where it is about one.
func fieldOf(err error) string {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return mismatch.Field
	}
	return ""
}

// object reads an object of a kind that the audit knows, and counts any other.
func (l *loader) object(at, within string, encoded []byte, kind metav1.TypeMeta) {
	object, namespaced := l.newObject(kind)
	if object == nil {
		l.ignored[KindCount{APIVersion: kind.APIVersion, Kind: kind.Kind}]++
		l.result.Aside.add(encoded, kind)
		return
	}
	if errs := strict.Unmarshal(encoded, object); len(errs) > 0 {
		for _, e := range errs {
			l.fail(fmt.Errorf("%s: %s%s", at, place(within, e.Field), e.Problem))
		}
		return
	}
	if object.GetName() == "" {
		// The API server would put random letters behind it.
		object.SetName(strings.TrimRight(object.GetGenerateName(), "-."))
	}
	if object.GetName() == "" {
		l.fail(fmt.Errorf("%s: %srequired, but not given", at, place(within, "metadata.name")))
		return
	}
	switch {
	case !namespaced:
		object.SetNamespace("")
	case object.GetNamespace() == "":
		object.SetNamespace(l.namespace)
	}
	l.take(at, kind, object)
}

// newObject is one of a kind that is read for what the model is for; nil of any other.
func (l *loader) newObject(kind metav1.TypeMeta) (object metav1.Object, namespaced bool) {
	object, namespaced = newObject(kind)
	if object == nil && l.model != nil && l.model.Drain != nil {
		object, namespaced = newBudget(kind)
	}
	if object == nil && l.model != nil {
		object, namespaced = newExtension(kind)
	}
	return object, namespaced
}

// insert puts an object into the model.
func (l *loader) insert(at string, kind metav1.TypeMeta, object metav1.Object) {
	l.record(at, kind, object)
	if role, ok := object.(*rbacv1.ClusterRole); ok {
		l.clusterRoles[role.Name] = role // Its rules may be those of others, which are not all read yet.
		return
	}
	Add(l.model, object)
}

// record remembers who was given, and who stands below whom.
func (l *loader) record(at string, kind metav1.TypeMeta, object metav1.Object) {
	key := keyOf(kind.APIVersion, kind.Kind, object.GetNamespace(), object.GetName())
	if _, twice := l.given[key]; twice {
		l.result.Duplicates = append(l.result.Duplicates, Duplicate{Key: key, At: at})
	}
	l.given[key] = struct{}{}
	delete(l.below, key)
	if ref := metav1.GetControllerOfNoCopy(object); ref != nil && key.Kind != "Pod" {
		l.below[key] = keyOf(ref.APIVersion, ref.Kind, key.Namespace, ref.Name)
	}
}

func keyOf(apiVersion, kind, namespace, name string) snapshot.Key {
	group := apiVersion
	if gv, err := schema.ParseGroupVersion(apiVersion); err == nil {
		group = gv.Group
	}
	return snapshot.Key{Group: group, Kind: kind, Namespace: namespace, Name: name}
}

// join puts a field behind the path that it stands under; either may be empty.
func join(within, field string) string {
	if within == "" || field == "" {
		return within + field
	}
	return within + "." + field
}

// place is the joined path as the beginning of a message; empty where there is no path.
func place(within, field string) string {
	if path := join(within, field); path != "" {
		return path + ": "
	}
	return ""
}
