package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestAppArmorUnconfinedFollowsTheKubelet(t *testing.T) {
	const key = corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "app"
	profile := func(kind corev1.AppArmorProfileType) *corev1.AppArmorProfile {
		return &corev1.AppArmorProfile{Type: kind}
	}
	off, runtimeDefault := profile(corev1.AppArmorProfileTypeUnconfined), profile(corev1.AppArmorProfileTypeRuntimeDefault)
	annotated := func(value string) Facts { return Facts{Annotations: map[string]string{key: value, "team": "a"}} }
	byAnnotation := []string{"Minimal AppArmorUnconfined EscapeAid metadata.annotations[" + key + "]=unconfined (app)"}
	assertJudged(t, appArmorUnconfined(), map[string]judged{
		"unset is the runtime's profile": {
			spec: corev1.PodSpec{Containers: one(nil)}, facts: Facts{Annotations: map[string]string{"team": "a"}},
		},
		"the pod's field": {
			spec: corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{AppArmorProfile: off}, Containers: one(nil)},
			want: []string{"Minimal AppArmorUnconfined EscapeAid spec.securityContext.appArmorProfile.type=Unconfined"},
		},
		"the container's field": {
			spec: corev1.PodSpec{Containers: one(&corev1.SecurityContext{AppArmorProfile: off})},
			want: []string{"Minimal AppArmorUnconfined EscapeAid spec.containers[0].securityContext.appArmorProfile.type=Unconfined (app)"},
		},
		"the annotation": {
			spec: corev1.PodSpec{Containers: one(nil)}, facts: annotated("unconfined"), want: byAnnotation,
		},
		"an annotation of the runtime":       {spec: corev1.PodSpec{Containers: one(nil)}, facts: annotated("runtime/default")},
		"an annotation that names a profile": {spec: corev1.PodSpec{Containers: one(nil)}, facts: annotated("localhost/app")},
		"the annotation beats the pod's field": {
			spec: corev1.PodSpec{
				SecurityContext: &corev1.PodSecurityContext{AppArmorProfile: runtimeDefault}, Containers: one(&corev1.SecurityContext{}),
			},
			facts: annotated("unconfined"), want: byAnnotation,
		},
		"the container's field beats the annotation": {
			spec:  corev1.PodSpec{Containers: one(&corev1.SecurityContext{AppArmorProfile: runtimeDefault})},
			facts: annotated("unconfined"),
		},
		"Windows has no AppArmor": {spec: corev1.PodSpec{OS: windows(), Containers: one(nil)}, facts: annotated("unconfined")},
	})
}

// The annotation is not in the spec, so the fix has to beat it there.
func TestAppArmorUnconfinedFixBeatsTheAnnotation(t *testing.T) {
	facts := Facts{Annotations: map[string]string{corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "app": "unconfined"}}
	spec := &corev1.PodSpec{Containers: one(nil), SecurityContext: &corev1.PodSecurityContext{
		AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost},
	}}
	appArmorUnconfined().Fix(spec)
	if got := findingsOf(appArmorUnconfined(), NewPod(spec, facts)); len(got) != 0 {
		t.Errorf("still found: %s", render(got))
	}
	if got := spec.Containers[0].SecurityContext.AppArmorProfile.Type; got != corev1.AppArmorProfileTypeLocalhost {
		t.Errorf("the container got %s instead of the pod's own profile", got)
	}
}
