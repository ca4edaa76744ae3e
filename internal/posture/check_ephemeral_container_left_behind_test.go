package posture

import "testing"

func TestEphemeralContainerLeftBehindNamesEach(t *testing.T) {
	runCases(t, ephemeralContainerLeftBehind(), map[string]specCase{
		"each debug container is named": {
			spec: `{containers: [{name: app}], ephemeralContainers: [{name: debug-1}, {name: debug-2}]}`,
			want: []string{
				"Minimal EphemeralContainerLeftBehind Hygiene spec.ephemeralContainers[0].name=debug-1 (debug-1)",
				"Minimal EphemeralContainerLeftBehind Hygiene spec.ephemeralContainers[1].name=debug-2 (debug-2)",
			},
		},
		"containers of other kinds pass": {
			spec: `{containers: [{name: app}], initContainers: [{name: setup}]}`,
		},
	})
}
