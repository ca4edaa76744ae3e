package posture

import "testing"

func TestImageNotPinnedForTagsWithoutADigest(t *testing.T) {
	runCases(t, imageNotPinned(), map[string]specCase{
		"a tag is found and a digest is not": {
			spec: `{containers: [{name: app, image: "app:1"}, {name: proxy, image: "app:1@sha256:00"}, {name: log, image: "app@sha256:00"}]}`,
			want: []string{
				"Minimal ImageNotPinned Hygiene spec.containers[0].image=app:1 (app)",
			},
		},
		"latest and no tag are left to another check": {
			spec: `{containers: [{name: app, image: "app:latest"}, {name: proxy, image: "registry.example:5000/app"}]}`,
		},
		"a template without an image is silent": {
			spec: `{containers: [{name: app}]}`,
		},
		"a debug container counts": {
			spec: `{containers: [], ephemeralContainers: [{name: debug, image: "busybox:1.37"}]}`,
			want: []string{
				"Minimal ImageNotPinned Hygiene spec.ephemeralContainers[0].image=busybox:1.37 (debug)",
			},
		},
	})
}
