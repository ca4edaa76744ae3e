package chart

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// generate writes the chart from a changed copy of config/, and returns where it is.
func generate(t *testing.T, change func(config string)) (string, error) {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "config"), os.DirFS(filepath.Join(repository(t), "config"))); err != nil {
		t.Fatal(err)
	}
	change(filepath.Join(root, "config"))
	generator := exec.CommandContext(t.Context(), "go", "run", "./hack/chart", filepath.Join(repository(t), "bin", "tools", "kustomize"), root)
	generator.Dir = repository(t)
	output, err := generator.CombinedOutput()
	if err != nil {
		return string(output), err
	}
	return filepath.Join(root, "charts", "daysix"), nil
}

func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheChartIsCurrentAndTheSameEachTime(t *testing.T) {
	t.Parallel()
	folder, err := generate(t, func(string) {})
	if err != nil {
		t.Fatal(folder)
	}
	read := func(folder string) map[string]string {
		files := map[string]string{}
		if err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			files[strings.TrimPrefix(path, folder)] = string(data)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return files
	}
	if diff := cmp.Diff(read(folder), read(shipped(t))); diff != "" {
		t.Errorf("run make chart (-generated +in the tree):\n%s", diff)
	}
}

func TestWhatIsNewInTheConfigurationComesIntoTheChart(t *testing.T) {
	t.Parallel()
	folder, err := generate(t, func(config string) {
		edit(t, filepath.Join(config, "rbac", "kustomization.yaml"), "resources:\n", "resources:\n  - another_role.yaml\n")
		write(t, filepath.Join(config, "rbac"), map[string]string{
			"another_role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: another\nrules: []\n",
		})
		edit(t, filepath.Join(config, "crd", "kustomization.yaml"), "resources:\n", "resources:\n  - another.yaml\n")
		write(t, filepath.Join(config, "crd"), map[string]string{
			"another.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: others.daysix.dev\nspec: {group: daysix.dev}\n",
		})
		write(t, filepath.Join(config, "components", "shiny-boards"), map[string]string{
			"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [board.yaml, rules.yaml]\n",
			"board.yaml":         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: board, namespace: system}\ndata:\n  board.json: '{\"legend\": \"{{ namespace }}\"}'\n",
			"rules.yaml":         "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: board-rules, namespace: system}\nspec:\n  summary: \"{{ $labels.namespace }}\"\n",
		})
	})
	if err != nil {
		t.Fatal(folder)
	}
	render := func(args ...string) []string {
		output, err := tool(t, "helm", append([]string{"template", release, folder, "--namespace=here"}, args...)...)
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(ids(byID(t, objects(t, output))), func(id string) bool {
			return !strings.Contains(id, "another") && !strings.Contains(id, "others") && !strings.Contains(id, "board")
		})
	}
	always := []string{"ClusterRole  daysix-another", "CustomResourceDefinition  others.daysix.dev"}
	if diff := cmp.Diff(always, render()); diff != "" {
		t.Errorf("by default (-want +got):\n%s", diff)
	}
	want := append(always, "ConfigMap here daysix-board", "PrometheusRule here daysix-board-rules")
	slices.Sort(want)
	if diff := cmp.Diff(want, render("--set=shinyBoards.enabled=true,shinyBoards.rules.enabled=true,shinyBoards.rules.labels.team=sre")); diff != "" {
		t.Errorf("with the component (-want +got):\n%s", diff)
	}
	output, err := tool(t, "helm", "template", release, folder, "--set=shinyBoards.enabled=true,shinyBoards.rules.enabled=true")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{`{"legend": "{{ namespace }}"}`, "{{ $labels.namespace }}"} {
		if !strings.Contains(output, text) {
			t.Errorf("what is a template for somebody else is not rendered as %s", text)
		}
	}
}

func TestAComponentThatChangesWhatTheChartDoesNotKnowIsRefused(t *testing.T) {
	t.Parallel()
	said, err := generate(t, func(config string) {
		write(t, filepath.Join(config, "components", "patching"), map[string]string{
			"kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: Deployment}\n" +
				"  patch: |-\n    - {op: add, path: /spec/minReadySeconds, value: 5}\n",
		})
	})
	if err == nil || !strings.Contains(said, "component patching changes apps/v1 Deployment daysix-system/daysix-controller-manager") {
		t.Errorf("%v: %s", err, said)
	}
}
