package posture

import "testing"

func TestSourceControlCredentialByItsNames(t *testing.T) {
	runCases(t, sourceControlCredential(), map[string]specCase{
		"a name that means nothing else is certain": {
			spec: `{containers: [{name: app, env: [{name: github_token, valueFrom: {secretKeyRef: {name: s, key: k}}}]}], initContainers: [{name: sync, env: [{name: BITBUCKET_APP_PASSWORD, valueFrom: {secretKeyRef: {name: t, key: k}}}]}]}`,
			want: []string{
				"Medium SourceControlCredential ValuableSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=s (app)",
				"Medium SourceControlCredential ValuableSecret spec.initContainers[0].env[0].valueFrom.secretKeyRef.name=t (sync)",
			},
		},
		"a key that means nothing else is certain": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: .netrc}}}]}]}`,
			want: []string{
				"Medium SourceControlCredential ValuableSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=s (app)",
			},
		},
		"a hint is conditional": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: known_hosts}}}], envFrom: [{secretRef: {name: my-gitlab}}]}]}`,
			want: []string{
				"Low SourceControlCredential ValuableSecret spec.containers[0].envFrom[0].secretRef.name=my-gitlab (app) if: Only names say so: what the Secret holds decides.",
				"Low SourceControlCredential ValuableSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=s (app) if: Only names say so: what the Secret holds decides.",
			},
		},
		"a certain reference comes before a hint of the same Secret": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: git, key: known_hosts}}}, {name: B, valueFrom: {secretKeyRef: {name: git, key: id_ed25519}}}]}]}`,
			want: []string{
				"Medium SourceControlCredential ValuableSecret spec.containers[0].env[1].valueFrom.secretKeyRef.name=git (app)",
			},
		},
		"git within a word says nothing": {
			spec: `{containers: [{name: app, envFrom: [{secretRef: {name: digits}}]}]}`,
		},
	})
}
