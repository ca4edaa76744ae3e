package snapshot

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

// TokenSecretSelector is the field selector of the Secrets that hold a token of a ServiceAccount: the metadata of a Secret
// does not tell its type.
const TokenSecretSelector = "type=" + string(corev1.SecretTypeServiceAccountToken)

// invalidSince is the label by which the control plane marks a token that the API server takes no more: one that it made
// by itself long ago and that nobody used for a year (KEP-2799). Without the label the token is good again.
const invalidSince = "kubernetes.io/legacy-token-invalid-since"

// secrets is what is known of Secrets: names only.
type secrets struct {
	// accounts are the ServiceAccounts whose token a Secret holds, by Secret; empty for one that holds none.
	accounts map[types.NamespacedName]string
	// tokens are the Secrets by the ServiceAccount whose token they hold.
	tokens map[types.NamespacedName]map[string]struct{}
}

func newSecrets() secrets {
	return secrets{accounts: make(map[types.NamespacedName]string), tokens: make(map[types.NamespacedName]map[string]struct{})}
}

// set records whose token a Secret holds, or forgets a Secret that is not known.
func (s *secrets) set(name types.NamespacedName, account string, known bool) {
	if old := s.accounts[name]; old != "" {
		remove(s.tokens, types.NamespacedName{Namespace: name.Namespace, Name: old}, name.Name)
	}
	delete(s.accounts, name)
	if !known {
		return
	}
	s.accounts[name] = account
	if account != "" {
		add(s.tokens, types.NamespacedName{Namespace: name.Namespace, Name: account}, name.Name)
	}
}

// TokenSecrets is what is known of the Secrets around a group of pods: whose long-lived token they hold, never what is in
// them.
type TokenSecrets struct {
	// State is how well Secrets can be read.
	State State
	// Accounts gives, by the name of a Secret that the pods refer to, the ServiceAccount whose token it holds; empty for one
	// that holds none. TokenOf knows what follows for the others.
	Accounts map[string]string
	// Own is the first, by name, of the Secrets with a token of the pods' own ServiceAccount; OwnCount counts them.
	Own      string
	OwnCount int
}

// TokenOf is the ServiceAccount whose token a Secret holds, empty where it holds none. known is false where that cannot be
// told.
func (t *TokenSecrets) TokenOf(secret string) (account string, known bool) {
	account, known = t.Accounts[secret]
	return account, known || t.State == Synced
}

// StripSecret leaves, of the metadata of a Secret, its name and the annotation that says whose token it holds, where the API
// server takes the token. It changes its argument. Annotations are no place free of secrets: the one in which kubectl keeps
// what was applied holds the values.
func StripSecret(object *metav1.PartialObjectMetadata) {
	stripped := metav1.ObjectMeta{Namespace: object.Namespace, Name: object.Name, ResourceVersion: object.ResourceVersion}
	if account := accountOf(object); account != "" {
		stripped.Annotations = map[string]string{corev1.ServiceAccountNameKey: account}
	}
	object.ObjectMeta = stripped
}

// accountOf is the ServiceAccount whose token a Secret of the type kubernetes.io/service-account-token holds; empty where
// the API server takes no such token. Anybody may write the annotation, so that it may say anything.
func accountOf(object *metav1.PartialObjectMetadata) string {
	account := object.Annotations[corev1.ServiceAccountNameKey]
	if object.DeletionTimestamp != nil || object.Labels[invalidSince] != "" || len(validation.IsDNS1123Subdomain(account)) > 0 {
		return ""
	}
	return account
}

// UpsertSecret records whose token a Secret of the type kubernetes.io/service-account-token holds. The metadata of a
// Secret without the annotation records that it holds none. Affected are the workloads that refer to the Secret, and those
// that run as the ServiceAccount.
//
// Edges: Secret -> ServiceAccount (accounts), and back (tokens).
func (s *Snapshot) UpsertSecret(object *metav1.PartialObjectMetadata) Affected {
	return s.setSecret(types.NamespacedName{Namespace: object.Namespace, Name: object.Name}, accountOf(object), true)
}

// DeleteSecret forgets a Secret.
func (s *Snapshot) DeleteSecret(name types.NamespacedName) Affected {
	return s.setSecret(name, "", false)
}

func (s *Snapshot) setSecret(name types.NamespacedName, account string, known bool) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, wasKnown := s.secrets.accounts[name]
	if wasKnown == known && old == account {
		return nil
	}
	s.revision++
	s.surroundings++
	s.secrets.set(name, account, known)
	changed := collector{}
	for key := range s.byNamespace[name.Namespace] {
		if s.refersTo(key, func(secret string) bool { return secret == name.Name }) ||
			old != "" && s.runsAs(key, old) || account != "" && s.runsAs(key, account) {
			changed.add(key)
		}
	}
	return changed.affected()
}

// actingAs lists the workloads that run as a ServiceAccount, and those that refer to a Secret with its token.
func (s *Snapshot) actingAs(account types.NamespacedName) Affected {
	changed := collector{}
	changed.add(s.usersOfServiceAccount(account)...)
	if secrets := s.secrets.tokens[account]; len(secrets) > 0 {
		for key := range s.byNamespace[account.Namespace] {
			if s.refersTo(key, func(secret string) bool { _, ok := secrets[secret]; return ok }) {
				changed.add(key)
			}
		}
	}
	return changed.affected()
}

// refersTo tells whether pods of the workload, their replacements, or those its template would make, refer to a Secret that
// is wanted.
func (s *Snapshot) refersTo(key Key, wanted func(secret string) bool) bool {
	refers := func(spec *corev1.PodSpec) (found bool) {
		eachSecret(spec, func(secret string) { found = found || wanted(secret) })
		return found
	}
	return s.anySpec(key, refers)
}

// tokenSecrets looks up the Secrets around pods.
func (s *Snapshot) tokenSecrets(namespace string, spec *corev1.PodSpec) TokenSecrets {
	out := TokenSecrets{State: s.sources[Secrets]}
	if len(s.secrets.accounts) == 0 {
		return out
	}
	eachSecret(spec, func(secret string) {
		account, known := s.secrets.accounts[types.NamespacedName{Namespace: namespace, Name: secret}]
		if !known {
			return
		}
		if out.Accounts == nil {
			out.Accounts = make(map[string]string)
		}
		out.Accounts[secret] = account
	})
	own := s.secrets.tokens[types.NamespacedName{Namespace: namespace, Name: ServiceAccountName(spec)}]
	out.OwnCount = len(own)
	for secret := range own {
		if out.Own == "" || secret < out.Own {
			out.Own = secret
		}
	}
	return out
}

// eachSecret visits the names of the Secrets that a spec hands to containers, by volumes and the environment. A name may
// come more than once.
func eachSecret(spec *corev1.PodSpec, visit func(secret string)) {
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if v.Secret != nil {
			visit(v.Secret.SecretName)
		}
		if v.Projected == nil {
			continue
		}
		for j := range v.Projected.Sources {
			if secret := v.Projected.Sources[j].Secret; secret != nil {
				visit(secret.Name)
			}
		}
	}
	EachContainer(spec, func(c *corev1.Container) { eachSecretOfEnvironment(c, visit) })
}

func eachSecretOfEnvironment(c *corev1.Container, visit func(secret string)) {
	for i := range c.EnvFrom {
		if ref := c.EnvFrom[i].SecretRef; ref != nil {
			visit(ref.Name)
		}
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.SecretKeyRef != nil {
			visit(from.SecretKeyRef.Name)
		}
	}
}
