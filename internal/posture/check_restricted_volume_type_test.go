package posture

import "testing"

func TestRestrictedVolumeTypeNamesTheType(t *testing.T) {
	runCases(t, restrictedVolumeType(), map[string]specCase{
		"volumes of the storage vendors are found, mounted or not": {
			spec: `{containers: [], volumes: [{name: a, nfs: {server: s, path: /}}, {name: c, awsElasticBlockStore: {volumeID: v}}]}`,
			want: []string{
				"Minimal RestrictedVolumeType Hygiene spec.volumes[0].nfs=a",
				"Minimal RestrictedVolumeType Hygiene spec.volumes[1].awsElasticBlockStore=c",
			},
		},
		"what restricted admits passes": {
			spec: `{containers: [], volumes: [{name: a, emptyDir: {}}, {name: b, configMap: {name: x}}, {name: c, csi: {driver: d}}, {name: d, ephemeral: {}}, {name: e, image: {reference: r}}, {name: f, persistentVolumeClaim: {claimName: x}}, {name: g, projected: {sources: []}}, {name: h, secret: {}}, {name: i, downwardAPI: {}}]}`,
		},
		"no type means emptyDir": {
			spec: `{containers: [], volumes: [{name: a}]}`,
		},
		"hostPath, gitRepo and flexVolume have checks of their own": {
			spec: `{containers: [], volumes: [{name: a, hostPath: {path: /}}, {name: b, gitRepo: {repository: r}}, {name: c, flexVolume: {driver: d}}]}`,
		},
	})
}
