package posture

import (
	"testing"

	"k8s.io/utils/ptr"
)

func TestServiceAccountTokenMountedFollowsAutomount(t *testing.T) {
	runCases(t, serviceAccountTokenMounted(), map[string]specCase{
		"unset on both means mounted": {
			spec: `{containers: []}`,
			want: []string{
				"Minimal ServiceAccountTokenMounted Recon spec.automountServiceAccountToken=",
			},
		},
		"the ServiceAccount can switch it off": {
			spec:  `{containers: []}`,
			facts: Facts{Automount: ptr.To(false)},
		},
		"the pod wins over the ServiceAccount": {
			spec:  `{automountServiceAccountToken: true, containers: []}`,
			facts: Facts{Automount: ptr.To(false)},
			want: []string{
				"Minimal ServiceAccountTokenMounted Recon spec.automountServiceAccountToken=true",
			},
		},
		"the pod can switch it off": {
			spec:  `{automountServiceAccountToken: false, containers: []}`,
			facts: Facts{Automount: ptr.To(true)},
		},
		"a mounted projection ignores automount": {
			spec: `{automountServiceAccountToken: false, containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: "https://kubernetes.default.svc.cluster.local"}}]}}]}`,
			want: []string{
				"Minimal ServiceAccountTokenMounted Recon spec.volumes[0].projected.sources[0].serviceAccountToken=",
			},
		},
		"a projection that nothing mounts is out of reach": {
			spec: `{automountServiceAccountToken: false, containers: [{name: app}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}`,
		},
		"a token for another audience is left to another check": {
			spec: `{automountServiceAccountToken: false, containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]}`,
		},
		"a static pod has no token": {
			spec:  `{containers: []}`,
			facts: Facts{Annotations: map[string]string{"kubernetes.io/config.mirror": "x"}},
		},
	})
}
