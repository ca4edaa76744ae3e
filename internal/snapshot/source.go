package snapshot

import (
	"cmp"
	"slices"
	"strings"
)

// Source is a kind of object that the audit reads.
type Source string

// The sources. Their names are those of the resources.
const (
	Pods                   Source = "pods"
	ServiceAccounts        Source = "serviceaccounts"
	Namespaces             Source = "namespaces"
	Nodes                  Source = "nodes"
	PersistentVolumes      Source = "persistentvolumes"
	Deployments            Source = "deployments"
	ReplicaSets            Source = "replicasets"
	StatefulSets           Source = "statefulsets"
	DaemonSets             Source = "daemonsets"
	Jobs                   Source = "jobs"
	CronJobs               Source = "cronjobs"
	ReplicationControllers Source = "replicationcontrollers"
	Roles                  Source = "roles"
	ClusterRoles           Source = "clusterroles"
	RoleBindings           Source = "rolebindings"
	ClusterRoleBindings    Source = "clusterrolebindings"
	// Secrets are read by their metadata only, and only where the operator asks for it.
	Secrets         Source = "secrets"
	LimitRanges     Source = "limitranges"
	ResourceQuotas  Source = "resourcequotas"
	PriorityClasses Source = "priorityclasses"
	RuntimeClasses  Source = "runtimeclasses"

	NetworkPolicies Source = "networkpolicies"
	Services        Source = "services"
	Ingresses       Source = "ingresses"

	ValidatingAdmissionPolicies       Source = "validatingadmissionpolicies"
	ValidatingAdmissionPolicyBindings Source = "validatingadmissionpolicybindings"
	MutatingAdmissionPolicies         Source = "mutatingadmissionpolicies"
	MutatingAdmissionPolicyBindings   Source = "mutatingadmissionpolicybindings"
	ValidatingWebhookConfigurations   Source = "validatingwebhookconfigurations"
	MutatingWebhookConfigurations     Source = "mutatingwebhookconfigurations"

	// AdminNetworkPolicies and those after it are of kinds that somebody has to install: they carry their group.
	AdminNetworkPolicies              Source = "adminnetworkpolicies.policy.networking.k8s.io"
	BaselineAdminNetworkPolicies      Source = "baselineadminnetworkpolicies.policy.networking.k8s.io"
	CalicoGlobalNetworkPolicies       Source = "globalnetworkpolicies.crd.projectcalico.org"
	CalicoNetworkPolicies             Source = "networkpolicies.crd.projectcalico.org"
	CiliumClusterwideNetworkPolicies  Source = "ciliumclusterwidenetworkpolicies.cilium.io"
	CiliumNetworkPolicies             Source = "ciliumnetworkpolicies.cilium.io"
	ClusterNetworkPolicies            Source = "clusternetworkpolicies.policy.networking.k8s.io"
	GRPCRoutes                        Source = "grpcroutes.gateway.networking.k8s.io"
	HTTPRoutes                        Source = "httproutes.gateway.networking.k8s.io"
	ReferenceGrants                   Source = "referencegrants.gateway.networking.k8s.io"
	ServedCalicoGlobalNetworkPolicies Source = "globalnetworkpolicies.projectcalico.org"
	ServedCalicoNetworkPolicies       Source = "networkpolicies.projectcalico.org"
	TCPRoutes                         Source = "tcproutes.gateway.networking.k8s.io"
	TLSRoutes                         Source = "tlsroutes.gateway.networking.k8s.io"
	UDPRoutes                         Source = "udproutes.gateway.networking.k8s.io"
)

// OtherPolicies lists the sources of policies that decide over connections beside NetworkPolicies, by name.
func OtherPolicies() []Source {
	return []Source{
		AdminNetworkPolicies, BaselineAdminNetworkPolicies, CiliumClusterwideNetworkPolicies, CiliumNetworkPolicies,
		ClusterNetworkPolicies, CalicoGlobalNetworkPolicies, ServedCalicoGlobalNetworkPolicies, CalicoNetworkPolicies,
		ServedCalicoNetworkPolicies,
	}
}

// Routes lists the sources of the Gateway API, by name.
func Routes() []Source {
	return []Source{GRPCRoutes, HTTPRoutes, ReferenceGrants, TCPRoutes, TLSRoutes, UDPRoutes}
}

// Sources lists every source, by name.
func Sources() []Source {
	all := append(OtherPolicies(), Routes()...)
	all = append(all,
		ClusterRoleBindings, ClusterRoles, CronJobs, DaemonSets, Deployments, Ingresses, Jobs, LimitRanges,
		MutatingAdmissionPolicies, MutatingAdmissionPolicyBindings, MutatingWebhookConfigurations, Namespaces, NetworkPolicies,
		Nodes, PersistentVolumes, Pods, PriorityClasses, ReplicaSets, ReplicationControllers, ResourceQuotas, RoleBindings,
		Roles, RuntimeClasses, Secrets, ServiceAccounts, Services, StatefulSets, ValidatingAdmissionPolicies,
		ValidatingAdmissionPolicyBindings,
		ValidatingWebhookConfigurations,
	)
	slices.Sort(all)
	return all
}

// Optional tells whether an API server that does not serve the kind has nothing of it: MutatingAdmissionPolicies are served
// from Kubernetes 1.36 on, and before that, as v1beta1, where it is told to; others where somebody installed them.
func (s Source) Optional() bool {
	return s == MutatingAdmissionPolicies || s == MutatingAdmissionPolicyBindings || s.Installed()
}

// Installed tells whether a cluster has the kind only where somebody installed it.
func (s Source) Installed() bool { return strings.Contains(string(s), ".") }

// State is how well a source can be read.
type State string

// The states of a source.
const (
	// NotSynced says that the source has not been read completely yet.
	NotSynced State = "NotSynced"
	// Synced says that the source is read and followed.
	Synced State = "Synced"
	// Forbidden says that the API server refuses to let us read it.
	Forbidden State = "Forbidden"
	// Missing says that the API server does not serve it.
	Missing State = "Missing"
	// Unreachable says that what serves the source does not answer, as an API server of an extension that is down. Nothing
	// waits for it.
	Unreachable State = "Unreachable"
	// NotGiven says that the audit reads files, and that they do not hold such objects by nature.
	NotGiven State = "NotGiven"
	// NotEnabled says that the operator has not asked for the source. Nobody tries to read it, and nothing waits for it.
	NotEnabled State = "NotEnabled"
)

// SourceStatus is a source with its state.
type SourceStatus struct {
	Source Source
	State  State
}

// Lacking tells whether something of the source may exist that is not known.
func (s SourceStatus) Lacking() bool { return s.State.lacking(s.Source) }

// settled tells whether waiting longer is no use: the source is read, or is known to be out of reach.
func (s State) settled() bool { return s != NotSynced }

// SetSource records the state of a source. Every workload is affected where the state changes.
func (s *Snapshot) SetSource(source Source, state State) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sources[source] == state {
		return nil
	}
	s.sources[source] = state
	s.revision++
	s.levels.copied = nil // It may be known now that there are no other namespaces.
	changed := collector{}
	if _, ok := readOwnerKinds[source]; ok {
		s.resolveAll(changed)
	}
	changed.addAll(s.workloads)
	return changed.affected()
}

// State is the state of a source.
func (s *Snapshot) State(source Source) State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sources[source]
}

// SourceStates lists every source with its state, by name.
func (s *Snapshot) SourceStates() []SourceStatus {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sourceStates()
}

func (s *Snapshot) sourceStates() []SourceStatus {
	states := make([]SourceStatus, 0, len(s.sources))
	for source, state := range s.sources {
		states = append(states, SourceStatus{Source: source, State: state})
	}
	slices.SortFunc(states, func(a, b SourceStatus) int { return cmp.Compare(a.Source, b.Source) })
	return states
}

// Settled tells whether every source is read, or known to be out of reach. Before that nothing may be published: a pod
// whose owner has not arrived yet would be taken for somebody else's.
func (s *Snapshot) Settled() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, state := range s.sources {
		if !state.settled() {
			return false
		}
	}
	return true
}

// lacking tells whether something of the source may exist that is not known.
func (s State) lacking(source Source) bool {
	return s != Synced && s != NotGiven && s != NotEnabled && (s != Missing || !source.Optional())
}

// unavailable lists the sources that should be read and cannot be, by name.
func (s *Snapshot) unavailable() []SourceStatus {
	var out []SourceStatus
	for _, source := range Sources() {
		if state := s.sources[source]; state.lacking(source) {
			out = append(out, SourceStatus{Source: source, State: state})
		}
	}
	return out
}

func (s *Snapshot) notGiven() []Source {
	var out []Source
	for _, source := range Sources() {
		if s.sources[source] == NotGiven {
			out = append(out, source)
		}
	}
	return out
}

// States lists every state of a source.
func States() []State {
	return []State{Forbidden, Missing, NotEnabled, NotGiven, NotSynced, Synced, Unreachable}
}
