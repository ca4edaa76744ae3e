package posture

import "testing"

func TestCapabilitiesNotDroppedUnlessAllAre(t *testing.T) {
	runCases(t, capabilitiesNotDropped(), map[string]specCase{
		"no list and a shorter list are found": {
			spec: `{containers: [{name: app}, {name: proxy, securityContext: {capabilities: {drop: [NET_RAW, MKNOD]}}}]}`,
			want: []string{
				"Minimal CapabilitiesNotDropped Hygiene spec.containers[0].securityContext.capabilities.drop= (app)",
				"Minimal CapabilitiesNotDropped Hygiene spec.containers[1].securityContext.capabilities.drop=NET_RAW,MKNOD (proxy)",
			},
		},
		"ALL among others is enough": {
			spec: `{containers: [{name: app, securityContext: {capabilities: {drop: [NET_RAW, ALL], add: [CHOWN]}}}]}`,
		},
		"a debug container counts": {
			spec: `{containers: [], ephemeralContainers: [{name: debug}]}`,
			want: []string{
				"Minimal CapabilitiesNotDropped Hygiene spec.ephemeralContainers[0].securityContext.capabilities.drop= (debug)",
			},
		},
		"a privileged container is left to its own check": {
			spec: `{containers: [{name: app, securityContext: {privileged: true}}]}`,
		},
		"Windows has no capabilities": {
			spec: `{os: {name: windows}, containers: [{name: app}]}`,
		},
	})
}
