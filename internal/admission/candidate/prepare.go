package candidate

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

const (
	// maxGeneratedBase is the longest beginning of a generated name: 63 without the suffix.
	maxGeneratedBase = 63 - len(UnknownSuffix)
	// maxProfilePath is the longest path of an AppArmor profile that is taken over from an annotation.
	maxProfilePath = 4095
)

// prepare does what the API server does once all plugins have changed the pod and before any has judged it: the name, the
// status of a new pod, selectors by label keys, AppArmor annotations, pod-level resources.
func prepare(pod *corev1.Pod, minor int) {
	if pod.Name == "" && pod.GenerateName != "" {
		pod.Name = generatedBase(pod.GenerateName) + UnknownSuffix
	}
	pod.Generation = 1
	eachLabelKeys(pod, merge)
	syncAppArmor(pod)
	if minor == 0 || minor >= podLevelDefaultsLate {
		defaultPodLevel(pod, true)
	}
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: qosClass(pod)}
	if len(pod.Spec.SchedulingGates) > 0 {
		pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonSchedulingGated,
			Message: "Scheduling is blocked due to non-empty scheduling gates",
		}}
	}
}

// generatedBase is what of generateName stands in the name.
func generatedBase(generateName string) string {
	return generateName[:min(len(generateName), maxGeneratedBase)]
}

// syncAppArmor turns an annotation into a field where the container has none and the pod says something else (KEP-24).
func syncAppArmor(pod *corev1.Pod) {
	if pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows {
		return
	}
	var ofPod *corev1.AppArmorProfile
	if pod.Spec.SecurityContext != nil {
		ofPod = pod.Spec.SecurityContext.AppArmorProfile
	}
	eachContainer(&pod.Spec, func(c *corev1.Container) {
		value, annotated := pod.Annotations[corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix+c.Name]
		if !annotated || c.SecurityContext != nil && c.SecurityContext.AppArmorProfile != nil {
			return
		}
		if profile := appArmorProfile(value); profile != nil && !equality.Semantic.DeepEqual(profile, ofPod) {
			defaultPointer(&c.SecurityContext, corev1.SecurityContext{})
			c.SecurityContext.AppArmorProfile = profile
		}
	})
}

// appArmorProfile is nil for an annotation that says nothing valid.
func appArmorProfile(annotation string) *corev1.AppArmorProfile {
	switch annotation {
	case corev1.DeprecatedAppArmorBetaProfileNameUnconfined:
		return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
	case corev1.DeprecatedAppArmorBetaProfileRuntimeDefault:
		return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}
	}
	path, local := strings.CutPrefix(annotation, corev1.DeprecatedAppArmorBetaProfileNamePrefix)
	if !local || path == "" || strings.TrimSpace(path) != path || len(path) > maxProfilePath {
		return nil
	}
	return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost, LocalhostProfile: &path}
}
