package posture

import "github.com/daysix/daysix/internal/finding"

// A tag is a name that its registry may move: the pod that starts tomorrow need not run the image that was reviewed.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].image
// Finds:  a tag other than latest without a digest; ImageTagLatest finds the rest
func imageNotPinned() Check {
	return Check{
		ID:        "ImageNotPinned",
		Catalogue: []string{"Hygiene"},
		Title:     "Image is not pinned by digest",
		Worst:     finding.Hygiene,
		Find:      findImageNotPinned,
		// No Fix: the digest behind a tag does not stand in the spec.
	}
}

func findImageNotPinned(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Image == "" || pinned(c.Image) || floating(c.Image) {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Container:   c.Name,
			Field:       c.Path("image"),
			Value:       c.Image,
			Message:     "The tag may point to another image at the next start of the pod.",
			Remediation: "Name the image by its digest: image:tag@sha256:....",
		})
	}
}
