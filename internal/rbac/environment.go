package rbac

import "slices"

// PodSecurityLevel is what Pod Security enforces in a namespace. Empty: not known.
type PodSecurityLevel string

// The levels, loosest first.
const (
	PodSecurityUnknown    PodSecurityLevel = ""
	PodSecurityPrivileged PodSecurityLevel = "privileged"
	PodSecurityBaseline   PodSecurityLevel = "baseline"
	PodSecurityRestricted PodSecurityLevel = "restricted"
)

// Environment is what the effects of a privilege depend on and RBAC does not say. The zero value knows nothing: effects
// that need to know are then conditional, never absent.
type Environment struct {
	// PodSecurity gives the level that a namespace enforces; for the empty namespace the loosest of the cluster.
	PodSecurity func(namespace string) PodSecurityLevel
	// Untold names the namespace for which the loosest level is not known; empty where there is no such one.
	Untold string
	// HasClusterAdmin tells whether a ServiceAccount of a namespace is cluster-admin; for the empty namespace, of any.
	HasClusterAdmin func(namespace string) bool
	// Admins are users and groups that are known to be cluster-admin, see Index.ClusterAdmins.
	Admins []Subject
	// AWS tells whether the nodes' providerID is one of aws.
	AWS bool
}

// The conditions that turn up in more than one privilege.
const (
	conditionPodSecurity = "Pod Security of the namespace must admit privileged pods; its level is not known."
	conditionSomewhere   = "Pod Security of a namespace must admit privileged pods; the levels of some are not known."
	conditionAdminHere   = "A ServiceAccount in reach must be cluster-admin; which ones are is not known."
)

// withNode adds what the creation of pods means for nodes: root where Pod Security admits a privileged pod.
func (e *Environment) withNode(r *Rights, h *Held) {
	if h.Cluster() {
		switch e.podSecurity("") {
		case PodSecurityPrivileged:
			h.add(nodeEffects("", nil)...)
		case PodSecurityUnknown:
			h.add(nodeEffects(conditionOf(e.Untold), nil)...)
		case PodSecurityBaseline, PodSecurityRestricted:
			if untold, ok := e.untoldOf(r); ok {
				h.add(nodeEffects(conditionOf(untold), nil)...)
			}
		}
		return
	}
	var open, unknown []string
	for _, namespace := range h.Namespaces {
		switch e.podSecurity(namespace) {
		case PodSecurityPrivileged:
			open = append(open, namespace)
		case PodSecurityUnknown:
			unknown = append(unknown, namespace)
		case PodSecurityBaseline, PodSecurityRestricted:
		}
	}
	if len(open) > 0 {
		h.add(nodeEffects("", h.unlessAll(open))...)
	} else if len(unknown) > 0 {
		h.add(nodeEffects(conditionPodSecurity, h.unlessAll(unknown))...)
	}
}

// conditionOf is the condition on which a privileged pod is admitted somewhere in a cluster, one of whose namespaces nobody tells of.
func conditionOf(untold string) string {
	if untold == "" {
		return conditionSomewhere
	}
	return "Pod Security of namespace " + untold + " must admit privileged pods; its level is not known."
}

// untoldOf is the first of the namespaces named by the RoleBindings of a subject whose level is not known: it is there, whatever
// else is.
func (e *Environment) untoldOf(r *Rights) (namespace string, ok bool) {
	for _, entry := range r.set.entries {
		if entry.namespace != "" && entry.namespace != namespace {
			namespace = entry.namespace
			if e.podSecurity(namespace) == PodSecurityUnknown {
				return namespace, true
			}
		}
	}
	return "", false
}

// unlessAll is nil where the namespaces are all of those of the privilege.
func (h *Held) unlessAll(namespaces []string) []string {
	if len(namespaces) == len(h.Namespaces) {
		return nil
	}
	return namespaces
}

func (e *Environment) podSecurity(namespace string) PodSecurityLevel {
	if e.PodSecurity == nil {
		return PodSecurityUnknown
	}
	return e.PodSecurity(namespace)
}

// withIdentities adds cluster-admin where an identity within reach has it.
func (e *Environment) withIdentities(h *Held, condition string) {
	if e.HasClusterAdmin == nil {
		if len(h.Namespaces) == 0 || slices.Contains(h.Namespaces, systemNamespace) {
			h.add(Effect{Consequence: clusterAdmin, Condition: firstOf(condition, conditionAdminHere)})
		}
		return
	}
	if len(h.Namespaces) == 0 {
		if e.HasClusterAdmin("") {
			h.add(Effect{Consequence: clusterAdmin, Condition: condition})
		}
		return
	}
	var holding []string
	for _, namespace := range h.Namespaces {
		if e.HasClusterAdmin(namespace) {
			holding = append(holding, namespace)
		}
	}
	if len(holding) > 0 {
		h.add(Effect{Consequence: clusterAdmin, Condition: condition, Namespaces: h.unlessAll(holding)})
	}
}

// knowsAdmin tells whether a cluster-admin of a kind is known.
func (e *Environment) knowsAdmin(kinds ...string) bool {
	return slices.ContainsFunc(e.Admins, func(s Subject) bool {
		return slices.Contains(kinds, s.Kind) && s != Group(GroupMasters)
	})
}
