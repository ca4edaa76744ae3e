package podsecurity

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/policy"
)

// A deriver names the fields for which a check refuses a pod: pod before containers, init containers before containers,
// lists in their order.
type deriver func(*refused) []Field

// derivers are by upstream's ID. A test fails while a check of upstream has none.
func derivers() map[policy.CheckID]deriver {
	return map[policy.CheckID]deriver{
		// baseline
		"appArmorProfile":            appArmorFields,
		"capabilities_baseline":      addedCapabilityFields,
		"hostNamespaces":             hostNamespaceFields,
		"hostPathVolumes":            hostPathFields,
		"hostPorts":                  hostPortFields,
		"hostProbesAndHostLifecycle": hostProbeFields,
		"privileged":                 privilegedFields,
		"procMount":                  procMountFields,
		"seLinuxOptions":             seLinuxFields,
		"seccompProfile_baseline":    seccompFields,
		"sysctls":                    sysctlFields,
		"windowsHostProcess":         hostProcessFields,
		// restricted
		"allowPrivilegeEscalation":  privilegeEscalationFields,
		"capabilities_restricted":   capabilityFields,
		"procMount_restricted":      procMountFields,
		"restrictedVolumes":         volumeFields,
		"runAsNonRoot":              runAsNonRootFields,
		"runAsUser":                 runAsUserFields,
		"seccompProfile_restricted": requiredSeccompFields,
	}
}

// refused is a pod with the check that refuses it.
type refused struct {
	run  policy.CheckPodFn
	pod  *metav1.ObjectMeta
	spec *corev1.PodSpec
}

// refuses asks the check about a spec that holds nothing but what is suspected. What a version of the policy allows is
// thus written down once, by upstream.
func (r *refused) refuses(spec corev1.PodSpec) bool {
	return !r.run(&metav1.ObjectMeta{}, &spec).Allowed
}

// refusesContainer is refuses for a container that holds nothing but what is suspected.
func (r *refused) refusesContainer(sc corev1.SecurityContext) bool {
	return r.refuses(corev1.PodSpec{Containers: []corev1.Container{{SecurityContext: &sc}}})
}

// eachContainer visits init containers, then containers, each with its path in the pod.
func (r *refused) eachContainer(visit func(path string, c *corev1.Container)) {
	for i := range r.spec.InitContainers {
		visit("spec.initContainers["+strconv.Itoa(i)+"]", &r.spec.InitContainers[i])
	}
	for i := range r.spec.Containers {
		visit("spec.containers["+strconv.Itoa(i)+"]", &r.spec.Containers[i])
	}
}

// eachSecurityContext visits the security contexts of containers, nil where there is none.
func (r *refused) eachSecurityContext(visit func(path, container string, sc *corev1.SecurityContext)) {
	r.eachContainer(func(path string, c *corev1.Container) {
		visit(path+".securityContext", c.Name, c.SecurityContext)
	})
}

const podContext = "spec.securityContext"

func isTrue(b *bool) bool { return b != nil && *b }

func isFalse(b *bool) bool { return b != nil && !*b }

// written is how a boolean stands in a pod; empty where it does not.
func written(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}
