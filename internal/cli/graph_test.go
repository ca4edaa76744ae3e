package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/daysix/daysix/internal/testing/golden"
)

func TestGoldenGraph(t *testing.T) {
	for name, args := range map[string][]string{
		"admin": {}, "workload": {"pod/debugger", "-n", "tools"}, "way": {"debugger", "-n", "tools", "--to", "node/worker-1"},
		"few": {"--to", "secret/shop/db", "--max-vertices", "3"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range pictures() {
				got := run(t, "", append([]string{"graph", "-f", attack, "-o", format}, args...)...)
				if got.code != exitClean {
					t.Errorf("exit code %d: %s", got.code, got.err)
				}
				golden.Compare(t, filepath.Join("testdata", "graph."+name+"."+format+".golden"), got.out)
				golden.Compare(t, filepath.Join("testdata", "graph."+name+".notes.golden"), got.err)
			}
		})
	}
}

func TestNoWayIsAPictureToo(t *testing.T) {
	got := run(t, "", "graph", "sts/cart", "-n", "shop", "--to", "cluster-admin", "-f", attack)
	if got.code != exitClean || strings.Count(got.out, "label=") != 2 || !strings.Contains(got.err, "Note: No path was found in what was read.") {
		t.Errorf("%+v", got)
	}
}

func TestBadPicturesAreErrors(t *testing.T) {
	for args, want := range map[string]string{
		"a b":                 `unexpected argument "b": name one workload`,
		"-o svg":              `--output "svg": must be one of dot, mermaid, json`,
		"--max-vertices 1":    "--max-vertices 1: must be 2 or more",
		"--to pods":           `--to "pods": must be node/NAME, secret/NAMESPACE/NAME or cluster-admin`,
		"--to node/":          `--to "node/": a Node is written as node/NAME`,
		"--to node/worker-11": "--to node/worker-11: there is no such Node in what was read; near: worker-1, worker-2",
		"nothing":             "no workload nothing in namespace default\n",
		"x/":                  `"x/" is no workload`,
		"debugger -n tools --to node/worker-1 --max-vertices 3": "--max-vertices 3: the path has 5 vertices",
	} {
		got := run(t, "", append([]string{"graph", "-f", attack}, strings.Fields(args)...)...)
		if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: "+want) {
			t.Errorf("%s: exit code %d, output %q, errors %q", args, got.code, got.out, got.err)
		}
	}
}
