package attackgraph

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/rbac"
)

func TestEveryEdgeIsComplete(t *testing.T) {
	technique := regexp.MustCompile(`^T\d{4}(\.\d{3})?$`)
	row := regexp.MustCompile(`^[A-Z]\d{2}[a-z]?$`)
	seen := map[EdgeID]bool{}
	for _, e := range Registry() {
		if seen[e.ID] {
			t.Errorf("%s is registered twice", e.ID)
		}
		seen[e.ID] = true
		if slices.Contains([]string{e.Title, e.Why, e.Sources}, "") {
			t.Errorf("%s lacks a text", e.ID)
		}
		if len(e.Catalogue) == 0 || slices.ContainsFunc(e.Catalogue, func(r string) bool { return !row.MatchString(r) }) {
			t.Errorf("%s: rows of the catalogue %v", e.ID, e.Catalogue)
		}
		if len(e.ATTACK) == 0 || slices.ContainsFunc(e.ATTACK, func(id string) bool { return !technique.MatchString(id) }) {
			t.Errorf("%s: techniques %v", e.ID, e.ATTACK)
		}
		if len(e.From) == 0 || len(e.To) == 0 {
			t.Errorf("%s starts or ends nowhere", e.ID)
		}
		if (e.draw == nil) == (e.rights == nil) {
			t.Errorf("%s must have a way to be drawn, and one only", e.ID)
		}
	}
}

// Each edge has a file of its own, named after it, whose constructor is in the registry.
func TestEveryEdgeFileIsRegistered(t *testing.T) {
	files, err := filepath.Glob("edge_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, e := range Registry() {
		want = append(want, fileOf(e.ID))
		text, err := os.ReadFile(fileOf(e.ID))
		if err != nil || !strings.Contains(string(text), `"`+string(e.ID)+`"`) {
			t.Errorf("%s is not made in %s: %v", e.ID, fileOf(e.ID), err)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("files (-registry +found):\n%s", diff)
	}
}

func fileOf(id EdgeID) string {
	name := "edge"
	for _, r := range string(id) {
		if r >= 'A' && r <= 'Z' {
			name += "_"
		}
		name += strings.ToLower(string(r))
	}
	return name + ".go"
}

// The vertices between which an edge is drawn are of the kinds that it says.
func TestEdgesAreDrawnBetweenTheKindsTheySay(t *testing.T) {
	drawn := map[EdgeID][2]map[VertexKind]bool{}
	for _, c := range append(slices.Collect(maps.Values(edgeCases())), edgeCase{facts: otherKinds}) {
		g := New()
		c.facts(g)
		core := g.Solve().core
		for v := range int32(core.size()) {
			for _, a := range core.out(v) {
				e := &core.edges[a.edge]
				ends, ok := drawn[e.ID]
				if !ok {
					ends = [2]map[VertexKind]bool{{}, {}}
					drawn[e.ID] = ends
				}
				ends[0][core.vertex(v).Kind], ends[1][core.vertex(a.to).Kind] = true, true
			}
		}
	}
	for _, e := range Registry() {
		for i, said := range [2][]VertexKind{e.From, e.To} {
			for kind := range drawn[e.ID][i] {
				if !slices.Contains(said, kind) {
					t.Errorf("%s is drawn at a %s, which it does not say", e.ID, kind)
				}
			}
			for _, kind := range said {
				if !drawn[e.ID][i][kind] {
					t.Errorf("%s says %s, and no case has it", e.ID, kind)
				}
			}
		}
	}
}

// What RBAC gives and leads to pods, nodes, Secrets or cluster-admin has an edge, or a reason not to.
func TestEveryPrivilegeIsFollowed(t *testing.T) {
	notFollowed := map[finding.CheckID]string{
		"RBACClusterAdmin Named":             "gives nothing",
		"RBACStealPods ClusterAdmin":         "the graph finds what a stolen pod leads to",
		"RBACProxyToNodes NodeRoot":          "the graph finds which pods lead to nodes",
		"RBACProxyToNodes ClusterAdmin":      "the graph finds which pods lead to cluster-admin",
		"RBACListSecrets ClusterAdmin":       "TokenSecret: the graph knows whose tokens would do",
		"RBACReadSecrets ClusterAdmin":       "TokenSecret: the graph knows whose tokens would do",
		"RBACCreateBootstrapTokens NodeRead": "the identity of a new node, on which no pod runs",
		"RBACReadPodLogs NodeRead":           "ReadNode, of the pod that writes into the logs of its node",
		"RBACWriteDevices NodeRead":          "devices of other pods, no file of a node",
		"RBACWriteStorageClasses NodeRead":   "a directory that a provisioner makes",
	}
	wanted := []finding.Consequence{
		finding.ClusterAdmin, finding.NodeRoot, finding.NodeRead, finding.PodsOfCluster, finding.PodsOfNamespace,
		finding.SecretsOfCluster, finding.SecretsOfNamespace,
	}
	g := New()
	known := map[finding.CheckID]bool{}
	for _, p := range rbac.Registry() {
		known[p.ID] = true
		for _, e := range slices.Concat(p.Cluster, p.Namespace, p.Named) {
			_, excused := notFollowed[p.ID+" "+finding.CheckID(e.Consequence)]
			followed := slices.Contains(g.follows[p.ID], e.Consequence) || followsWith(g, p.ID, e.Consequence)
			if slices.Contains(wanted, e.Consequence) && followed == excused {
				t.Errorf("%s leads to %s: followed %v, excused %v", p.ID, e.Consequence, followed, excused)
			}
		}
	}
	for privilege := range g.follows {
		if !known[privilege] {
			t.Errorf("%s is followed and no privilege", privilege)
		}
	}
}

// followsWith: an effect on Secrets that comes with pods is followed over the pods.
func followsWith(g *Graph, privilege finding.CheckID, c finding.Consequence) bool {
	return (c == finding.SecretsOfCluster || c == finding.SecretsOfNamespace) &&
		slices.ContainsFunc(g.follows[privilege], func(followed finding.Consequence) bool {
			return followed == finding.PodsOfCluster || followed == finding.PodsOfNamespace
		})
}
