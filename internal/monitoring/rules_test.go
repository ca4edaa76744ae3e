package monitoring

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/testing/golden"
)

func TestRulesThatAreShippedAreCurrent(t *testing.T) {
	for name, write := range map[string]func(Pace) ([]byte, error){"rules.yaml": RuleFile, "prometheus_rule.yaml": PrometheusRule} {
		text, err := write(Shipped())
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, filepath.Join("..", "..", "config", "prometheus", name), string(text))
	}
}

func TestEveryAlertIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range Alerts(Shipped()) {
		if seen[a.Name] || !strings.HasPrefix(a.Name, "Daysix") || a.Summary == "" || a.Description == "" ||
			!slices.Contains([]Severity{Critical, Warning, Info}, a.Severity) {
			t.Errorf("%+v", a)
		}
		seen[a.Name] = true
	}
}

func TestEveryAlertHasItsRunbookAndNoRunbookIsLeftOver(t *testing.T) {
	root := filepath.Join("..", "..", "docs", "runbooks")
	var pages []string
	for _, a := range Alerts(Shipped()) {
		pages = append(pages, a.Page())
		text, err := os.ReadFile(filepath.Join(root, a.Page()))
		if err != nil {
			t.Error(err)
			continue
		}
		from := 0
		for _, part := range []string{
			"`" + a.Name + "`", "\n## What it means\n", "\n## Impact\n", "\n## First commands\n\n```\nkubectl ", "\n## How to resolve it\n\n1. ",
		} {
			at := strings.Index(string(text)[from:], part)
			if at < 0 {
				t.Errorf("%s lacks %q, in its place", a.Page(), part)
				continue
			}
			from += at
		}
	}
	golden.Names(t, root, pages)
}

// Rules and dashboards speak of families that are declared, by labels that these have.
func TestEveryNameIsDeclared(t *testing.T) {
	families := map[string]bool{}
	for _, f := range metrics.Families() {
		families[f.Name] = true
		if f.Type == metrics.Histogram {
			families[f.Name+"_bucket"] = true
		}
	}
	for _, r := range Records(Shipped()) {
		families[r.Name] = true
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "config", "components", "grafana", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	name := regexp.MustCompile(`\bdaysix[_:][a-z0-9_:]+`)
	for _, file := range append(files, filepath.Join("..", "..", "config", "prometheus", "rules.yaml")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllString(string(text), -1) {
			if !families[found] {
				t.Errorf("%s speaks of %s, which is not declared", filepath.Base(file), found)
			}
		}
	}
}

func TestEveryRecordIsOfOneThingWhateverReplicaExportsIt(t *testing.T) {
	for _, r := range Records(Shipped()) {
		if !strings.Contains(r.Expr, "by (cluster") || strings.Contains(r.Expr, "instance") {
			t.Errorf("%s: %s", r.Name, r.Expr)
		}
	}
}
