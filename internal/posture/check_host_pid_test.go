package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestHostPIDReadsAsFarAsTheUIDMay(t *testing.T) {
	const found = "Low HostPID NodeRead spec.hostPID=true if: "
	assertJudged(t, hostPID(), map[string]judged{
		"a pod of its own namespace is clean": {spec: corev1.PodSpec{Containers: one(adding("SYS_PTRACE"))}},
		"a Windows pod has no such namespace": {spec: corev1.PodSpec{HostPID: true, OS: windows()}},
		"alone it is conditional": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(nil)}, want: []string{found + conditionTraceable},
		},
		"a power beside it is found by its own check": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(adding("SYS_PTRACE"))}, want: []string{found + conditionTraceable},
		},
		"a sandbox has processes of its own": {
			spec:  corev1.PodSpec{HostPID: true, RuntimeClassName: ptr.To("kata"), Containers: one(nil)},
			facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}},
			want:  []string{found + conditionSandboxed},
		},
	})
}
