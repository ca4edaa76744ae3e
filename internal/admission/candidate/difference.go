package candidate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Difference is where a live pod is not what would be created in its place.
type Difference struct {
	// Container is the name of the container; empty where the pod as a whole differs.
	Container string
	// Field is its name in JSON, such as image, resources.requests[cpu], volumes[data], metadata.labels[app]; empty where the
	// whole container is there on one side only.
	Field string
	Kind  DifferenceKind
	// Live and Created are the two values, in JSON where they are objects; empty on the side that has none, and on both
	// where the field is a list.
	Live, Created string
}

// DifferenceKind tells how a difference comes about.
type DifferenceKind string

// The kinds of difference.
const (
	// Changed in place, by an admission webhook, or in the template since.
	Changed DifferenceKind = "Changed"
	// Extra: injected by admission, or taken out of the template since.
	Extra DifferenceKind = "Extra"
	// Missing: added to the template since.
	Missing DifferenceKind = "Missing"
	// Debug container: left behind by kubectl debug; it does not come back.
	Debug DifferenceKind = "Debug"
)

// Differs compares a live pod with the one that Admit would make today: what the cluster adds to every pod is no
// difference. Init containers come first, then containers, what is the pod's own comes last.
func Differs(live, created *corev1.Pod) []Difference {
	now, then := FromPod(live), FromPod(created)
	setDefaults(now)
	syncAppArmor(now)
	if len(live.Spec.EphemeralContainers) == 0 && same(now, then) {
		return nil
	}
	var l differences
	l.containers(now.Spec.InitContainers, then.Spec.InitContainers)
	l.containers(now.Spec.Containers, then.Spec.Containers)
	for i := range live.Spec.EphemeralContainers {
		l.add(Difference{Container: live.Spec.EphemeralContainers[i].Name, Kind: Debug})
	}
	l.volumes(now.Spec.Volumes, then.Spec.Volumes)
	l.fields("", reflect.ValueOf(&now.Spec), reflect.ValueOf(&then.Spec))
	l.entries("metadata.labels", now.Labels, then.Labels)
	l.entries("metadata.annotations", now.Annotations, then.Annotations)
	return l
}

// same tells whether two pods say the same, as most do: what is written of them is the same, too. Writing may leave the text
// of a quantity in it, so it is for pods that nobody else reads.
func same(a, b *corev1.Pod) bool {
	if !maps.Equal(a.Labels, b.Labels) || !maps.Equal(a.Annotations, b.Annotations) {
		return false
	}
	one, err := a.Spec.Marshal()
	if err != nil {
		return false
	}
	other, err := b.Spec.Marshal()
	return err == nil && bytes.Equal(one, other)
}

// differences in the order in which they are found.
type differences []Difference

func (l *differences) add(d Difference) { *l = append(*l, d) }

func (l *differences) containers(live, created []corev1.Container) {
	for i := range live {
		at := slices.IndexFunc(created, func(c corev1.Container) bool { return c.Name == live[i].Name })
		if at < 0 {
			l.add(Difference{Container: live[i].Name, Kind: Extra})
			continue
		}
		name := live[i].Name
		l.quantities(name, "resources.requests", live[i].Resources.Requests, created[at].Resources.Requests)
		l.quantities(name, "resources.limits", live[i].Resources.Limits, created[at].Resources.Limits)
		l.fields(name, reflect.ValueOf(&live[i]), reflect.ValueOf(&created[at]))
	}
	for i := range created {
		if !hasContainer(live, created[i].Name) {
			l.add(Difference{Container: created[i].Name, Kind: Missing})
		}
	}
}

func (l *differences) quantities(container, field string, live, created corev1.ResourceList) {
	names := slices.Concat(slices.Collect(maps.Keys(live)), slices.Collect(maps.Keys(created)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		now, then := quantityOf(live, name), quantityOf(created, name)
		if now == nil || then == nil || !now.Equal(*then) {
			l.add(Difference{
				Container: container, Field: field + "[" + string(name) + "]", Kind: Changed,
				Live: quantityText(now), Created: quantityText(then),
			})
		}
	}
}

func quantityText(quantity *resource.Quantity) string {
	if quantity == nil {
		return ""
	}
	return quantity.String()
}

func (l *differences) volumes(live, created []corev1.Volume) {
	for i := range live {
		field := "volumes[" + live[i].Name + "]"
		switch at := slices.IndexFunc(created, func(v corev1.Volume) bool { return v.Name == live[i].Name }); {
		case at < 0:
			l.add(Difference{Field: field, Kind: Extra})
		case !equality.Semantic.DeepEqual(live[i], created[at]):
			l.add(Difference{Field: field, Kind: Changed})
		}
	}
	for i := range created {
		if !hasVolume(live, created[i].Name) {
			l.add(Difference{Field: "volumes[" + created[i].Name + "]", Kind: Missing})
		}
	}
}

// comparedByPart are the fields that are compared by what they hold.
var comparedByPart = [...]string{"initContainers", "containers", "volumes"}

// fields compares two structs of the API, given by pointers. What containers have in resources is compared by quantity.
func (l *differences) fields(container string, live, created reflect.Value) {
	live, created = live.Elem(), created.Elem()
	for i := range live.NumField() {
		name, _, _ := strings.Cut(live.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(comparedByPart[:], name) || container != "" && name == "resources" {
			continue
		}
		if now, then := live.Field(i), created.Field(i); !equality.Semantic.DeepEqual(now.Interface(), then.Interface()) {
			l.add(Difference{Container: container, Field: name, Kind: Changed, Live: text(now), Created: text(then)})
		}
	}
}

func (l *differences) entries(field string, live, created map[string]string) {
	names := slices.Concat(slices.Collect(maps.Keys(live)), slices.Collect(maps.Keys(created)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		now, here := live[name]
		then, there := created[name]
		field := field + "[" + name + "]"
		switch {
		case !there:
			l.add(Difference{Field: field, Kind: Extra})
		case !here:
			l.add(Difference{Field: field, Kind: Missing})
		case now != then:
			l.add(Difference{Field: field, Kind: Changed, Live: now, Created: then})
		}
	}
}

// text is a value as it would stand in a manifest, in JSON for an object; empty for nil, and for lists. The types of the API
// can always be written.
func text(value reflect.Value) string {
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return ""
		}
		value = value.Elem()
	}
	switch value.Kind() {
	case reflect.Slice, reflect.Map:
		return ""
	case reflect.Struct:
		data, err := json.Marshal(value.Interface())
		if err != nil {
			return err.Error()
		}
		return string(data)
	default:
		return fmt.Sprint(value.Interface())
	}
}
