package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Network is a set of pods that no NetworkPolicy and no Service can tell apart.
type Network struct {
	// Labels belong to all who read them.
	Labels map[string]string
	Spec   *corev1.PodSpec
	// Pods is how many there are.
	Pods int
}

// networks groups the pods that are alive, which are in order; where there is none, the pods that a template would make are one
// group of none.
func networks(alive []*pod, owner *Owner) []Network {
	type likeness struct {
		labels *labels.Set
		spec   *corev1.PodSpec
	}
	var out []Network
	groups := make(map[likeness]int)
	for _, p := range alive {
		like := likeness{p.labels, p.spec.Rules}
		i, known := groups[like]
		if !known {
			i, groups[like] = len(out), len(out)
			out = append(out, Network{Labels: *p.labels, Spec: p.spec.Rules})
		}
		out[i].Pods++
	}
	if len(out) == 0 && owner != nil && owner.Template != nil {
		return []Network{{Labels: owner.Template.Labels, Spec: owner.Template.Spec.Rules}}
	}
	// Groups that this does not tell apart stay in the order of their first pods.
	slices.SortStableFunc(out, func(a, b Network) int {
		if c := strings.Compare(labels.FormatLabels(a.Labels), labels.FormatLabels(b.Labels)); c != 0 {
			return c
		}
		return strings.Compare(namesOf(a.Spec), namesOf(b.Spec))
	})
	return out
}

// namesOf tells specs apart that pods with the same labels have.
func namesOf(spec *corev1.PodSpec) string {
	var names []string
	for i := range spec.Containers {
		names = append(names, spec.Containers[i].Name+"="+spec.Containers[i].Image)
	}
	return strings.Join(names, ",")
}

// NodeNames lists the nodes that are known, by name, with what is known of them.
func (s *Snapshot) NodeNames() map[string]Node {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[string]Node, len(s.nodes))
	for name, n := range s.nodes {
		if n.known {
			out[name] = n.Node
		}
	}
	return out
}

// TokenSecretsOf lists the Secrets of a namespace that are known to hold a token, by name, with whose.
func (s *Snapshot) TokenSecretsOf(namespace string) map[string]string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[string]string)
	for secret, account := range s.secrets.accounts {
		if secret.Namespace == namespace {
			out[secret.Name] = account
		}
	}
	return out
}

// Accounts lists the ServiceAccounts that are known, in no order.
func (s *Snapshot) Accounts() []types.NamespacedName {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Keys(s.serviceAccounts))
}

// UsedAccounts lists the ServiceAccounts that pods or templates name, whether or not they exist, with the workloads of these.
func (s *Snapshot) UsedAccounts() map[types.NamespacedName][]Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[types.NamespacedName][]Key)
	for key := range s.workloads {
		s.anySpec(key, func(spec *corev1.PodSpec) bool {
			account := types.NamespacedName{Namespace: key.Namespace, Name: ServiceAccountName(spec)}
			if users := out[account]; len(users) == 0 || users[len(users)-1] != key {
				out[account] = append(users, key)
			}
			return false
		})
	}
	return out
}

// TokenSecretNamespaces lists the namespaces with Secrets that are known to hold a token, in order.
func (s *Snapshot) TokenSecretNamespaces() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make(map[string]struct{})
	for secret := range s.secrets.accounts {
		all[secret.Namespace] = struct{}{}
	}
	return slices.Sorted(maps.Keys(all))
}
