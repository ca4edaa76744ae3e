package posture

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// The name of a variable, of a key or of the Secret often says what it opens: a database or a directory holds more than the
// pod does.
//
// Fields: those of SecretInEnvironment and SecretMounted
// Finds:  *PASSWORD, *_DSN, *DATABASE_URL, *bindPW, LDAP_BIND_*, KEYCLOAK*; names of Secrets with a word such as postgres
// Conditional: no Secret is ever read.
func valuableSecretReferenced() Check {
	return Check{
		ID:        "ValuableSecretReferenced",
		Catalogue: []string{"S01", "S03"},
		Title:     "Secret is named like a credential of a database or directory",
		Worst:     finding.ValuableSecret,
		Find:      findValuableSecretReferenced,
		// No Fix: the workload needs its credential; what helps is one that opens less.
	}
}

func findValuableSecretReferenced(p *Pod, out *Findings) {
	for _, i := range p.worstBySecret(databaseRank) {
		ref := &p.Secrets[i]
		out.Add(finding.Finding{
			Consequence: finding.ValuableSecret,
			Condition:   conditionSecretName,
			Container:   ref.Container,
			Field:       ref.Field,
			Value:       ref.Secret,
			Message:     "The Secret is named like a credential of a database or a directory.",
			Remediation: "Use an account with the rights that are needed only, or short-lived credentials.",
		})
	}
}

// databaseRank puts a telling variable or key before a telling name of the Secret.
func databaseRank(ref *SecretReference) int {
	if sourceControlRank(ref) > 0 {
		return 0
	}
	if slices.ContainsFunc(ref.Names, databaseName) {
		return sureName
	}
	return rankOf(hasWord(ref.Secret, databaseWords[:]))
}
