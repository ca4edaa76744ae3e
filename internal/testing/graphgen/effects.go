package graphgen

import (
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
)

// right is a way to be dangerous, with its share among those that are.
type right struct {
	share     int
	cluster   bool
	privilege finding.CheckID
	leads     []finding.Consequence
	condition string
	named     bool
}

// dangerous is how many ServiceAccounts in a thousand have rights that an edge follows.
const dangerous = 30

func rights() []right {
	inNamespace := []finding.Consequence{finding.PodsOfNamespace, finding.SecretsOfNamespace}
	everywhere := []finding.Consequence{finding.PodsOfCluster, finding.SecretsOfCluster}
	return []right{
		{share: 25, privilege: "RBACCreateWorkloads", leads: inNamespace},
		{share: 20, privilege: "RBACExecIntoPods", leads: inNamespace},
		{share: 15, privilege: "RBACListSecrets", leads: []finding.Consequence{finding.SecretsOfNamespace}},
		{share: 8, privilege: "RBACRequestTokens", leads: []finding.Consequence{finding.PodsOfNamespace}},
		{share: 6, privilege: "RBACReadSecrets", leads: []finding.Consequence{finding.ValuableSecret}, named: true},
		{share: 5, cluster: true, privilege: "RBACListSecrets", leads: []finding.Consequence{finding.SecretsOfCluster}},
		{share: 4, privilege: "RBACBindClusterRolesInNamespace", leads: inNamespace},
		{share: 4, privilege: "RBACAddEphemeralContainers", leads: append([]finding.Consequence{finding.NodeRoot}, inNamespace...)},
		{share: 3, cluster: true, privilege: "RBACWriteNodes", leads: []finding.Consequence{finding.PodsOfCluster}, condition: "x"},
		{
			share: 3, cluster: true, privilege: "RBACWriteMutatingWebhooks", condition: "An endpoint must run.",
			leads: []finding.Consequence{finding.ClusterAdmin, finding.SecretsOfCluster},
		},
		{share: 2, cluster: true, privilege: "RBACCreatePods", leads: append([]finding.Consequence{finding.NodeRoot}, everywhere...)},
		{share: 2, cluster: true, privilege: "RBACProxyToNodes", leads: everywhere},
		{share: 1, cluster: true, privilege: "RBACImpersonateServiceAccounts", leads: everywhere},
		{share: 1, cluster: true, privilege: "RBACIssueClientCertificates", leads: []finding.Consequence{finding.ClusterAdmin}},
		{share: 1, cluster: true, privilege: "RBACClusterAdmin", leads: []finding.Consequence{finding.ClusterAdmin}},
	}
}

// effects are those of a ServiceAccount; most have none.
func (m *maker) effects(namespace, name string) []attackgraph.Effect {
	if m.rand.IntN(1000) >= dangerous {
		return nil
	}
	at := m.rand.IntN(100)
	all := rights()
	for i := range all {
		if at -= all[i].share; at < 0 {
			return all[i].effects(namespace, name)
		}
	}
	return nil
}

func (r *right) effects(namespace, name string) []attackgraph.Effect {
	binding := "RoleBinding " + namespace + "/" + name
	if r.cluster {
		namespace, binding = "", "ClusterRoleBinding "+name
	}
	effects := make([]attackgraph.Effect, len(r.leads))
	for i, c := range r.leads {
		effects[i] = attackgraph.Effect{
			Privilege: r.privilege, Consequence: c, Condition: r.condition, Namespace: namespace,
			Why: binding + " -> ClusterRole " + name + " rules[0]", Needs: []string{binding},
		}
		if r.named {
			effects[i].Names = []string{name + "-config"}
		}
	}
	return effects
}
