package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/snapshot"
)

// toUsage is the usage of --to.
const toUsage = "Target: node/NAME, secret/NAMESPACE/NAME or cluster-admin."

// targets are the beginnings that a shell offers for --to.
func targets() []string { return []string{reach.ClusterAdmin, "node/", "secret/"} }

// graphSources are what a picture of the attack graph, or a list of who gets somewhere, cannot do without: unlike an answer
// it cannot say that something is Unknown.
func graphSources() []snapshot.Source {
	return []snapshot.Source{
		snapshot.Pods, snapshot.Nodes, snapshot.ServiceAccounts,
		snapshot.Roles, snapshot.ClusterRoles, snapshot.RoleBindings, snapshot.ClusterRoleBindings,
	}
}

// target reads the value of --to.
func target(to string) (reach.Question, error) {
	kind, rest, _ := strings.Cut(to, "/")
	switch {
	case to == reach.ClusterAdmin:
		return reach.ToClusterAdmin(), nil
	case kind == "secret" || kind == "secrets":
		namespace, name, _ := strings.Cut(rest, "/")
		if !isName(namespace) || !isName(name) {
			return reach.Question{}, fmt.Errorf("--to %q: a Secret is written as secret/NAMESPACE/NAME", to)
		}
		return reach.ToSecret(namespace, name), nil
	case kind == "node" || kind == "nodes":
		if !isName(rest) {
			return reach.Question{}, fmt.Errorf("--to %q: a Node is written as node/NAME", to)
		}
		return reach.ToNode(rest), nil
	default:
		return reach.Question{}, fmt.Errorf("--to %q: must be node/NAME, secret/NAMESPACE/NAME or %s", to, reach.ClusterAdmin)
	}
}

func isName(s string) bool { return s != "" && len(content.IsPathSegmentName(s)) == 0 }

// known refuses a node that nothing is known of: that nobody gets there would look safe.
func known(engine *assess.Engine, q *reach.Question) error {
	v := q.Target()
	if v.Kind != attackgraph.KindNode || engine.Solution().Reaching(v) != nil {
		return nil
	}
	nodes := slices.Sorted(maps.Keys(engine.Snapshot.NodeNames()))
	likely := slices.DeleteFunc(nodes, func(name string) bool { return !alike(v.Object.Name, name) })
	if len(likely) > nearNames {
		likely = likely[:nearNames]
	}
	if len(likely) == 0 {
		return fmt.Errorf("--to %s: there is no such Node in what was read", q.To)
	}
	return fmt.Errorf("--to %s: there is no such Node in what was read; near: %s", q.To, strings.Join(likely, ", "))
}
