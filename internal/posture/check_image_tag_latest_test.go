package posture

import "testing"

func TestImageTagLatestForImagesThatFloat(t *testing.T) {
	runCases(t, imageTagLatest(), map[string]specCase{
		"latest and no tag are found": {
			spec: `{containers: [{name: app, image: "app:latest"}, {name: proxy, image: app}]}`,
			want: []string{
				"Minimal ImageTagLatest Hygiene spec.containers[0].image=app:latest (app)",
				"Minimal ImageTagLatest Hygiene spec.containers[1].image=app (proxy)",
			},
		},
		"the port of a registry is no tag": {
			spec: `{containers: [{name: app, image: "registry.example:5000/app"}]}`,
			want: []string{
				"Minimal ImageTagLatest Hygiene spec.containers[0].image=registry.example:5000/app (app)",
			},
		},
		"a digest decides": {
			spec: `{containers: [{name: app, image: "app:latest@sha256:00"}, {name: proxy, image: "app@sha256:00"}]}`,
		},
		"a version passes": {
			spec: `{containers: [{name: app, image: "registry.example:5000/app:1.2"}]}`,
		},
	})
}
