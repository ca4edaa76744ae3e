package posture

import "github.com/daysix/daysix/internal/finding"

// A mounted Secret is what an intruder of the container takes first. It is the better way to pass one; the finding says
// what is lost with the pod.
//
// Fields: spec.volumes[*].secret, .projected.sources[*].secret, .csi of the driver secrets-store.csi.k8s.io
// Finds:  each Secret once, where a container mounts the volume
func secretMounted() Check {
	return Check{
		ID:        "SecretMounted",
		Catalogue: []string{"P13"},
		Title:     "Secret is mounted as a volume",
		Worst:     finding.OwnSecret,
		Find:      findSecretMounted,
		// No Fix: the workload needs its Secret; what helps is a Secret that opens less.
	}
}

func findSecretMounted(p *Pod, out *Findings) {
	picked := p.worstBySecret(func(ref *SecretReference) int { return rankOf(ref.Source != SecretFromEnvironment) })
	for _, i := range picked {
		ref := &p.Secrets[i]
		message := "Whoever runs code in the pod can read this Secret."
		if ref.Source == SecretFromProvider {
			message = "Whoever runs code in the pod can read what this SecretProviderClass fetches."
		}
		out.Add(finding.Finding{
			Consequence: finding.OwnSecret,
			Field:       ref.Field,
			Value:       ref.Secret,
			Message:     message,
			Remediation: "Mount it only in the container that reads it, with the keys that it needs under items.",
		})
	}
}
