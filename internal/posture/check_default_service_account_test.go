package posture

import (
	"testing"

	"k8s.io/utils/ptr"
)

func TestDefaultServiceAccountWithAToken(t *testing.T) {
	runCases(t, defaultServiceAccount(), map[string]specCase{
		"no name and the name default are the same": {
			spec: `{serviceAccountName: default, containers: []}`,
			want: []string{
				"Minimal DefaultServiceAccount Hygiene spec.serviceAccountName=default",
			},
		},
		"a name of its own passes": {
			spec: `{serviceAccountName: app, containers: []}`,
		},
		"the deprecated field counts": {
			spec: `{serviceAccount: app, containers: []}`,
		},
		"without a token nothing is lost": {
			spec:  `{containers: []}`,
			facts: Facts{Automount: ptr.To(false)},
		},
		"a projection is a token": {
			spec: `{automountServiceAccountToken: false, containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}`,
			want: []string{
				"Minimal DefaultServiceAccount Hygiene spec.serviceAccountName=",
			},
		},
		"a static pod has no ServiceAccount": {
			spec:  `{containers: []}`,
			facts: Facts{Annotations: map[string]string{"kubernetes.io/config.mirror": "x"}},
		},
	})
}
