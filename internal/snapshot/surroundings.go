package snapshot

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// Node is the projection of a node.
type Node struct {
	// ControlPlane is true where the node carries a label of a control-plane role.
	ControlPlane bool
	// CloudProvider is the scheme of spec.providerID: aws, gce, azure; empty where there is none.
	CloudProvider string
}

type node struct {
	Node
	addresses NodeAddresses
	known     bool // false while only pods speak of it
	pods      map[types.NamespacedName]*pod
}

// controlPlaneLabels mark nodes of the control plane; the second is the name from before Kubernetes 1.20.
var controlPlaneLabels = [...]string{"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"}

// UpsertNode records a node. The workloads of its pods are affected where its role or its cloud changes.
func (s *Snapshot) UpsertNode(object *corev1.Node) Affected {
	var fresh Node
	for _, label := range controlPlaneLabels {
		if _, ok := object.Labels[label]; ok {
			fresh.ControlPlane = true
		}
	}
	if scheme, _, ok := strings.Cut(object.Spec.ProviderID, "://"); ok {
		fresh.CloudProvider = scheme
	}
	return s.setNode(object.Name, fresh, addressesOf(object), true)
}

// DeleteNode forgets a node.
func (s *Snapshot) DeleteNode(name string) Affected {
	return s.setNode(name, Node{}, NodeAddresses{}, false)
}

func (s *Snapshot) setNode(name string, fresh Node, addresses NodeAddresses, known bool) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.ensureNode(name)
	changed := collector{}
	if n.known != known || n.Node != fresh {
		s.surroundings++
	}
	if !n.addresses.same(&addresses) {
		s.addressing++
		n.addresses = addresses
	}
	if n.known != known {
		s.revision++
		n.known = known
	}
	if n.Node != fresh {
		s.revision++
		had := s.controlPlaneNodes > 0
		s.controlPlaneNodes += count(fresh.ControlPlane) - count(n.ControlPlane)
		n.Node = fresh
		for _, p := range n.pods {
			changed.add(p.workload)
		}
		if had != (s.controlPlaneNodes > 0) {
			// Whether there is a control-plane node at all concerns every pod that might be placed on one.
			changed.addAll(s.workloads)
		}
	}
	s.releaseNode(name)
	return changed.affected()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Snapshot) ensureNode(name string) *node {
	if s.nodes[name] == nil {
		s.nodes[name] = &node{pods: make(map[types.NamespacedName]*pod)}
	}
	return s.nodes[name]
}

func (s *Snapshot) releaseNode(name string) {
	if n := s.nodes[name]; n != nil && !n.known && len(n.pods) == 0 {
		delete(s.nodes, name)
	}
}

// ServiceAccount is what is kept of one.
type ServiceAccount struct {
	// Automount is automountServiceAccountToken; nil where unset.
	Automount *bool
	// ImagePullSecrets are the names of the Secrets that pods get from it, where they name none themselves.
	ImagePullSecrets []string
	// Secrets are the names of those that pods may name, beside ImagePullSecrets, where OnlyListed refuses them all others:
	// the annotation kubernetes.io/enforce-mountable-secrets, deprecated since Kubernetes 1.32.
	Secrets    []string
	OnlyListed bool
}

// OnlyListedSecrets is the annotation of a ServiceAccount that sets OnlyListed.
const OnlyListedSecrets = "kubernetes.io/enforce-mountable-secrets"

// UpsertServiceAccount records a ServiceAccount. The workloads that use it are affected.
func (s *Snapshot) UpsertServiceAccount(object *corev1.ServiceAccount) Affected {
	fresh := &ServiceAccount{Automount: object.AutomountServiceAccountToken}
	for _, ref := range object.ImagePullSecrets {
		fresh.ImagePullSecrets = append(fresh.ImagePullSecrets, ref.Name)
	}
	if fresh.OnlyListed, _ = strconv.ParseBool(object.Annotations[OnlyListedSecrets]); fresh.OnlyListed {
		for i := range object.Secrets {
			fresh.Secrets = append(fresh.Secrets, object.Secrets[i].Name)
		}
	}
	return s.setServiceAccount(types.NamespacedName{Namespace: object.Namespace, Name: object.Name}, fresh)
}

// DeleteServiceAccount forgets a ServiceAccount.
func (s *Snapshot) DeleteServiceAccount(name types.NamespacedName) Affected {
	return s.setServiceAccount(name, nil)
}

func (s *Snapshot) setServiceAccount(name types.NamespacedName, fresh *ServiceAccount) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serviceAccounts[name].same(fresh) {
		return nil
	}
	s.revision++
	if fresh == nil || s.serviceAccounts[name] == nil {
		s.surroundings++
	}
	if fresh == nil {
		delete(s.serviceAccounts, name)
	} else {
		s.serviceAccounts[name] = fresh
	}
	return s.usersOfServiceAccount(name)
}

func (a *ServiceAccount) same(other *ServiceAccount) bool {
	if a == nil || other == nil {
		return a == other
	}
	return ptr.Equal(a.Automount, other.Automount) && a.OnlyListed == other.OnlyListed &&
		slices.Equal(a.ImagePullSecrets, other.ImagePullSecrets) && slices.Equal(a.Secrets, other.Secrets)
}

func (s *Snapshot) usersOfServiceAccount(name types.NamespacedName) Affected {
	changed := collector{}
	for key := range s.byNamespace[name.Namespace] {
		if s.runsAs(key, name.Name) {
			changed.add(key)
		}
	}
	return changed.affected()
}
