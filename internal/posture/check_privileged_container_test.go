package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/finding"
)

func TestPrivilegedContainerDependsOnUserAndSandbox(t *testing.T) {
	for name, test := range map[string]struct {
		change    func(*corev1.PodSpec)
		facts     Facts
		severity  finding.Severity
		condition string
	}{
		"root is certain": {severity: finding.SeverityHigh},
		"another user is conditional": {
			change: func(s *corev1.PodSpec) {
				s.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1000)}
			},
			severity: finding.SeverityMedium, condition: conditionNotRoot,
		},
		"the observed user beats the declared one": {
			change: func(s *corev1.PodSpec) {
				s.SecurityContext = &corev1.PodSecurityContext{RunAsUser: ptr.To[int64](1000)}
			},
			facts:    Facts{Users: map[string]int64{"app": 0}},
			severity: finding.SeverityHigh,
		},
		"a sandbox is conditional": {
			change:   func(s *corev1.PodSpec) { s.RuntimeClassName = ptr.To("gvisor") },
			facts:    Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"gvisor"}}},
			severity: finding.SeverityMedium, condition: conditionSandboxed,
		},
		"a user namespace leaves an aid": {
			change:   func(s *corev1.PodSpec) { s.HostUsers = ptr.To(false) },
			severity: finding.SeverityMinimal,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{Containers: []corev1.Container{{
				Name: "app", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)},
			}}}
			if test.change != nil {
				test.change(spec)
			}
			got := findingsOf(privilegedContainer(), NewPod(spec, test.facts))
			if len(got) != 1 || got[0].Severity() != test.severity || got[0].Condition != test.condition {
				t.Fatalf("got %+v", got)
			}
		})
	}
}

// findingsOf runs one check alone.
func findingsOf(check Check, p *Pod) []finding.Finding {
	return (&Engine{checks: []Check{check}}).Assess(p)
}
