package rbac

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

// The pages of docs/privileges are made of the registry: run with -update to write them.
func TestPagesSayWhatTheRegistrySays(t *testing.T) {
	root := filepath.Join("..", "..", "docs", "privileges")
	want := map[string]string{"README.md": indexPage()}
	for _, p := range Registry() {
		want[string(p.ID)+".md"] = page(&p)
	}
	golden.Pages(t, root, want)
}

func page(p *Privilege) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n| | |\n|---|---|\n", p.ID)
	fmt.Fprintf(&b, "| Finds | %s |\n| Catalogue | %s |\n", p.Title, strings.Join(p.Catalogue, ", "))
	fmt.Fprintf(&b, "| In the whole cluster | %s |\n", effectNames(p.Cluster, p))
	fmt.Fprintf(&b, "| In a namespace | %s |\n", effectNames(p.Namespace, p))
	if p.Named != nil {
		fmt.Fprintf(&b, "| For named objects | %s |\n", effectNames(p.Named, p))
	}
	if p.PodSecurity {
		b.WriteString("| Asks Pod Security | NodeRoot, MultiNode where the namespace admits privileged pods |\n")
	}
	if p.Identities {
		b.WriteString("| Asks the identities | ClusterAdmin where a ServiceAccount in scope is cluster-admin |\n")
	}
	if p.Depends != "" {
		fmt.Fprintf(&b, "| Depends | %s |\n", p.Depends)
	}
	b.WriteString("\n## What it looks at\n\n")
	if len(p.Needs) > 1 {
		b.WriteString("All of these together, from any bindings of the subject:\n\n")
	}
	for _, need := range p.Needs {
		var ways []string
		for i := range need {
			ways = append(ways, "`"+strings.ReplaceAll(need[i].String(), "|", ",")+"`")
		}
		fmt.Fprintf(&b, "* %s\n", strings.Join(ways, ",\n  or "))
	}
	writeConditions(&b, p)
	fmt.Fprintf(&b, "\n## Why it matters\n\n%s\n\n## What to change\n\n%s\n\n## Sources\n\n%s\n", wrap(p.Why), wrap(p.Fix), wrap(p.Sources))
	return b.String()
}

// wrap breaks a paragraph into lines of 120 characters at most.
func wrap(text string) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > 120 {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

func writeConditions(b *strings.Builder, p *Privilege) {
	var conditions []string
	for _, e := range slices.Concat(p.Cluster, p.Namespace, p.Named) {
		line := fmt.Sprintf("* %s: %s\n", e.Consequence, e.Condition)
		if e.Condition != "" && !slices.Contains(conditions, line) {
			conditions = append(conditions, line)
		}
	}
	if len(conditions) > 0 {
		b.WriteString("\nWhat is marked conditional needs more:\n\n" + strings.Join(conditions, ""))
	}
}

func effectNames(effects []Effect, p *Privilege) string {
	var names []string
	for _, e := range effects {
		name := string(e.Consequence)
		if e.Condition != "" {
			name += " (conditional)"
		}
		names = append(names, name)
	}
	switch {
	case len(names) > 0:
		return strings.Join(names, ", ")
	case p.ask != nil && len(p.Cluster) == 0:
		return "see below"
	default:
		return "nothing"
	}
}

func indexPage() string {
	var b strings.Builder
	b.WriteString("# Privileges\n\nWhat the rights of a ServiceAccount lead to. This page and those it leads to are made of the registry.\n\n")
	b.WriteString("| Privilege | Finds | Catalogue |\n|---|---|---|\n")
	for _, p := range Registry() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", p.ID, p.ID, p.Title, strings.Join(p.Catalogue, ", "))
	}
	b.WriteString("\n## Subjects that make a binding special\n\n| Catalogue | Subject | Meaning |\n|---|---|---|\n")
	for _, p := range Principals() {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", p.Catalogue, strings.Join(p.Names, "`, `"), p.Meaning)
	}
	b.WriteString("\nWhat other tools look for among rights, and as what it is found: [other tools](../peers.md).\n")
	return b.String()
}
