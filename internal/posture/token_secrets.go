package posture

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

// Identity is a ServiceAccount of the pod's namespace as which whoever runs code in the pod can act at the API server.
type Identity struct {
	ServiceAccount string
	// Secret is the one that the token comes from; empty for a token that was made for the pod.
	Secret string
}

// Identities lists the ServiceAccounts whose tokens a container can read, each once: a token that was made for the pod comes
// first, then those from Secrets, in the order of the spec.
func (p *Pod) Identities() []Identity {
	var out []Identity
	if p.HoldsAPIToken() {
		out = append(out, Identity{ServiceAccount: snapshot.ServiceAccountName(p.Spec)})
	}
	for i := range p.Secrets {
		account, _ := p.tokenFrom(&p.Secrets[i])
		same := func(other Identity) bool { return other.ServiceAccount == account }
		if account != "" && !slices.ContainsFunc(out, same) {
			out = append(out, Identity{ServiceAccount: account, Secret: p.Secrets[i].Secret})
		}
	}
	return out
}

// UntoldSecret is the first reference to a Secret of which nobody can tell whether it brings a token; nil where there is
// none.
func (p *Pod) UntoldSecret() *SecretReference {
	for i := range p.Secrets {
		if _, known := p.tokenFrom(&p.Secrets[i]); !known {
			return &p.Secrets[i]
		}
	}
	return nil
}

// tokenFrom is the ServiceAccount whose token a reference brings into the pod; empty where it brings none.
func (p *Pod) tokenFrom(ref *SecretReference) (account string, known bool) {
	if ref.Source == SecretFromProvider || len(ref.Keys) > 0 && !slices.Contains(ref.Keys, corev1.ServiceAccountTokenKey) {
		return "", true // A certificate of the cluster is no token, and what a provider fetches is no Secret.
	}
	return p.TokenSecrets.TokenOf(ref.Secret)
}

// WithoutSecret is the same pod where a Secret is gone: it brings no token any more.
func (p *Pod) WithoutSecret(name string) *Pod {
	rest := *p
	if p.TokenSecrets.Accounts[name] == snapshot.ServiceAccountName(p.Spec) {
		rest.TokenSecrets.OwnCount--
	}
	rest.TokenSecrets.Accounts = maps.Clone(p.TokenSecrets.Accounts)
	rest.TokenSecrets.Accounts[name] = ""
	return &rest
}
