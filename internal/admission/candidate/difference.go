package candidate

import (
	"encoding/json"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Difference is where a live pod is not what its template would make today.
type Difference struct {
	// Container is the name of the container; empty where the pod as a whole differs.
	Container string
	// Field is image, resources.requests[cpu], resources.limits[cpu], securityContext, or empty where the whole container is
	// there on one side only.
	Field string
	Kind  DifferenceKind
	// Live and Template are the two values, in JSON where they are objects; empty on the side that has none.
	Live, Template string
}

// DifferenceKind tells how a difference comes about.
type DifferenceKind string

// The kinds of difference.
const (
	// Changed in place, by an admission webhook, or in the template since.
	Changed DifferenceKind = "Changed"
	// Extra container: injected by admission, or taken out of the template since.
	Extra DifferenceKind = "Extra"
	// Missing container: added to the template since.
	Missing DifferenceKind = "Missing"
	// Debug container: left behind by kubectl debug; it does not come back.
	Debug DifferenceKind = "Debug"
)

// Differs compares what matters to an audit: which containers there are, their images, resources and security contexts.
// What the API server adds to every pod is no difference. Init containers come first, the pod last.
func Differs(live *corev1.Pod, template *corev1.PodTemplateSpec) []Difference {
	now := FromPod(live)
	then := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: template.Annotations}, Spec: *template.Spec.DeepCopy()}
	for _, pod := range [...]*corev1.Pod{now, then} {
		setDefaults(pod)
		syncAppArmor(pod)
	}
	list := slices.Concat(
		compareContainers(now.Spec.InitContainers, then.Spec.InitContainers),
		compareContainers(now.Spec.Containers, then.Spec.Containers),
	)
	for i := range live.Spec.EphemeralContainers {
		list = append(list, Difference{Container: live.Spec.EphemeralContainers[i].Name, Kind: Debug})
	}
	if !equality.Semantic.DeepEqual(now.Spec.SecurityContext, then.Spec.SecurityContext) {
		list = append(list, Difference{
			Field: "securityContext", Kind: Changed,
			Live: text(now.Spec.SecurityContext), Template: text(then.Spec.SecurityContext),
		})
	}
	return list
}

func compareContainers(live, template []corev1.Container) []Difference {
	var list []Difference
	for i := range live {
		at := slices.IndexFunc(template, func(c corev1.Container) bool { return c.Name == live[i].Name })
		if at < 0 {
			list = append(list, Difference{Container: live[i].Name, Kind: Extra})
			continue
		}
		list = append(list, compareContainer(&live[i], &template[at])...)
	}
	for i := range template {
		if !hasContainer(live, template[i].Name) {
			list = append(list, Difference{Container: template[i].Name, Kind: Missing})
		}
	}
	return list
}

func compareContainer(live, template *corev1.Container) []Difference {
	var list []Difference
	differs := func(field, now, then string) {
		list = append(list, Difference{Container: live.Name, Field: field, Kind: Changed, Live: now, Template: then})
	}
	if live.Image != template.Image {
		differs("image", live.Image, template.Image)
	}
	for _, of := range [...]struct {
		field     string
		now, then corev1.ResourceList
	}{
		{"requests", live.Resources.Requests, template.Resources.Requests},
		{"limits", live.Resources.Limits, template.Resources.Limits},
	} {
		names := slices.Concat(slices.Collect(maps.Keys(of.now)), slices.Collect(maps.Keys(of.then)))
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			now, then := quantityOf(of.now, name), quantityOf(of.then, name)
			if now == nil || then == nil || !now.Equal(*then) {
				differs("resources."+of.field+"["+string(name)+"]", quantityText(now), quantityText(then))
			}
		}
	}
	if !equality.Semantic.DeepEqual(live.SecurityContext, template.SecurityContext) {
		differs("securityContext", text(live.SecurityContext), text(template.SecurityContext))
	}
	return list
}

func quantityText(quantity *resource.Quantity) string {
	if quantity == nil {
		return ""
	}
	return quantity.String()
}

// text is a value in JSON; empty for nil. The types of the API can always be written.
func text[T any](value *T) string {
	if value == nil {
		return ""
	}
	data, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
