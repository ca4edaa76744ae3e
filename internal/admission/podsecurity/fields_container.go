package podsecurity

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

func privilegedFields(r *refused) []Field {
	var fields []Field
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil && isTrue(sc.Privileged) {
			fields = append(fields, Field{Container: container, Path: path + ".privileged", Value: "true"})
		}
	})
	return fields
}

func privilegeEscalationFields(r *refused) []Field {
	var fields []Field
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc == nil {
			sc = &corev1.SecurityContext{}
		}
		if !isFalse(sc.AllowPrivilegeEscalation) {
			fields = append(fields, Field{
				Container: container, Path: path + ".allowPrivilegeEscalation", Value: written(sc.AllowPrivilegeEscalation),
			})
		}
	})
	return fields
}

func procMountFields(r *refused) []Field {
	var fields []Field
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil && sc.ProcMount != nil && r.refusesContainer(corev1.SecurityContext{ProcMount: sc.ProcMount}) {
			fields = append(fields, Field{Container: container, Path: path + ".procMount", Value: string(*sc.ProcMount)})
		}
	})
	return fields
}

// The capability that restricted wants dropped.
const capabilityAll = "ALL"

func addedCapabilityFields(r *refused) []Field { return r.capabilities(false) }

func capabilityFields(r *refused) []Field { return r.capabilities(true) }

// capabilities are those that are added and must not be and, where all have to be dropped, the lists that do not.
func (r *refused) capabilities(dropAll bool) []Field {
	var fields []Field
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		var set corev1.Capabilities
		if sc != nil && sc.Capabilities != nil {
			set = *sc.Capabilities
		}
		if dropAll && !slices.Contains(set.Drop, capabilityAll) {
			fields = append(fields, Field{Container: container, Path: path + ".capabilities.drop", Value: joined(set.Drop)})
		}
		for i := range set.Add {
			alone := corev1.Capabilities{Add: set.Add[i : i+1], Drop: []corev1.Capability{capabilityAll}}
			if r.refusesContainer(corev1.SecurityContext{Capabilities: &alone}) {
				fields = append(fields, Field{
					Container: container, Path: path + ".capabilities.add[" + strconv.Itoa(i) + "]", Value: string(set.Add[i]),
				})
			}
		}
	})
	return fields
}

func joined(list []corev1.Capability) string {
	names := make([]string, len(list))
	for i, name := range list {
		names[i] = string(name)
	}
	return strings.Join(names, ",")
}

func runAsUserFields(r *refused) []Field {
	var fields []Field
	if sc := r.spec.SecurityContext; sc != nil && isRoot(sc.RunAsUser) {
		fields = append(fields, Field{Path: podContext + ".runAsUser", Value: "0"})
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil && isRoot(sc.RunAsUser) {
			fields = append(fields, Field{Container: container, Path: path + ".runAsUser", Value: "0"})
		}
	})
	return fields
}

func isRoot(user *int64) bool { return user != nil && *user == 0 }

// A container that says nothing is at fault only where the pod says nothing either: else the pod is.
func runAsNonRootFields(r *refused) []Field {
	var pod *bool
	if r.spec.SecurityContext != nil {
		pod = r.spec.SecurityContext.RunAsNonRoot
	}
	var fields []Field
	if isFalse(pod) {
		fields = append(fields, Field{Path: podContext + ".runAsNonRoot", Value: "false"})
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		var own *bool
		if sc != nil {
			own = sc.RunAsNonRoot
		}
		if isFalse(own) || own == nil && pod == nil {
			fields = append(fields, Field{Container: container, Path: path + ".runAsNonRoot", Value: written(own)})
		}
	})
	return fields
}
