package posture

import "testing"

func TestSecretInEnvironmentOnceForEachContainer(t *testing.T) {
	runCases(t, secretInEnvironment(), map[string]specCase{
		"ten keys of one Secret are one finding": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: a}}}, {name: B, valueFrom: {secretKeyRef: {name: s, key: b}}}, {name: C, valueFrom: {secretKeyRef: {name: t, key: c}}}]}]}`,
			want: []string{
				"Low SecretInEnvironment OwnSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=s (app)",
				"Low SecretInEnvironment OwnSecret spec.containers[0].env[2].valueFrom.secretKeyRef.name=t (app)",
			},
		},
		"each container is told of": {
			spec: `{containers: [{name: app, envFrom: [{secretRef: {name: s}}]}], ephemeralContainers: [{name: debug, envFrom: [{secretRef: {name: s}}]}]}`,
			want: []string{
				"Low SecretInEnvironment OwnSecret spec.containers[0].envFrom[0].secretRef.name=s (app)",
				"Low SecretInEnvironment OwnSecret spec.ephemeralContainers[0].envFrom[0].secretRef.name=s (debug)",
			},
		},
		"a config map is no Secret": {
			spec: `{containers: [{name: app, envFrom: [{configMapRef: {name: s}}], env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]}`,
		},
	})
}
