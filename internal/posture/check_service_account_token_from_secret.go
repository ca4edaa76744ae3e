package posture

import "github.com/daysix/daysix/internal/finding"

// A Secret of the type kubernetes.io/service-account-token holds a token that expires with neither the pod nor the day.
// Whoever reads it once is that ServiceAccount until somebody deletes the Secret. It need not be the pod's own; what the
// identity may do is scored from RBAC.
//
// Fields: those of SecretInEnvironment and SecretMounted; type and annotation kubernetes.io/service-account.name of the Secret
// Finds:  each such Secret once for each container, where the key token is taken
// Silent where Secrets are not read: the answers to the questions say so.
func serviceAccountTokenFromSecret() Check {
	return Check{
		ID:        "ServiceAccountTokenFromSecret",
		Catalogue: []string{"P12", "S01"},
		Title:     "Long-lived token of a ServiceAccount comes from a Secret",
		Worst:     finding.OwnSecret,
		Find:      findServiceAccountTokenFromSecret,
		// No Fix: which Secret it is does not stand in the spec.
	}
}

func findServiceAccountTokenFromSecret(p *Pod, out *Findings) {
	if len(p.TokenSecrets.Accounts) == 0 {
		return
	}
	picked := p.worstBySecret(func(ref *SecretReference) int {
		account, _ := p.tokenFrom(ref)
		return rankOf(account != "")
	})
	for _, i := range picked {
		ref := &p.Secrets[i]
		account, _ := p.tokenFrom(ref)
		out.Add(finding.Finding{
			Consequence: finding.OwnSecret,
			Container:   ref.Container,
			Field:       ref.Field,
			Value:       ref.Secret,
			Message:     "Whoever reads the Secret is ServiceAccount " + account + " at the API server until the Secret is deleted.",
			Remediation: "Run as that ServiceAccount and let its token be projected; then delete the Secret.",
		})
	}
}
