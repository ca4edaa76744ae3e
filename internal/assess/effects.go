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
		origins := originsOf(h.Grants)
		for _, e := range h.Effects {
			namespaces := e.Namespaces
			if len(namespaces) == 0 {
				namespaces = h.Namespaces
			}
			if len(namespaces) == 0 {
				namespaces = []string{""}
			}
			for _, namespace := range namespaces {
				why, needs := provenance(h.Grants, origins, namespace)
				out = append(out, attackgraph.Effect{
					Privilege: h.Privilege.ID, Consequence: e.Consequence, Condition: e.Condition,
					Namespace: namespace, Names: h.ResourceNames, Why: why, Needs: needs,
				})
			}
		}
	}
	return out
}

// origin is what the grants of one scope come from.
type origin struct {
	// first is an index.
	first int
	// several says that they come from more than one binding.
	several bool
}

// originsOf are those of each namespace, and under no name that of the grants that count everywhere. One walk serves all
// namespaces: a ServiceAccount that is bound in each of thousands has as many grants as namespaces.
func originsOf(grants []rbac.Grant) map[string]origin {
	out := make(map[string]origin)
	for i := range grants {
		binding := &grants[i].Binding
		known, is := out[binding.Namespace]
		if !is {
			known.first = i
		}
		known.several = known.several || *binding != grants[known.first].Binding
		out[binding.Namespace] = known
	}
	return out
}

// provenance names the first of the grants that count in a namespace, and the binding that all of them come from where there
// is only one: without it the effect is gone.
func provenance(grants []rbac.Grant, origins map[string]origin, namespace string) (why string, needs []string) {
	from, is := origins[namespace]
	if everywhere, also := origins[""]; also && namespace != "" {
		if !is {
			from = everywhere
		} else {
			from = origin{min(from.first, everywhere.first), true}
		}
		is = true
	}
	if !is {
		return "", nil
	}
	first := &grants[from.first]
	if !from.several {
		needs = []string{first.Binding.String()}
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
