package posture

import "testing"

func TestImageRegistryNotTrustedComparesWholeNames(t *testing.T) {
	runCases(t, imageRegistryNotTrusted(), map[string]specCase{
		"without a list nothing is found": {
			spec: `{containers: [{name: app, image: "attacker.example/app"}]}`,
		},
		"a path is trusted up to its slash": {
			spec:  `{containers: [{name: app, image: "registry.example/team/app:1@sha256:00"}, {name: proxy, image: "registry.example/teammate/app"}]}`,
			facts: Facts{Settings: Settings{TrustedRegistries: []string{"registry.example/team/", "docker.io/library", "localhost:5000"}}},
			want: []string{
				"Minimal ImageRegistryNotTrusted Hygiene spec.containers[1].image=registry.example/teammate/app (proxy)",
			},
		},
		"short names are written out": {
			spec:  `{containers: [{name: app, image: "nginx:1"}, {name: proxy, image: "index.docker.io/library/nginx"}, {name: log, image: bitnami/nginx}]}`,
			facts: Facts{Settings: Settings{TrustedRegistries: []string{"registry.example/team/", "docker.io/library", "localhost:5000"}}},
			want: []string{
				"Minimal ImageRegistryNotTrusted Hygiene spec.containers[2].image=bitnami/nginx (log)",
			},
		},
		"a registry with a port is its own": {
			spec:  `{containers: [{name: app, image: "localhost:5000/app"}, {name: proxy, image: localhost/app}]}`,
			facts: Facts{Settings: Settings{TrustedRegistries: []string{"registry.example/team/", "docker.io/library", "localhost:5000"}}},
			want: []string{
				"Minimal ImageRegistryNotTrusted Hygiene spec.containers[1].image=localhost/app (proxy)",
			},
		},
		"image volumes count": {
			spec:  `{containers: [], volumes: [{name: model, image: {reference: attacker.example/model}}]}`,
			facts: Facts{Settings: Settings{TrustedRegistries: []string{"registry.example/team/", "docker.io/library", "localhost:5000"}}},
			want: []string{
				"Minimal ImageRegistryNotTrusted Hygiene spec.volumes[0].image.reference=attacker.example/model",
			},
		},
	})
}
