package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// kubectl completes the plugin by the helper, and the plugin the names of workloads in files.
func TestKubectlCompletesThePlugin(t *testing.T) {
	root, err := cluster.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		assets = filepath.Join(root, "bin", "k8s")
	}
	bin := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "kubectl-daysix"), "./cmd/kubectl-daysix")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	helper := "kubectl_complete-daysix"
	if err := os.Symlink(filepath.Join(root, "cmd", "kubectl-daysix", helper), filepath.Join(bin, helper)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("KUBECONFIG", filepath.Join(bin, "none"))
	for args, want := range map[string][]string{
		"":                               {"fix", "scan", "explain"},
		"fix -n shop -f " + attack + " ": {"replicaset/cart", "statefulset/cart"},
		"explain -A -f " + attack + " ":  {"pod/operator"},
		"fix x --check ":                 {"HostPID", "PrivilegedContainer"},
		"fix x -o ":                      {outputKustomize, outputStrategic},
	} {
		words := append([]string{"__complete", "daysix"}, strings.Split(args, " ")...)
		out, err := exec.CommandContext(t.Context(), filepath.Join(assets, "kubectl"), words...).Output()
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		lines := strings.Split(string(out), "\n")
		for _, word := range want {
			if !hasWord(lines, word) {
				t.Errorf("%q: no %s in %q", args, word, lines)
			}
		}
	}
}

func hasWord(lines []string, word string) bool {
	for _, line := range lines {
		if first, _, _ := strings.Cut(line, "\t"); first == word {
			return true
		}
	}
	return false
}
