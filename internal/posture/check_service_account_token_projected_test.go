package posture

import "testing"

func TestServiceAccountTokenProjectedForForeignAudiences(t *testing.T) {
	runCases(t, serviceAccountTokenProjected(), map[string]specCase{
		"a foreign audience is found": {
			spec: `{containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]}`,
			want: []string{
				"Minimal ServiceAccountTokenProjected ReachOutside spec.volumes[0].projected.sources[0].serviceAccountToken.audience=vault if: Whoever accepts a token of this audience decides what it opens.",
			},
		},
		"a sidecar that mounts it counts": {
			spec: `{containers: [], initContainers: [{name: mesh, restartPolicy: Always, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: istio-ca}}]}}]}`,
			want: []string{
				"Minimal ServiceAccountTokenProjected ReachOutside spec.volumes[0].projected.sources[0].serviceAccountToken.audience=istio-ca if: Whoever accepts a token of this audience decides what it opens.",
			},
		},
		"a volume that nothing mounts is out of reach": {
			spec: `{containers: [{name: app}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: vault}}]}}]}`,
		},
		"the audience of the API server is left to another check": {
			spec: `{containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}`,
		},
		"the audience of a cloud is left to another check": {
			spec: `{containers: [{name: app, volumeMounts: [{name: t, mountPath: /t}]}], volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t, audience: sts.amazonaws.com}}]}}]}`,
		},
	})
}
