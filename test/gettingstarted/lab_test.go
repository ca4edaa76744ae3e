package gettingstarted

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/util/wait"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/samples"
)

// patience bounds each wait: the machine may be building something else.
const patience = 2 * time.Minute

// metricsOnThePage is where the page scrapes, through a port that is forwarded.
const metricsOnThePage = "localhost:8443"

// lab is the cluster that the page is about, with a shell beside it.
type lab struct {
	control *cluster.Cluster
	// dir is where the shell stands, tools what it finds before anything else.
	dir, tools string
	metrics    string
}

// newLab starts what `make demo` starts: the same control plane, what config/default installs, the samples, and the manager.
func newLab(t *testing.T) *lab {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	root, err := cluster.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{control: cluster.StartFor(t, cluster.Full()), dir: t.TempDir(), tools: t.TempDir()}
	for _, name := range []string{"manager", "kubectl-daysix"} {
		build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(l.tools, name), "./cmd/"+name)
		build.Dir = root
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", name, err, output)
		}
	}
	for link, target := range map[string]string{
		filepath.Join(l.tools, "kubectl"): l.control.Binary("kubectl"), filepath.Join(l.dir, "config"): filepath.Join(root, "config"),
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
	}
	set, err := samples.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.control.Install(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if err := set.Apply(t.Context(), l.control); err != nil {
		t.Fatal(err)
	}
	l.startManager(t)
	l.awaitReports(t, len(set.Workloads)+1) // Daysix judges itself, too.
	return l
}

// startManager starts the manager with the token of its ServiceAccount, and waits until it is ready.
func (l *lab) startManager(t *testing.T) {
	t.Helper()
	config, err := l.control.ManagerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig := filepath.Join(l.control.Dir(), "daysix.kubeconfig")
	if err := cluster.WriteKubeconfig(config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	addresses := make([]string, 2)
	for i := range addresses {
		if addresses[i], err = cluster.FreeAddress(); err != nil {
			t.Fatal(err)
		}
	}
	l.metrics = addresses[0]
	manager, err := l.control.Run("daysix", filepath.Join(l.tools, "manager"), "--kubeconfig", kubeconfig,
		"--metrics-bind-address", addresses[0], "--health-probe-bind-address", addresses[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("the manager's log: ", manager.LogTail())
		}
	})
	await(t, "the manager", func(ctx context.Context) (bool, error) {
		return cluster.Ready(ctx, addresses[1]), manager.Err()
	})
}

// awaitReports waits until there are so many, and as long as their counts of pods, which come late, are not those of the pods.
func (l *lab) awaitReports(t *testing.T, count int) {
	t.Helper()
	last := ""
	await(t, "the reports", func(ctx context.Context) (bool, error) {
		table, err := l.control.Kubectl(ctx, "get", "podsecurityreports", "-A", "-o",
			`jsonpath={range .items[*]}{.metadata.name} {.metadata.resourceVersion}{"\n"}{end}`)
		settled := table == last && strings.Count(table, "\n") == count
		last = table
		return settled, err
	})
}

func await(t *testing.T, what string, done wait.ConditionWithContextFunc) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), time.Second, patience, true, done); err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

// mark ends what one command of a script prints.
const mark = "\x1e\n"

// run runs the commands of a block in one shell, and returns what each prints to a terminal. A command that fails is told in
// what it prints, unless the next one asks how it ended.
func (l *lab) run(t *testing.T, steps []step) []string {
	t.Helper()
	var script strings.Builder
	for i, s := range steps {
		// The status of a command is that which the next one finds.
		fmt.Fprintf(&script, "(exit $ended)\n%s\nended=$?\n", strings.ReplaceAll(s.command, metricsOnThePage, l.metrics))
		if i+1 == len(steps) || steps[i+1].command != "echo $?" {
			script.WriteString("[ $ended = 0 ] || echo \"It ended with $ended.\"\n")
		}
		script.WriteString("printf '" + `\036\n` + "'\n")
	}
	shell := exec.CommandContext(t.Context(), "bash", "-c", "ended=0\n"+script.String())
	shell.Dir = l.dir
	shell.Env = append(os.Environ(), "PATH="+l.tools+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+l.dir,
		"KUBECONFIG="+l.control.Kubeconfig())
	var output bytes.Buffer
	shell.Stdout, shell.Stderr = &output, &output
	if err := shell.Run(); err != nil {
		t.Fatalf("%v: %s", err, output.String())
	}
	outputs := strings.Split(output.String(), mark)
	if len(outputs) != len(steps)+1 {
		t.Fatalf("%d outputs of %d commands: %q", len(outputs)-1, len(steps), outputs)
	}
	return outputs[:len(steps)]
}
