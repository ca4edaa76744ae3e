package attackgraph

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// EdgeID is the readable name of an edge: TakeNode, ExecIntoPods.
type EdgeID string

// Edge is a step that an attacker can take from vertices of one kind to vertices of another.
type Edge struct {
	ID EdgeID
	// Catalogue are the rows of the catalogue of primitives that the edge covers: N01, R07.
	Catalogue []string
	// ATTACK are the techniques of MITRE ATT&CK for Containers.
	ATTACK   []string
	From, To []VertexKind
	// Title says in a few words what the attacker does, Why what it means in a sentence or two.
	Title, Why string
	// Condition says what decides the edge where it is not certain by itself. Empty: it is as certain as what it is drawn from.
	Condition string
	// Sources are where the facts come from.
	Sources string

	// because is the reason of a step for which the facts give no field and no binding.
	because string
	flags   flags
	// rights are the effects that the edge follows, for edges that RBAC gives.
	rights []right
	// draw adds the edge wherever it holds; nil for those that rights describe.
	draw func(*drawing)
}

// Privileges are those whose effects the edge follows, none where it does not come of RBAC.
func (e *Edge) Privileges() []finding.CheckID {
	var all []finding.CheckID
	for _, r := range e.rights {
		for _, p := range r.privileges {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// right says where effects of some privileges lead.
type right struct {
	privileges   []finding.CheckID
	consequences []finding.Consequence
	// to is a hub, which is taken in the effect's namespace, or a vertex of which there is one.
	to VertexKind
	// named is where an effect that is limited to names leads instead. Nil: names are no limit.
	named func(*drawing, *heldEffect) []int32
	// resolved: what the names stand for is in the graph, so that a condition which says just that is void.
	resolved bool
	// only named effects lead anywhere.
	onlyNamed bool
}

// between lists the kinds at an end of an edge.
func between(kinds ...VertexKind) []VertexKind { return kinds }

// powers lists privileges.
func powers(ids ...finding.CheckID) []finding.CheckID { return ids }

func leadsToAdmin() []finding.Consequence { return []finding.Consequence{finding.ClusterAdmin} }

func leadsToPods() []finding.Consequence {
	return []finding.Consequence{finding.PodsOfCluster, finding.PodsOfNamespace}
}

func leadsToSecrets() []finding.Consequence {
	return []finding.Consequence{finding.SecretsOfCluster, finding.SecretsOfNamespace}
}

// leadsToNodes leaves MultiNode out: an effect that gives several nodes says so beside NodeRoot.
func leadsToNodes() []finding.Consequence { return []finding.Consequence{finding.NodeRoot} }
