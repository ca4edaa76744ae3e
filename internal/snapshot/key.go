package snapshot

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Key names a workload or an owner of pods. The version of its API is not part of it: apps/v1 and a later apps/v2
// would name the same Deployment. Neither is the UID: a workload created again under its name keeps its key.
type Key struct {
	Group     string
	Kind      string
	Namespace string
	Name      string
}

// String is the key in the form that logs and tables use: Deployment.apps shop/cart.
func (k Key) String() string {
	return schema.GroupKind{Group: k.Group, Kind: k.Kind}.String() + " " + k.Namespace + "/" + k.Name
}

// Compare orders keys by namespace, kind, group and name.
func (k Key) Compare(other Key) int {
	return cmp.Or(
		cmp.Compare(k.Namespace, other.Namespace),
		cmp.Compare(k.Kind, other.Kind),
		cmp.Compare(k.Group, other.Group),
		cmp.Compare(k.Name, other.Name),
	)
}

// keyOf is the key of the object that a reference in the namespace points at.
func keyOf(namespace string, ref *metav1.OwnerReference) Key {
	group := ref.APIVersion
	if gv, err := schema.ParseGroupVersion(ref.APIVersion); err == nil {
		group = gv.Group
	}
	return Key{Group: group, Kind: ref.Kind, Namespace: namespace, Name: ref.Name}
}

// controllerOf is the reference to an object's controller; nil where there is none, and for a reference that names nothing
// an API server could hold. The API server does not look at what a reference says, so anybody may write one; a report
// about such an owner would be refused, and its pods would escape the audit.
func controllerOf(meta metav1.Object) *metav1.OwnerReference {
	ref := metav1.GetControllerOfNoCopy(meta)
	if ref == nil || len(ref.APIVersion) > maxAPIVersion || len(ref.Name) > validation.DNS1123SubdomainMaxLength || len(ref.UID) > maxUID {
		return nil
	}
	if _, err := schema.ParseGroupVersion(ref.APIVersion); err != nil {
		return nil
	}
	if !utf8.ValidString(ref.APIVersion + ref.Name + string(ref.UID)) {
		return nil // Protobuf may bring such a text; JSON would change it, and a metric cannot carry it.
	}
	if len(validation.IsDNS1035Label(strings.ToLower(ref.Kind))) > 0 || len(content.IsPathSegmentName(ref.Name)) > 0 {
		return nil
	}
	return ref.DeepCopy()
}

const (
	maxAPIVersion = validation.DNS1123SubdomainMaxLength + 1 + validation.DNS1035LabelMaxLength
	maxUID        = 64
)

// Affected are the workloads whose assessment may change, each once, in order.
type Affected []Key

// collector gathers keys without repeating them.
type collector map[Key]struct{}

func (c collector) add(keys ...Key) {
	for _, key := range keys {
		if key != (Key{}) {
			c[key] = struct{}{}
		}
	}
}

func (c collector) addAll(workloads map[Key]*workload) {
	for key := range workloads {
		c[key] = struct{}{}
	}
}

func (c collector) affected() Affected {
	if len(c) == 0 {
		return nil
	}
	keys := make(Affected, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, Key.Compare)
	return keys
}
