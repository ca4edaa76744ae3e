package posture

import "testing"

func TestRunAsRootAssumedWhereNothingIsSaid(t *testing.T) {
	runCases(t, runAsRootAssumed(), map[string]specCase{
		"a container without any user is found": {
			spec: `{containers: [{name: app}], ephemeralContainers: [{name: debug}]}`,
			want: []string{
				"Minimal RunAsRootAssumed EscapeAid spec.containers[0].securityContext.runAsUser= (app) if: The user of the image decides: root is assumed from the spec.",
				"Minimal RunAsRootAssumed EscapeAid spec.ephemeralContainers[0].securityContext.runAsUser= (debug) if: The user of the image decides: root is assumed from the spec.",
			},
		},
		"runAsNonRoot of the pod is enough": {
			spec: `{securityContext: {runAsNonRoot: true}, containers: [{name: app}]}`,
		},
		"a container that takes runAsNonRoot back is found": {
			spec: `{securityContext: {runAsNonRoot: true}, containers: [{name: app, securityContext: {runAsNonRoot: false}}]}`,
			want: []string{
				"Minimal RunAsRootAssumed EscapeAid spec.containers[0].securityContext.runAsUser= (app) if: The user of the image decides: root is assumed from the spec.",
			},
		},
		"a declared user is known": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 1000}}]}`,
		},
		"an observed user is known": {
			spec:  `{containers: [{name: app}]}`,
			facts: Facts{Users: map[string]int64{"app": 0}},
		},
		"a user namespace lowers it": {
			spec: `{hostUsers: false, containers: [{name: app}]}`,
			want: []string{
				"Minimal RunAsRootAssumed EscapeAid spec.containers[0].securityContext.runAsUser= (app) if: The user namespace decides: root of the pod is an unprivileged user on the node.",
			},
		},
		"a Windows image has no Linux user": {
			spec: `{os: {name: windows}, containers: [{name: app}]}`,
		},
	})
}
