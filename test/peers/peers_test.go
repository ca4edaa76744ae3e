package peers

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/testing/golden"
)

// attacks are the rules of other tools, one a line: tool, severity, name, what it asks for, rows of our catalogue, note. They
// were read in the tools' own repositories: KubeHound 53da187, IceKube 1c8d327, rbac-police 1ec5d02, KubiScan 0a10ee1, rbac-tool
// a0b8c03, regolibrary ce7ef32, badPods fadd08c.
//
//go:embed testdata/attacks.tsv
var attacks string

// row is a rule of another tool: what it warns of, and what Daysix finds in it.
type row struct {
	peer, name string
	given      given
	// want are checks, privileges, special subjects and edges; none where a note says why.
	want string
	note string
}

func rows() []row { return slices.Concat(attackGraphRows(), rbacRows(), controlRows()) }

// exposure stands for the field of a report.
const exposure = "Exposure"

// pages are those of everything that can be found, by its name; edges are steps of paths and not findings.
func pages() (found, steps map[string]string) {
	found, steps = map[string]string{exposure: "network.md#exposure"}, map[string]string{}
	for _, c := range posture.Registry() {
		found[string(c.ID)] = "checks/" + string(c.ID) + ".md"
	}
	for _, p := range rbac.Registry() {
		found[string(p.ID)] = "privileges/" + string(p.ID) + ".md"
	}
	for _, p := range rbac.Principals() {
		found[p.Catalogue] = "privileges/README.md#subjects-that-make-a-binding-special"
	}
	for _, c := range assess.JoinedChecks() {
		found[string(c.ID)] = "paths/" + string(c.ID) + ".md"
	}
	for _, e := range attackgraph.Registry() {
		steps[string(e.ID)] = "edges/" + string(e.ID) + ".md"
	}
	return found, steps
}

func TestEveryRuleOfAPeerIsFound(t *testing.T) {
	known, steps := pages()
	for _, r := range rows() {
		t.Run(r.peer+" "+r.name, func(t *testing.T) {
			if r.want == "" && r.note == "" {
				t.Fatal("it must be found, or else a note must say why it is not")
			}
			got := r.given(t)
			for id := range strings.FieldsSeq(r.want) {
				switch {
				case steps[id] != "": // It is shown in test/e2e/paths.
				case known[id] == "":
					t.Errorf("%s is no check, privilege or edge", id)
				case !slices.Contains(got, id):
					t.Errorf("%s is not found, but %s", id, strings.Join(got, ", "))
				}
			}
		})
	}
}

func TestThePageListsEveryRule(t *testing.T) {
	byName := map[string]row{}
	for _, r := range rows() {
		byName[r.peer+"\t"+r.name] = r
	}
	var b strings.Builder
	b.WriteString(introduction)
	lines := strings.Split(strings.TrimSpace(attacks), "\n")[1:]
	for _, line := range lines {
		fields := strings.Split(line, "\t")
		r, ok := byName[fields[0]+"\t"+fields[2]]
		if !ok {
			t.Errorf("%s %s is mapped to nothing", fields[0], fields[2])
			continue
		}
		delete(byName, fields[0]+"\t"+fields[2])
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.peer, r.name, cell(fields[3]), r.links(), r.note)
	}
	for name := range byName {
		t.Errorf("%s is no rule of the file", name)
	}
	golden.Compare(t, filepath.Join("..", "..", "docs", "peers.md"), b.String())
}

func (r *row) links() string {
	found, steps := pages()
	var links []string
	for id := range strings.FieldsSeq(r.want) {
		links = append(links, fmt.Sprintf("[%s](%s)", id, found[id]+steps[id]))
	}
	if len(links) == 0 {
		return "not found"
	}
	return strings.Join(links, ", ")
}

// cell is a text that fits into a table.
func cell(text string) string {
	switch {
	case strings.HasSuffix(text, ".json"), strings.HasPrefix(text, "see "):
		return ""
	default:
		return strings.NewReplacer("|", "\\|", "*", "\\*").Replace(text)
	}
}

const introduction = `# Other tools

What other tools look for, and where Daysix finds it. Each row has a test of its own, in ` + "`test/peers`" + `: the pod or the rights that the rule
warns of, and the findings about them. The steps of paths, whose names link to [edges](edges/), are shown by reports of a real API
server in ` + "`test/e2e/paths`" + `. This page is made of that table.

The rules were read in the repositories of the tools: [KubeHound](https://github.com/DataDog/KubeHound) 53da187,
[IceKube](https://github.com/WithSecureLabs/IceKube) 1c8d327, [rbac-police](https://github.com/PaloAltoNetworks/rbac-police) 1ec5d02,
[KubiScan](https://github.com/cyberark/KubiScan) 0a10ee1, [rbac-tool](https://github.com/alcideio/rbac-tool) a0b8c03,
[regolibrary](https://github.com/kubescape/regolibrary) ce7ef32 (the controls of Kubescape) and
[badPods](https://github.com/BishopFox/badPods) fadd08c.

| Tool | Rule | Asks for | Found as | Note |
|---|---|---|---|---|
`
