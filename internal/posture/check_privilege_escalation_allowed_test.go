package posture

import "testing"

func TestPrivilegeEscalationAllowedUnlessItIsFalse(t *testing.T) {
	runCases(t, privilegeEscalationAllowed(), map[string]specCase{
		"unset and true are found in containers of all kinds": {
			spec: `{containers: [{name: app}], initContainers: [{name: setup, securityContext: {allowPrivilegeEscalation: true}}], ephemeralContainers: [{name: debug, securityContext: {}}]}`,
			want: []string{
				"Minimal PrivilegeEscalationAllowed EscapeAid spec.containers[0].securityContext.allowPrivilegeEscalation= (app)",
				"Minimal PrivilegeEscalationAllowed EscapeAid spec.ephemeralContainers[0].securityContext.allowPrivilegeEscalation= (debug)",
				"Minimal PrivilegeEscalationAllowed EscapeAid spec.initContainers[0].securityContext.allowPrivilegeEscalation=true (setup)",
			},
		},
		"a privileged container is left to its own check": {
			spec: `{containers: [{name: app, securityContext: {privileged: true}}]}`,
		},
		"a user namespace lowers it": {
			spec: `{hostUsers: false, containers: [{name: app}]}`,
			want: []string{
				"Minimal PrivilegeEscalationAllowed EscapeAid spec.containers[0].securityContext.allowPrivilegeEscalation= (app) if: The user namespace decides: root of the pod is an unprivileged user on the node.",
			},
		},
		"Windows has no such setting": {
			spec: `{os: {name: windows}, containers: [{name: app}]}`,
		},
	})
}
