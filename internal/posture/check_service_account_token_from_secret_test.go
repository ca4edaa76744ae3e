package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/snapshot"
)

// someTokens knows three Secrets: one with the token of app, one with that of builder, and one that is no token.
func someTokens(state snapshot.State) snapshot.TokenSecrets {
	return snapshot.TokenSecrets{State: state, Accounts: map[string]string{"app-token": "app", "builder-token": "builder", "plain": ""}}
}

func TestTokensComeFromSecretsThatHandOutTheirKey(t *testing.T) {
	facts := Facts{TokenSecrets: someTokens(snapshot.Synced)}
	mounting := func(volume string) string {
		return `{containers: [{name: app, volumeMounts: [{name: a, mountPath: /a}]}], volumes: [{name: a, ` + volume + `}]}`
	}
	runCases(t, serviceAccountTokenFromSecret(), map[string]specCase{
		"a volume of all keys": {
			spec: mounting(`secret: {secretName: app-token}`), facts: facts,
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.volumes[0].secret.secretName=app-token"},
		},
		"a volume with the key": {
			spec: mounting(`secret: {secretName: app-token, items: [{key: ca.crt, path: a}, {key: token, path: b}]}`), facts: facts,
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.volumes[0].secret.secretName=app-token"},
		},
		"a volume with other keys": {
			spec: mounting(`secret: {secretName: app-token, items: [{key: ca.crt, path: token}]}`), facts: facts,
		},
		"a projection": {
			spec: mounting(`projected: {sources: [{secret: {name: builder-token}}]}`), facts: facts,
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.volumes[0].projected.sources[0].secret.name=builder-token"},
		},
		"a volume that nothing mounts": {
			spec: `{containers: [{name: app}], volumes: [{name: a, secret: {secretName: app-token}}]}`, facts: facts,
		},
		"the environment, all keys": {
			spec: `{containers: [], initContainers: [{name: i, envFrom: [{secretRef: {name: app-token}}]}]}`, facts: facts,
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.initContainers[0].envFrom[0].secretRef.name=app-token (i)"},
		},
		"a variable of the key": {
			spec: `{containers: [{name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: app-token, key: token}}}]}]}`, facts: facts,
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.containers[0].env[0].valueFrom.secretKeyRef.name=app-token (app)"},
		},
		"a variable of another key that is called token": {
			spec: `{containers: [{name: app, env: [{name: token, valueFrom: {secretKeyRef: {name: app-token, key: ca.crt}}}]}]}`, facts: facts,
		},
		"a Secret that is no token": {spec: mounting(`secret: {secretName: plain}`), facts: facts},
		"a Secret of which nothing is known": {
			spec: mounting(`secret: {secretName: other}`), facts: Facts{TokenSecrets: someTokens(snapshot.NotGiven)},
		},
		"a Secret that is known although they are not all read": {
			spec: mounting(`secret: {secretName: app-token}`), facts: Facts{TokenSecrets: someTokens(snapshot.Forbidden)},
			want: []string{"Low ServiceAccountTokenFromSecret OwnSecret spec.volumes[0].secret.secretName=app-token"},
		},
		"a class of the Secrets Store driver that has the name of a token": {
			spec: mounting(`csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: app-token}}`), facts: facts,
		},
	})
}

func TestIdentitiesOfAPod(t *testing.T) {
	const both = `volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]}],
	  volumes: [{name: b, secret: {secretName: builder-token}}, {name: a, secret: {secretName: app-token}}]}`
	for name, test := range map[string]struct {
		spec  string
		state snapshot.State
		want  []Identity
		// untold is the Secret of which it is not known whether it is a token.
		untold string
	}{
		"its own by default":                {`{serviceAccountName: app, containers: [{name: a}]}`, snapshot.Synced, []Identity{{"app", ""}}, ""},
		"none":                              {`{automountServiceAccountToken: false, containers: [{name: a}]}`, snapshot.Synced, nil, ""},
		"its own beats that from a Secret":  {`{serviceAccountName: app, containers: [{name: a, ` + both, snapshot.Synced, []Identity{{"app", ""}, {"builder", "builder-token"}}, ""},
		"two from Secrets, as in the spec":  {`{automountServiceAccountToken: false, containers: [{name: a, ` + both, snapshot.Synced, []Identity{{"builder", "builder-token"}, {"app", "app-token"}}, ""},
		"a Secret that is known to be none": {`{automountServiceAccountToken: false, containers: [{name: a, envFrom: [{secretRef: {name: plain}}]}]}`, snapshot.NotEnabled, nil, ""},
		"a Secret that is not there":        {`{automountServiceAccountToken: false, containers: [{name: a, envFrom: [{secretRef: {name: x}}]}]}`, snapshot.Synced, nil, ""},
		"a Secret that is not known":        {`{automountServiceAccountToken: false, containers: [{name: a, envFrom: [{secretRef: {name: plain}}, {secretRef: {name: x}}]}]}`, snapshot.NotEnabled, nil, "x"},
		"a key that is no token in a Secret that is not known": {
			`{automountServiceAccountToken: false, containers: [{name: a, env: [{name: A, valueFrom: {secretKeyRef: {name: x, key: k}}}]}]}`, snapshot.NotEnabled, nil, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var spec corev1.PodSpec
			if err := yaml.UnmarshalStrict([]byte(test.spec), &spec); err != nil {
				t.Fatal(err)
			}
			pod := NewPod(&spec, Facts{TokenSecrets: someTokens(test.state)})
			if diff := gocmp.Diff(test.want, pod.Identities()); diff != "" {
				t.Errorf("identities (-want +got):\n%s", diff)
			}
			untold := ""
			if ref := pod.UntoldSecret(); ref != nil {
				untold = ref.Secret
			}
			if untold != test.untold {
				t.Errorf("nobody can tell about %q, want %q", untold, test.untold)
			}
		})
	}
}
