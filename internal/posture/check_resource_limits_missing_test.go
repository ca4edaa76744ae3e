package posture

import "testing"

func TestResourceLimitsMissingByResource(t *testing.T) {
	runCases(t, resourceLimitsMissing(), map[string]specCase{
		"without any limit the finding is certain": {
			spec: `{containers: [{name: app}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.containers[0].resources.limits= (app)",
			},
		},
		"a CPU limit alone leaves the memory open": {
			spec: `{containers: [{name: app, resources: {limits: {cpu: 1}}}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.containers[0].resources.limits.memory= (app)",
			},
		},
		"a memory limit alone leaves a condition": {
			spec: `{containers: [{name: app, resources: {limits: {memory: 1Gi}}}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.containers[0].resources.limits.cpu= (app) if: The CPU requests of the other pods decide.",
			},
		},
		"a limit of zero is no limit": {
			spec: `{containers: [{name: app, resources: {limits: {cpu: 1, memory: 0}}}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.containers[0].resources.limits.memory= (app)",
			},
		},
		"limits of the pod hold for its containers": {
			spec: `{resources: {limits: {memory: 1Gi}}, containers: [{name: app, resources: {limits: {cpu: 1}}}, {name: proxy}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.containers[1].resources.limits.cpu= (proxy) if: The CPU requests of the other pods decide.",
			},
		},
		"a sidecar counts and a debug container does not": {
			spec: `{containers: [], initContainers: [{name: mesh, restartPolicy: Always}], ephemeralContainers: [{name: debug}]}`,
			want: []string{
				"Minimal ResourceLimitsMissing NodeDenialOfService spec.initContainers[0].resources.limits= (mesh)",
			},
		},
	})
}
