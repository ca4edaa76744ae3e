package posture

import "testing"

func TestRunAsGroupRootDeclaredOrLeftToTheImage(t *testing.T) {
	runCases(t, runAsGroupRoot(), map[string]specCase{
		"a declared group root is certain": {
			spec: `{securityContext: {runAsGroup: 0}, containers: [{name: app}]}`,
			want: []string{
				"Minimal RunAsGroupRoot Hygiene spec.securityContext.runAsGroup=0 (app)",
			},
		},
		"a container that takes the group back is silent": {
			spec: `{securityContext: {runAsGroup: 0}, containers: [{name: app, securityContext: {runAsGroup: 1}}]}`,
		},
		"no group beside a user depends on the image": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 1000}}]}`,
			want: []string{
				"Minimal RunAsGroupRoot Hygiene spec.containers[0].securityContext.runAsGroup= (app) if: The image's passwd file decides: a user missing there gets the group root.",
			},
		},
		"no group beside root is no news": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 0}}]}`,
		},
		"no group where the image names the user is no news": {
			spec: `{securityContext: {runAsNonRoot: true}, containers: [{name: app}]}`,
		},
		"a user namespace lowers it": {
			spec: `{hostUsers: false, containers: [{name: app, securityContext: {runAsGroup: 0}}]}`,
			want: []string{
				"Minimal RunAsGroupRoot Hygiene spec.containers[0].securityContext.runAsGroup=0 (app) if: The user namespace decides: root of the pod is an unprivileged user on the node.",
			},
		},
	})
}
