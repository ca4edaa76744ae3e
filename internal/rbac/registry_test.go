package rbac

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/finding"
)

func TestEveryPrivilegeIsComplete(t *testing.T) {
	seen := map[finding.CheckID]bool{}
	for _, p := range Registry() {
		if seen[p.ID] {
			t.Errorf("%s is registered twice", p.ID)
		}
		seen[p.ID] = true
		if !strings.HasPrefix(string(p.ID), "RBAC") || slices.Contains([]string{p.Title, p.Why, p.Fix, p.Sources, strings.Join(p.Catalogue, "")}, "") {
			t.Errorf("%s lacks a catalogue row or a text", p.ID)
		}
		if (p.ask != nil) != (p.Depends != "") {
			t.Errorf("%s must say what its effects depend on, or ask nothing", p.ID)
		}
		if len(p.Needs) == 0 || slices.ContainsFunc(p.Needs, func(need []Access) bool { return len(need) == 0 }) {
			t.Errorf("%s has an empty need", p.ID)
		}
		if p.ask == nil && (len(p.Cluster) == 0 || (len(p.Namespace) == 0) != p.clusterOnly()) {
			t.Errorf("%s: effects and scope of the needs do not go together", p.ID)
		}
	}
}

// Every function that makes a privilege, and so every file of a family, is reached from the registry.
func TestEveryPrivilegeFileIsRegistered(t *testing.T) {
	source, err := os.ReadFile("registry.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("privilege_*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	made := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			function, ok := strings.CutSuffix(strings.TrimSpace(line), "Privilege {")
			if !ok || !strings.HasPrefix(function, "func ") || strings.Contains(function, "(p Privilege)") {
				continue
			}
			made++
			called, _, _ := strings.Cut(strings.TrimPrefix(function, "func "), "(")
			if !strings.Contains(string(source), called+"(") {
				t.Errorf("%s: %s is not in the registry", name, called)
			}
		}
	}
	if registered := len(Registry()); made != registered {
		t.Errorf("%d privileges are made, %d registered", made, registered)
	}
}

// The rows R01 to R50 of the catalogue are all covered.
func TestEveryRowOfTheCatalogueIsCovered(t *testing.T) {
	covered := map[string]bool{}
	for _, p := range Registry() {
		for _, row := range p.Catalogue {
			covered[row[:3]] = true
		}
	}
	for _, p := range Principals() {
		covered[p.Catalogue] = true
	}
	for i := 1; i <= 50; i++ {
		if row := fmt.Sprintf("R%02d", i); !covered[row] {
			t.Errorf("%s is not covered", row)
		}
	}
	for i := 1; i <= 9; i++ {
		if row := fmt.Sprintf("G%02d", i); !covered[row] {
			t.Errorf("%s is not covered", row)
		}
	}
}

func TestCustomResourcesAreSortedAndSay(t *testing.T) {
	kinds := CustomResources()
	if !slices.IsSortedFunc(kinds, func(a, b CustomResource) int {
		return strings.Compare(a.APIGroup+"/"+a.Resource, b.APIGroup+"/"+b.Resource)
	}) {
		t.Error("the table is not sorted")
	}
	for _, kind := range kinds {
		if kind.Field == "" || !strings.Contains(kind.APIGroup, ".") {
			t.Errorf("%+v lacks its group or field", kind)
		}
	}
}
