package chart

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// helm runs Helm as the administrator in the namespace of config/default.
func (i *installation) helm(t *testing.T, args ...string) {
	t.Helper()
	if _, err := tool(t, "helm", append(args, "--kubeconfig", i.Kubeconfig(), "--namespace", cluster.SystemNamespace)...); err != nil {
		t.Fatal(err)
	}
}

func (i *installation) get(t *testing.T, namespace, name string, o client.Object) {
	t.Helper()
	if err := i.Client().Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, o); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, c *cluster.Cluster, o client.Object) {
	t.Helper()
	if err := c.Client().Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, done func(context.Context) (bool, error), otherwise ...func()) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, patience, true, done); err != nil {
		for _, say := range otherwise {
			say()
		}
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

func (i *installation) mark(t *testing.T) cluster.Mark {
	t.Helper()
	mark, err := i.Mark()
	if err != nil {
		t.Fatal(err)
	}
	return mark
}

// inOrder sees to it that these objects were first written in this order since the mark.
func (i *installation) inOrder(t *testing.T, since cluster.Mark, want []string) {
	t.Helper()
	writes, err := i.Writes(since, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range writes {
		id := w.Resource + " " + w.Name
		if w.DryRun || w.Code >= 400 || !slices.Contains(want, id) || slices.Contains(got, id) {
			continue
		}
		got = append(got, id)
	}
	if !slices.Equal(want, got) {
		t.Errorf("written in the order %q, want %q", got, want)
	}
}

func (i *installation) guard(t *testing.T, config *rest.Config) *dryrun.Guard {
	t.Helper()
	guard, err := dryrun.NewGuard(config, clock.RealClock{}, logr.Discard(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return guard
}

// standsAs waits until the manager of config/default finds the guard in a state.
func (i *installation) standsAs(t *testing.T, want dryrun.State) {
	t.Helper()
	config, err := i.ManagerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	guard := i.guard(t, config)
	var standing dryrun.Standing
	eventually(t, string(want), func(ctx context.Context) (bool, error) {
		standing = guard.Check(ctx)
		return standing.State == want, nil
	}, func() { t.Logf("it stands as %+v", standing) })
}

// guardOfTheHook names what is left of the guard that holds while Helm installs.
func (i *installation) guardOfTheHook(t *testing.T) string {
	t.Helper()
	var policies admissionregistrationv1.ValidatingAdmissionPolicyList
	if err := i.Client().List(t.Context(), &policies); err != nil {
		t.Fatal(err)
	}
	for _, p := range policies.Items {
		if strings.HasSuffix(p.Name, "-hook") {
			return p.Name
		}
	}
	return ""
}

func (i *installation) definition(t *testing.T) *unstructured.Unstructured {
	t.Helper()
	definition := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}}
	i.get(t, "", "podsecurityreports.daysix.dev", definition)
	return definition
}

// versionOf is the one version of a definition.
func versionOf(t *testing.T, definition *unstructured.Unstructured) map[string]any {
	t.Helper()
	versions, _, err := unstructured.NestedSlice(definition.Object, "spec", "versions")
	if err != nil || len(versions) != 1 {
		t.Fatalf("versions of the definition: %v, %v", versions, err)
	}
	version, ok := versions[0].(map[string]any)
	if !ok {
		t.Fatal("a version of the definition is no mapping")
	}
	return version
}

func field(t *testing.T, o *unstructured.Unstructured, path ...string) string {
	t.Helper()
	value, _, err := unstructured.NestedString(o.Object, path...)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// edit replaces a text that a file holds.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(data), from) != 1 {
		t.Fatalf("%s does not hold %q once", path, from)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func goBuild(t *testing.T, binary string) {
	t.Helper()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/manager")
	build.Dir = repository(t)
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
}
