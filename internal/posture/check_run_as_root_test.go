package posture

import "testing"

func TestRunAsRootSaysWhereTheUserIsKnownFrom(t *testing.T) {
	runCases(t, runAsRoot(), map[string]specCase{
		"the field of a container wins over that of the pod": {
			spec: `{securityContext: {runAsUser: 0}, containers: [{name: app, securityContext: {runAsUser: 1000}}, {name: proxy}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.securityContext.runAsUser=0 (proxy)",
			},
		},
		"containers of all kinds count": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 1}}], initContainers: [{name: setup, securityContext: {runAsUser: 0}}, {name: mesh, restartPolicy: Always, securityContext: {runAsUser: 0}}], ephemeralContainers: [{name: debug, securityContext: {runAsUser: 0}}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.ephemeralContainers[0].securityContext.runAsUser=0 (debug)",
				"Minimal RunAsRoot EscapeAid spec.initContainers[1].securityContext.runAsUser=0 (mesh)",
				"Minimal RunAsRoot EscapeAid spec.initContainers[0].securityContext.runAsUser=0 (setup)",
			},
		},
		"the observed root beats a declared user": {
			spec:  `{securityContext: {runAsUser: 1000}, containers: [{name: app}], initContainers: [{name: setup}], ephemeralContainers: [{name: debug}]}`,
			facts: Facts{Users: map[string]int64{"app": 0, "setup": 0, "debug": 0}},
			want: []string{
				"Minimal RunAsRoot EscapeAid status.containerStatuses[*].user.linux.uid=0 (app)",
				"Minimal RunAsRoot EscapeAid status.ephemeralContainerStatuses[*].user.linux.uid=0 (debug)",
				"Minimal RunAsRoot EscapeAid status.initContainerStatuses[*].user.linux.uid=0 (setup)",
			},
		},
		"the observed user beats a declared root": {
			spec:  `{containers: [{name: app, securityContext: {runAsUser: 0}}]}`,
			facts: Facts{Users: map[string]int64{"app": 1000}},
		},
		"a root that is only assumed is left to another check": {
			spec: `{containers: [{name: app}]}`,
		},
		"a user namespace lowers it": {
			spec: `{hostUsers: false, containers: [{name: app, securityContext: {runAsUser: 0}}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.containers[0].securityContext.runAsUser=0 (app) if: The user namespace decides: root of the pod is an unprivileged user on the node.",
			},
		},
		"runAsUser means nothing on Windows": {
			spec: `{os: {name: windows}, containers: [{name: app, securityContext: {runAsUser: 0}}]}`,
		},
		"the administrator of a Windows container is its root": {
			spec: `{os: {name: windows}, securityContext: {windowsOptions: {runAsUserName: ContainerAdministrator}}, containers: [{name: app}, {name: proxy, securityContext: {windowsOptions: {runAsUserName: ContainerUser}}}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.securityContext.windowsOptions.runAsUserName=ContainerAdministrator (app)",
			},
		},
		"the name is compared without its domain and case": {
			spec: `{containers: [{name: app, securityContext: {windowsOptions: {runAsUserName: 'User Manager\containeradministrator'}}}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.containers[0].securityContext.windowsOptions.runAsUserName=User Manager\\containeradministrator (app)",
			},
		},
		"a Windows user name hides no Linux root": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 0, windowsOptions: {runAsUserName: ContainerUser}}}]}`,
			want: []string{
				"Minimal RunAsRoot EscapeAid spec.containers[0].securityContext.runAsUser=0 (app)",
			},
		},
	})
}
