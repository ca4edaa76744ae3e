package posture

import "testing"

func TestSecretMountedWhereAContainerMountsIt(t *testing.T) {
	runCases(t, secretMounted(), map[string]specCase{
		"secret, projected and CSI volumes count": {
			spec: `{containers: [{name: app, volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}, {name: c, mountPath: /c}]}], volumes: [{name: a, secret: {secretName: s}}, {name: b, projected: {sources: [{configMap: {name: c}}, {secret: {name: t}}]}}, {name: c, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: u}}}]}`,
			want: []string{
				"Low SecretMounted OwnSecret spec.volumes[0].secret.secretName=s",
				"Low SecretMounted OwnSecret spec.volumes[1].projected.sources[1].secret.name=t",
				"Low SecretMounted OwnSecret spec.volumes[2].csi.volumeAttributes.secretProviderClass=u",
			},
		},
		"a volume that nothing mounts is out of reach": {
			spec: `{containers: [{name: app}], volumes: [{name: a, secret: {secretName: s}}]}`,
		},
		"a debug container that mounts it counts": {
			spec: `{containers: [], ephemeralContainers: [{name: debug, volumeMounts: [{name: a, mountPath: /a}]}], volumes: [{name: a, secret: {secretName: s}}]}`,
			want: []string{
				"Low SecretMounted OwnSecret spec.volumes[0].secret.secretName=s",
			},
		},
		"pull secrets and those of other CSI drivers stay outside": {
			spec: `{imagePullSecrets: [{name: pull}], containers: [{name: app, volumeMounts: [{name: a, mountPath: /a}]}], volumes: [{name: a, csi: {driver: nfs.example, nodePublishSecretRef: {name: s}}}]}`,
		},
	})
}
