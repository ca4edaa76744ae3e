package assess

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/rbac"
)

// effectsFor are what rights lead to, one for each namespace, as the attack graph takes them.
func effectsFor(rights *rbac.Rights, env *rbac.Environment) []attackgraph.Effect {
	held := rights.Privileges(env)
	var out []attackgraph.Effect
	for i := range held {
		h := &held[i]
		why, needs := provenance(h.Grants)
		for _, e := range h.Effects {
			namespaces := e.Namespaces
			if len(namespaces) == 0 {
				namespaces = h.Namespaces
			}
			if len(namespaces) == 0 {
				namespaces = []string{""}
			}
			for _, namespace := range namespaces {
				out = append(out, attackgraph.Effect{
					Privilege: h.Privilege.ID, Consequence: e.Consequence, Condition: e.Condition,
					Namespace: namespace, Names: h.ResourceNames, Why: why, Needs: needs,
				})
			}
		}
	}
	return out
}

// provenance names the first grant, and the binding that all of them come from where there is only one.
func provenance(grants []rbac.Grant) (why string, needs []string) {
	if len(grants) == 0 {
		return "", nil
	}
	first := &grants[0]
	why = fmt.Sprintf("%s -> %s rules[%d]", first.Binding, first.Role, first.RuleIndex)
	for i := range grants {
		if grants[i].Binding != first.Binding {
			return why, nil
		}
	}
	return why, []string{first.Binding.String()}
}

// kubelets is the group of every kubelet; users begins the name of one.
const (
	kubelets = "system:nodes"
	kubelet  = "system:node:"
)

// observeAccounts tells the graph what the rights of ServiceAccounts lead to.
func (e *Engine) observeAccounts(accounts []types.NamespacedName, env *rbac.Environment) (changed bool) {
	for _, account := range accounts {
		rights := e.Grants.Resolve(rbac.ServiceAccount(account.Namespace, account.Name))
		changed = e.Graph.SetServiceAccount(account.Namespace, account.Name, effectsFor(&rights, env)) || changed
	}
	return changed
}

// observeNodes tells the graph which nodes there are, and what bindings give to their kubelets besides what these may do
// anyhow.
func (e *Engine) observeNodes(env *rbac.Environment) (changed bool) {
	group := e.Grants.Resolve(rbac.Group(kubelets))
	shared := effectsFor(&group, env)
	nodes := e.Snapshot.NodeNames()
	for name, n := range nodes {
		own := e.Grants.Resolve(rbac.User(kubelet + name))
		effects := append(shared[:len(shared):len(shared)], effectsFor(&own, env)...)
		changed = e.Graph.SetNode(name, attackgraph.Node{ControlPlane: n.ControlPlane, Kubelet: effects}) || changed
	}
	for name := range e.nodes {
		if _, there := nodes[name]; !there {
			changed = e.Graph.DeleteNode(name) || changed
		}
	}
	e.nodes = nodes
	return changed
}

// admins are the namespaces that hold a ServiceAccount which is cluster-admin; the empty one stands for any.
func admins(grants *rbac.Index, namespaces []types.NamespacedName) map[string]bool {
	out := make(map[string]bool)
	for _, subject := range grants.ClusterAdmins() {
		switch {
		case subject.Kind == rbacv1.ServiceAccountKind:
			out[subject.Namespace], out[""] = true, true
		case subject == rbac.Group(rbac.GroupServiceAccounts), subject == rbac.Group(rbac.GroupAuthenticated):
			for _, account := range namespaces {
				out[account.Namespace], out[""] = true, true
			}
		}
	}
	return out
}
