package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// specCase is a pod spec in YAML, the facts around it, and every finding of one check.
type specCase struct {
	spec  string
	facts Facts
	want  []string
}

// runCases runs one check alone over each spec. The names of the cases are sentences.
func runCases(t *testing.T, check Check, cases map[string]specCase) {
	t.Helper()
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			var spec corev1.PodSpec
			if err := yaml.UnmarshalStrict([]byte(test.spec), &spec); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range findingsOf(check, NewPod(&spec, test.facts)) {
				got = append(got, line(f))
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
