package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestHostPIDDependsOnThePowersBesideIt(t *testing.T) {
	const (
		alone  = "Low HostPID NodeRead spec.hostPID=true if: " + conditionTraceable
		boxed  = "Low HostPID NodeRead spec.hostPID=true if: " + conditionSandboxed
		tracer = "HostPID NodeRoot spec.containers[0].securityContext.capabilities.add[0]=SYS_PTRACE (app)"
	)
	unconfined := func(sc *corev1.SecurityContext) *corev1.SecurityContext {
		sc.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
		return sc
	}
	user := func(sc *corev1.SecurityContext, escalation *bool) *corev1.SecurityContext {
		sc.RunAsUser, sc.AllowPrivilegeEscalation = ptr.To[int64](1000), escalation
		return sc
	}
	assertJudged(t, hostPID(), map[string]judged{
		"a pod of its own namespace is clean": {spec: corev1.PodSpec{Containers: one(adding("SYS_PTRACE"))}},
		"a Windows pod has no such namespace": {spec: corev1.PodSpec{HostPID: true, OS: windows()}},
		"alone it reads, as far as the UID may": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(nil)}, want: []string{alone},
		},
		"tracing under the default AppArmor profile is conditional": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(adding("SYS_PTRACE"))},
			want: []string{"Medium " + tracer + " if: " + conditionAppArmor, alone},
		},
		"tracing without AppArmor is certain": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(unconfined(adding("SYS_PTRACE")))},
			want: []string{"High " + tracer, alone},
		},
		"an annotation switches AppArmor off as well": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(adding("SYS_PTRACE"))},
			facts: Facts{Annotations: map[string]string{
				corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "app": "unconfined",
			}},
			want: []string{"High " + tracer, alone},
		},
		"another user is conditional": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(user(unconfined(adding("SYS_PTRACE")), nil))},
			want: []string{"Medium " + tracer + " if: " + conditionNotRoot, alone},
		},
		"another user who cannot escalate gets nothing from a capability": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(user(unconfined(adding("SYS_PTRACE")), ptr.To(false)))},
			want: []string{alone},
		},
		"a capability that is dropped by name is gone": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(&corev1.SecurityContext{Capabilities: &corev1.Capabilities{
				Add: []corev1.Capability{"SYS_PTRACE"}, Drop: []corev1.Capability{"SYS_PTRACE"},
			}})},
			want: []string{alone},
		},
		"dropping ALL does not take what is added by name": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(&corev1.SecurityContext{Capabilities: &corev1.Capabilities{
				Add: []corev1.Capability{"SYS_PTRACE"}, Drop: []corev1.Capability{"ALL"},
			}})},
			want: []string{"Medium " + tracer + " if: " + conditionAppArmor, alone},
		},
		"adding ALL adds SYS_PTRACE": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(unconfined(adding("all")))},
			want: []string{"High HostPID NodeRoot spec.containers[0].securityContext.capabilities.add[0]=all (app)", alone},
		},
		"adding and dropping ALL adds nothing": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(&corev1.SecurityContext{Capabilities: &corev1.Capabilities{
				Add: []corev1.Capability{"ALL"}, Drop: []corev1.Capability{"ALL"},
			}})},
			want: []string{alone},
		},
		"the prefix that the runtime refuses is forgiven": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(unconfined(adding("CAP_SYS_ADMIN")))},
			want: []string{"High HostPID NodeRoot spec.containers[0].securityContext.capabilities.add[0]=CAP_SYS_ADMIN (app)", alone},
		},
		"a privileged container is certain with AppArmor, for none applies to it": {
			spec: corev1.PodSpec{HostPID: true, InitContainers: one(&corev1.SecurityContext{Privileged: ptr.To(true)})},
			want: []string{"High HostPID NodeRoot spec.initContainers[0].securityContext.privileged=true (app)", alone},
		},
		"an ephemeral container counts": {
			spec: corev1.PodSpec{HostPID: true, EphemeralContainers: []corev1.EphemeralContainer{{
				EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", SecurityContext: adding("SYS_ADMIN")},
			}}},
			want: []string{
				"Medium HostPID NodeRoot spec.ephemeralContainers[0].securityContext.capabilities.add[0]=SYS_ADMIN (debug) if: " +
					conditionAppArmor, alone,
			},
		},
		"a sandbox has processes of its own": {
			spec:  corev1.PodSpec{HostPID: true, RuntimeClassName: ptr.To("kata"), Containers: one(unconfined(adding("SYS_PTRACE")))},
			facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}},
			want:  []string{"Medium " + tracer + " if: " + conditionSandboxed, boxed},
		},
		"in a user namespace a capability reaches no process of the node": {
			spec: corev1.PodSpec{HostPID: true, HostUsers: ptr.To(false), Containers: one(unconfined(adding("SYS_PTRACE")))},
			want: []string{alone},
		},
	})
}
