package posture

import "github.com/daysix/daysix/internal/finding"

// A credential of source control, or of a package registry, lets an intruder change what is built and deployed next.
//
// Fields: those of SecretInEnvironment and SecretMounted
// Finds:  variables and keys that mean nothing else (GITHUB_TOKEN, ssh-privatekey, .git-credentials, ...): certain;
// known_hosts, identity, and names of Secrets with a word such as gitlab: conditional, for no Secret is ever read
func sourceControlCredential() Check {
	return Check{
		ID:        "SourceControlCredential",
		Catalogue: []string{"S01", "S02"},
		Title:     "Secret is a credential of source control",
		Worst:     finding.ValuableSecret,
		Find:      findSourceControlCredential,
		// No Fix: the workload needs its credential; what helps is one that opens less.
	}
}

func findSourceControlCredential(p *Pod, out *Findings) {
	for _, i := range p.worstBySecret(sourceControlRank) {
		ref := &p.Secrets[i]
		found := finding.Finding{
			Consequence: finding.ValuableSecret,
			Condition:   conditionSecretName,
			Container:   ref.Container,
			Field:       ref.Field,
			Value:       ref.Secret,
			Message:     "The Secret is named like a credential of source control, which may change what is deployed.",
			Remediation: "Use a deploy key or token for this one repository, read-only where the workload only fetches.",
		}
		if sourceControlRank(ref) == sureName {
			found.Condition = ""
			found.Message = "The Secret holds a credential of source control, which may change what is deployed."
		}
		out.Add(found)
	}
}

// sureName is the rank of a name that is used for nothing else.
const sureName = 2

func sourceControlRank(ref *SecretReference) int {
	hint := hasWord(ref.Secret, sourceControlWords[:])
	for _, name := range ref.Names {
		if sourceControlName(name) {
			return sureName
		}
		hint = hint || equalsAny(name, sourceControlHints[:])
	}
	return rankOf(hint)
}
