package posture

import "testing"

func TestValuableSecretReferencedByItsNames(t *testing.T) {
	runCases(t, valuableSecretReferenced(), map[string]specCase{
		"a variable gives it away": {
			spec: `{containers: [{name: app, env: [{name: LDAP_BIND_DN, valueFrom: {secretKeyRef: {name: s, key: dn}}}]}]}`,
			want: []string{
				"Low ValuableSecretReferenced ValuableSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=s (app) if: Only names say so: what the Secret holds decides.",
			},
		},
		"a key gives it away": {
			spec: `{containers: [{name: app, volumeMounts: [{name: a, mountPath: /a}]}], volumes: [{name: a, secret: {secretName: s, items: [{key: bindPW, path: p}]}}]}`,
			want: []string{
				"Low ValuableSecretReferenced ValuableSecret spec.volumes[0].secret.secretName=s if: Only names say so: what the Secret holds decides.",
			},
		},
		"the name of the Secret gives it away, by whole words": {
			spec: `{containers: [{name: app, envFrom: [{secretRef: {name: app-postgres}}, {secretRef: {name: adbook}}]}]}`,
			want: []string{
				"Low ValuableSecretReferenced ValuableSecret spec.containers[0].envFrom[0].secretRef.name=app-postgres (app) if: Only names say so: what the Secret holds decides.",
			},
		},
		"the most telling reference is reported": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}, {name: DATABASE_URL, valueFrom: {secretKeyRef: {name: db, key: b}}}]}]}`,
			want: []string{
				"Low ValuableSecretReferenced ValuableSecret spec.containers[0].env[1].valueFrom.secretKeyRef.name=db (app) if: Only names say so: what the Secret holds decides.",
			},
		},
		"other names say nothing": {
			spec: `{containers: [{name: app, env: [{name: LICENSE, valueFrom: {secretKeyRef: {name: s, key: license}}}]}]}`,
		},
		"source control is left to another check": {
			spec: `{containers: [{name: app, env: [{name: GIT_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}`,
		},
	})
}
