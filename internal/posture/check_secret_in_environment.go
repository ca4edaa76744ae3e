package posture

import "github.com/daysix/daysix/internal/finding"

// A secret in the environment is inherited by every child process, stands in /proc/<pid>/environ and turns up in debug
// pages, crash reports and logs. A file is read by those only who ask for it.
//
// Fields: spec.{containers,initContainers,ephemeralContainers}[*].envFrom[*].secretRef, .env[*].valueFrom.secretKeyRef
// Finds:  each Secret once for each container
func secretInEnvironment() Check {
	return Check{
		ID:        "SecretInEnvironment",
		Catalogue: []string{"P13"},
		Title:     "Secret is passed as an environment variable",
		Worst:     finding.OwnSecret,
		Find:      findSecretInEnvironment,
		// No Fix: the program itself must learn to read a file.
	}
}

func findSecretInEnvironment(p *Pod, out *Findings) {
	picked := p.worstBySecret(func(ref *SecretReference) int { return rankOf(ref.Source == SecretFromEnvironment) })
	for _, i := range picked {
		ref := &p.Secrets[i]
		out.Add(finding.Finding{
			Consequence: finding.OwnSecret,
			Container:   ref.Container,
			Field:       ref.Field,
			Value:       ref.Secret,
			Message:     "Every child process inherits the Secret, and debug output shows it.",
			Remediation: "Mount the Secret as a volume, with the keys that are needed under items.",
		})
	}
}

// rankOf is the rank of a reference that either counts or does not.
func rankOf(counts bool) int {
	if counts {
		return 1
	}
	return 0
}
