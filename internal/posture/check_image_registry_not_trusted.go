package posture

import (
	"strconv"

	"github.com/daysix/daysix/internal/finding"
)

// Where the operator lists the registries that images may come from, an image from elsewhere was reviewed by nobody.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].image, spec.volumes[*].image.reference
// Finds:  an image of no listed registry; nothing where the configuration lists none
func imageRegistryNotTrusted() Check {
	return Check{
		ID:        "ImageRegistryNotTrusted",
		Catalogue: []string{"Hygiene"},
		Title:     "Image comes from a registry that is not trusted",
		Worst:     finding.Hygiene,
		Find:      findImageRegistryNotTrusted,
		// No Fix: whether a trusted registry holds a copy, and under which name, does not stand in the spec.
	}
}

func findImageRegistryNotTrusted(p *Pod, out *Findings) {
	registries := p.Settings.TrustedRegistries
	if len(registries) == 0 {
		return
	}
	untrusted := func(container, field, image string) {
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Container:   container,
			Field:       field,
			Value:       image,
			Message:     "The image comes from a registry that is not among the trusted ones of the configuration.",
			Remediation: "Copy the image to a trusted registry, or add its registry to trustedRegistries.",
		})
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Image != "" && !trustedImage(c.Image, registries) {
			untrusted(c.Name, c.Path("image"), c.Image)
		}
	}
	for i := range p.Spec.Volumes {
		image := p.Spec.Volumes[i].Image
		if image != nil && image.Reference != "" && !trustedImage(image.Reference, registries) {
			untrusted("", "spec.volumes["+strconv.Itoa(i)+"].image.reference", image.Reference)
		}
	}
}
