package podsecurity

import (
	"reflect"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// The source of a volume may hold addresses and options in free text, so the value is the name of the volume.
func volumeFields(r *refused) []Field {
	var fields []Field
	for i := range r.spec.Volumes {
		if r.refuses(corev1.PodSpec{Volumes: r.spec.Volumes[i : i+1]}) {
			fields = append(fields, Field{
				Path: "spec.volumes[" + strconv.Itoa(i) + "]" + sourceField(&r.spec.Volumes[i].VolumeSource), Value: r.spec.Volumes[i].Name,
			})
		}
	}
	return fields
}

// sourceField is the field of the source that is set, by its name in JSON with a dot before it. Empty where none is: the
// API server has made an emptyDir of such a volume before any policy sees it.
func sourceField(source *corev1.VolumeSource) string {
	value := reflect.ValueOf(source).Elem()
	for i := range value.NumField() {
		if !value.Field(i).IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			return "." + name
		}
	}
	return ""
}
