package assess

import (
	"fmt"
	"slices"

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
		for _, e := range h.Effects {
			namespaces := e.Namespaces
			if len(namespaces) == 0 {
				namespaces = h.Namespaces
			}
			if len(namespaces) == 0 {
				namespaces = []string{""}
			}
			for _, namespace := range namespaces {
				why, needs := provenance(h.Grants, namespace)
				out = append(out, attackgraph.Effect{
					Privilege: h.Privilege.ID, Consequence: e.Consequence, Condition: e.Condition,
					Namespace: namespace, Names: h.ResourceNames, Why: why, Needs: needs,
				})
			}
		}
	}
	return out
}

// provenance names the first of the grants that count in a namespace, and the binding that all of them come from where there
// is only one: without it the effect is gone.
func provenance(grants []rbac.Grant, namespace string) (why string, needs []string) {
	var first *rbac.Grant
	for i := range grants {
		g := &grants[i]
		switch {
		case g.Binding.Namespace != "" && g.Binding.Namespace != namespace:
		case first == nil:
			first, needs = g, []string{g.Binding.String()}
		case g.Binding != first.Binding:
			needs = nil
		}
	}
	if first == nil {
		return "", nil
	}
	return fmt.Sprintf("%s -> %s rules[%d]", first.Binding, first.Role, first.RuleIndex), needs
}

// kubelets is the group of every kubelet; users begins the name of one.
const (
	kubelets = "system:nodes"
	kubelet  = "system:node:"
)

// observeAccounts tells the graph what the rights of ServiceAccounts lead to.
func (e *Engine) observeAccounts(accounts []types.NamespacedName, env *rbac.Environment) (changed bool) {
	for _, account := range accounts {
		e.accounts[account] = struct{}{}
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
		effects := append(slices.Clip(shared), effectsFor(&own, env)...)
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
