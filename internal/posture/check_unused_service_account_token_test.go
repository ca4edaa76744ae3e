package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestUnusedTokenNeedsATokenAndNoRights(t *testing.T) {
	for name, test := range map[string]struct {
		rights    Rights
		automount *bool
		found     int
	}{
		"a token and no rights":                 {RightsNone, nil, 1},
		"a token and some rights":               {RightsSome, nil, 0},
		"a token and rights that are not known": {RightsUnknown, nil, 0},
		"no token and no rights":                {RightsNone, ptr.To(false), 0},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &corev1.PodSpec{AutomountServiceAccountToken: test.automount, Containers: []corev1.Container{{Name: "app"}}}
			if got := findingsOf(unusedServiceAccountToken(), NewPod(spec, Facts{Rights: test.rights})); len(got) != test.found {
				t.Fatalf("got %+v", got)
			}
		})
	}
}
