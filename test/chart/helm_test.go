package chart

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	release = "daysix"
	account = cluster.ManagerAccount
)

// repository is the folder of the repository.
func repository(t *testing.T) string {
	t.Helper()
	root, err := cluster.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// shipped is the folder of the chart.
func shipped(t *testing.T) string {
	t.Helper()
	return filepath.Join(repository(t), "charts", "daysix")
}

// tool runs a program of bin/tools and returns what it prints, and what it complains about.
func tool(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	path := filepath.Join(repository(t), "bin", "tools", name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not built, run `make test-chart`: %v", name, err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	// Nothing of the developer's own Helm, and no plugin.
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("running %s %s: %w: %s", name, strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String(), nil
}

// template renders the chart for the namespace of config/default, without hooks. Each value is as for --set-json.
func template(t *testing.T, values ...string) []unstructured.Unstructured {
	t.Helper()
	args := []string{"template", release, shipped(t), "--namespace", cluster.SystemNamespace, "--no-hooks"}
	for _, value := range values {
		args = append(args, "--set-json", value)
	}
	output, err := tool(t, "helm", args...)
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, output)
}

// kustomized is what kustomize renders of a folder of config/.
func kustomized(t *testing.T, folder string) []unstructured.Unstructured {
	t.Helper()
	output, err := tool(t, "kustomize", "build", folder)
	if err != nil {
		t.Fatal(err)
	}
	return objects(t, output)
}

func objects(t *testing.T, manifests string) []unstructured.Unstructured {
	t.Helper()
	var all []unstructured.Unstructured
	for document := range strings.SplitSeq("\n"+manifests, "\n---\n") {
		var o unstructured.Unstructured
		if err := yaml.UnmarshalStrict([]byte(document), &o.Object); err != nil {
			t.Fatalf("%v:\n%s", err, document)
		}
		if len(o.Object) > 0 {
			all = append(all, o)
		}
	}
	return all
}

// id tells objects of one cluster apart.
func id(o *unstructured.Unstructured) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", o.GetKind(), o.GetNamespace(), o.GetName()))
}

// byID are objects by id, which has to be theirs alone.
func byID(t *testing.T, all []unstructured.Unstructured) map[string]*unstructured.Unstructured {
	t.Helper()
	found := map[string]*unstructured.Unstructured{}
	for i := range all {
		if found[id(&all[i])] != nil {
			t.Fatalf("%s is there twice", id(&all[i]))
		}
		found[id(&all[i])] = &all[i]
	}
	return found
}

func ids(all map[string]*unstructured.Unstructured) []string { return slices.Sorted(maps.Keys(all)) }
