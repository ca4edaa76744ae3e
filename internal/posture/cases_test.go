package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// judged is a case of a check: a pod, and the exact lines of what the check finds in it, worst first.
type judged struct {
	spec  corev1.PodSpec
	facts Facts
	want  []string
}

// assertJudged runs one check alone over each case.
func assertJudged(t *testing.T, check Check, cases map[string]judged) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range findingsOf(check, NewPod(&test.spec, test.facts)) {
				got = append(got, line(f))
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings differ (-want +got):\n%s", diff)
			}
		})
	}
}

// specCase is judged, with the pod spec in YAML.
type specCase struct {
	spec  string
	facts Facts
	want  []string
}

// runCases runs one check alone over each spec. The names of the cases are sentences.
func runCases(t *testing.T, check Check, cases map[string]specCase) {
	t.Helper()
	decoded := make(map[string]judged, len(cases))
	for name, test := range cases {
		c := judged{facts: test.facts, want: test.want}
		if err := yaml.UnmarshalStrict([]byte(test.spec), &c.spec); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		decoded[name] = c
	}
	assertJudged(t, check, decoded)
}

// one is a list of a single container, named app.
func one(sc *corev1.SecurityContext) []corev1.Container {
	return []corev1.Container{{Name: "app", SecurityContext: sc}}
}

// adding is a security context that adds capabilities.
func adding(capabilities ...corev1.Capability) *corev1.SecurityContext {
	return &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: capabilities}}
}

func windows() *corev1.PodOS { return &corev1.PodOS{Name: corev1.Windows} }
