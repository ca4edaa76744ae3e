package snapshot

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
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
	known bool // false while only pods speak of it
	pods  map[types.NamespacedName]*pod
}

// Namespace is the projection of a namespace.
type Namespace struct {
	Terminating bool
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
	return s.setNode(object.Name, fresh, true)
}

// DeleteNode forgets a node.
func (s *Snapshot) DeleteNode(name string) Affected { return s.setNode(name, Node{}, false) }

func (s *Snapshot) setNode(name string, fresh Node, known bool) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.ensureNode(name)
	changed := collector{}
	n.known = known
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

// UpsertNamespace records a namespace. It affects no workload: no view reads its namespace yet.
func (s *Snapshot) UpsertNamespace(object *corev1.Namespace) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := Namespace{Terminating: object.DeletionTimestamp != nil}
	if old := s.namespaces[object.Name]; old != nil && *old == fresh {
		return nil
	}
	s.revision++
	s.namespaces[object.Name] = &fresh
	return nil
}

// DeleteNamespace forgets a namespace.
func (s *Snapshot) DeleteNamespace(name string) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.namespaces[name] == nil {
		return nil
	}
	s.revision++
	delete(s.namespaces, name)
	return nil
}

// UpsertServiceAccount records whether a ServiceAccount mounts its token. The workloads that use it are affected.
func (s *Snapshot) UpsertServiceAccount(object *corev1.ServiceAccount) Affected {
	name := types.NamespacedName{Namespace: object.Namespace, Name: object.Name}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setAutomount(name, object.AutomountServiceAccountToken)
}

// DeleteServiceAccount forgets a ServiceAccount.
func (s *Snapshot) DeleteServiceAccount(name types.NamespacedName) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.setAutomount(name, nil)
}

// setAutomount keeps what is set only: unknown and unset mean the same to the rules.
func (s *Snapshot) setAutomount(name types.NamespacedName, automount *bool) Affected {
	if equalBool(s.serviceAccounts[name], automount) {
		return nil
	}
	s.revision++
	if automount == nil {
		delete(s.serviceAccounts, name)
	} else {
		s.serviceAccounts[name] = automount
	}
	return s.usersOfServiceAccount(name)
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

func equalBool(a, b *bool) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}
