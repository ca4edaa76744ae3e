package podsecurity

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func appArmorFields(r *refused) []Field {
	var fields []Field
	add := func(path, container string, profile *corev1.AppArmorProfile) {
		if profile == nil {
			return
		}
		if r.refuses(corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{AppArmorProfile: profile}}) {
			fields = append(fields, Field{Container: container, Path: path + ".appArmorProfile.type", Value: string(profile.Type)})
		}
	}
	if sc := r.spec.SecurityContext; sc != nil {
		add(podContext, "", sc.AppArmorProfile)
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil {
			add(path, container, sc.AppArmorProfile)
		}
	})
	return append(fields, r.annotations()...)
}

func seLinuxFields(r *refused) []Field {
	var fields []Field
	add := func(path, container string, options *corev1.SELinuxOptions) {
		if options == nil {
			return
		}
		for _, part := range [...]struct {
			name, value string
			alone       corev1.SELinuxOptions
		}{
			{"type", options.Type, corev1.SELinuxOptions{Type: options.Type}},
			{"user", options.User, corev1.SELinuxOptions{User: options.User}},
			{"role", options.Role, corev1.SELinuxOptions{Role: options.Role}},
		} {
			if r.refuses(corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{SELinuxOptions: &part.alone}}) {
				fields = append(fields, Field{Container: container, Path: path + ".seLinuxOptions." + part.name, Value: part.value})
			}
		}
	}
	if sc := r.spec.SecurityContext; sc != nil {
		add(podContext, "", sc.SELinuxOptions)
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil {
			add(path, container, sc.SELinuxOptions)
		}
	})
	return fields
}

// Before 1.19 the policy reads annotations, since then fields.
func seccompFields(r *refused) []Field {
	var fields []Field
	if sc := r.spec.SecurityContext; sc != nil && r.refusesSeccomp(sc.SeccompProfile) {
		fields = append(fields, Field{Path: podContext + ".seccompProfile.type", Value: string(sc.SeccompProfile.Type)})
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil && r.refusesSeccomp(sc.SeccompProfile) {
			fields = append(fields, Field{
				Container: container, Path: path + ".seccompProfile.type", Value: string(sc.SeccompProfile.Type),
			})
		}
	})
	return append(fields, r.annotations()...)
}

func (r *refused) refusesSeccomp(profile *corev1.SeccompProfile) bool {
	return profile != nil && r.refuses(corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{SeccompProfile: profile}})
}

// annotations are those that the check refuses, sorted by key. Some count only where there is a container of the name.
func (r *refused) annotations() []Field {
	var fields []Field
	names := corev1.PodSpec{InitContainers: named(r.spec.InitContainers), Containers: named(r.spec.Containers)}
	for key, value := range r.pod.Annotations {
		if !r.run(&metav1.ObjectMeta{Annotations: map[string]string{key: value}}, &names).Allowed {
			fields = append(fields, Field{Path: "metadata.annotations[" + key + "]", Value: value})
		}
	}
	slices.SortFunc(fields, func(a, b Field) int { return strings.Compare(a.Path, b.Path) })
	return fields
}

func named(containers []corev1.Container) []corev1.Container {
	out := make([]corev1.Container, len(containers))
	for i := range containers {
		out[i].Name = containers[i].Name
	}
	return out
}

// A container that says nothing is at fault only where the pod says nothing either: else the pod is.
func requiredSeccompFields(r *refused) []Field {
	var pod *corev1.SeccompProfile
	if r.spec.SecurityContext != nil {
		pod = r.spec.SecurityContext.SeccompProfile
	}
	var fields []Field
	if r.refusesSeccomp(pod) {
		fields = append(fields, Field{Path: podContext + ".seccompProfile.type", Value: string(pod.Type)})
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		var own *corev1.SeccompProfile
		if sc != nil {
			own = sc.SeccompProfile
		}
		switch {
		case own == nil && pod == nil:
			fields = append(fields, Field{Container: container, Path: path + ".seccompProfile.type"})
		case r.refusesSeccomp(own):
			fields = append(fields, Field{Container: container, Path: path + ".seccompProfile.type", Value: string(own.Type)})
		}
	})
	return fields
}
