package posture

import "testing"

func TestRunAsNonRootUnsetForUsersThatAreNotRoot(t *testing.T) {
	runCases(t, runAsNonRootUnset(), map[string]specCase{
		"a declared user other than root is found": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 1000}}]}`,
			want: []string{
				"Minimal RunAsNonRootUnset Hygiene spec.containers[0].securityContext.runAsNonRoot= (app) if: The next image decides.",
			},
		},
		"an observed user other than root is found": {
			spec:  `{containers: [{name: app}]}`,
			facts: Facts{Users: map[string]int64{"app": 1000}},
			want: []string{
				"Minimal RunAsNonRootUnset Hygiene spec.containers[0].securityContext.runAsNonRoot= (app) if: The next image decides.",
			},
		},
		"false on the pod is named there": {
			spec: `{securityContext: {runAsUser: 1000, runAsNonRoot: false}, containers: [{name: app}]}`,
			want: []string{
				"Minimal RunAsNonRootUnset Hygiene spec.securityContext.runAsNonRoot=false (app) if: The next image decides.",
			},
		},
		"false on the container is named there": {
			spec: `{securityContext: {runAsUser: 1000, runAsNonRoot: true}, containers: [{name: app, securityContext: {runAsNonRoot: false}}]}`,
			want: []string{
				"Minimal RunAsNonRootUnset Hygiene spec.containers[0].securityContext.runAsNonRoot=false (app) if: The next image decides.",
			},
		},
		"root and unknown users are left to other checks": {
			spec: `{containers: [{name: app, securityContext: {runAsUser: 0}}, {name: proxy}]}`,
		},
		"true on the pod is enough": {
			spec: `{securityContext: {runAsUser: 1000, runAsNonRoot: true}, containers: [{name: app}]}`,
		},
	})
}
