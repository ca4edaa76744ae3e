package posture

import "strings"

// pinned tells whether an image is named by its digest.
func pinned(image string) bool { return strings.Contains(image, "@") }

// floating tells whether an image is named by no tag, or by latest, and by no digest.
func floating(image string) bool {
	if pinned(image) {
		return false
	}
	name := image[strings.LastIndexByte(image, '/')+1:] // A colon before the last slash belongs to the registry's port.
	_, tag, found := strings.Cut(name, ":")
	return !found || tag == "latest"
}

// trustedImage tells whether an image comes from one of the registries. An entry is a registry, or a registry followed by
// the beginning of a path that ends at a slash: registry.example/team trusts registry.example/team/app alone, never
// registry.example/teammate/app.
func trustedImage(image string, registries []string) bool {
	name, _, _ := strings.Cut(image, "@")
	if colon := strings.LastIndexByte(name, ':'); colon > strings.LastIndexByte(name, '/') {
		name = name[:colon]
	}
	name = qualified(name)
	for _, registry := range registries {
		registry = strings.TrimSuffix(registry, "/")
		if rest, found := strings.CutPrefix(name, registry); found && registry != "" && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// qualified writes out what short names leave away, as the container runtimes do: nginx is docker.io/library/nginx.
func qualified(name string) string {
	registry, path, found := strings.Cut(name, "/")
	switch {
	case !found:
		return "docker.io/library/" + name
	case registry == "index.docker.io":
		return "docker.io/" + path
	case strings.ContainsAny(registry, ".:") || registry == "localhost":
		return name
	default:
		return "docker.io/" + name
	}
}
