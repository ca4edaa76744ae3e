package posture

import "github.com/daysix/daysix/internal/finding"

// The tag latest, and no tag, which means the same, follow whatever was pushed last: two replicas of one workload can run
// different programs, and a rollback brings nothing back.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].image
// Finds:  :latest, no tag; a digest beside them decides and passes
func imageTagLatest() Check {
	return Check{
		ID:        "ImageTagLatest",
		Catalogue: []string{"Hygiene"},
		Title:     "Image has the tag latest or none",
		Worst:     finding.Hygiene,
		Find:      findImageTagLatest,
		// No Fix: the digest behind a tag does not stand in the spec.
	}
}

func findImageTagLatest(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.Image == "" || !floating(c.Image) {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.Hygiene,
			Container:   c.Name,
			Field:       c.Path("image"),
			Value:       c.Image,
			Message:     "The image is whatever was pushed last: nobody can say which one runs.",
			Remediation: "Name the image by a version and its digest: image:1.2.3@sha256:....",
		})
	}
}
