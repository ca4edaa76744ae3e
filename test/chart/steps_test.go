package chart

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
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

// bystander is a workload that has a report, which is not deleted with Daysix's own workload.
func bystander() *appsv1.Deployment {
	labels := map[string]string{"app": "bystander"}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceDefault, Name: "bystander"},
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
			},
		},
	}
}

// settled tells whether the bystander runs and the new namespace has what each namespace gets.
func (i *installation) settled(ctx context.Context) (bool, error) {
	deployment := bystander()
	for _, o := range []client.Object{
		deployment,
		&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: cluster.SystemNamespace, Name: "default"}},
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: cluster.SystemNamespace, Name: "kube-root-ca.crt"}},
	} {
		if err := i.Client().Get(ctx, client.ObjectKeyFromObject(o), o); err != nil {
			return false, client.IgnoreNotFound(err)
		}
	}
	return deployment.Status.AvailableReplicas == 1, nil
}

// startManager runs the manager beside the cluster, as the chart's ServiceAccount and with the chart's configuration.
func (i *installation) startManager(t *testing.T) *cluster.Process {
	t.Helper()
	config, err := i.ManagerConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kubeconfig, file, binary := filepath.Join(i.Dir(), "manager.kubeconfig"), filepath.Join(i.Dir(), "config.yaml"), filepath.Join(i.Dir(), "manager")
	if err := cluster.WriteKubeconfig(config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	var configuration corev1.ConfigMap
	i.get(t, cluster.SystemNamespace, "daysix-audit-configuration", &configuration)
	if err := os.WriteFile(file, []byte(configuration.Data["config.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	goBuild(t, binary)
	process, err := i.Run("manager", binary, "--kubeconfig", kubeconfig, "--config", file, "--health-probe-bind-address=0", "--leader-elect",
		"--leader-election-namespace", cluster.SystemNamespace)
	if err != nil {
		t.Fatal(err)
	}
	return process
}

// report waits for the report about a Deployment.
func (i *installation) report(t *testing.T, namespace, name string) *unstructured.Unstructured {
	t.Helper()
	report := &unstructured.Unstructured{}
	report.SetGroupVersionKind(schema.GroupVersionKind{Group: "daysix.dev", Version: "v1alpha1", Kind: "PodSecurityReport"})
	eventually(t, "a report about "+name, func(ctx context.Context) (bool, error) {
		err := i.Client().Get(ctx, client.ObjectKey{Namespace: namespace, Name: "deployment-" + name}, report)
		return err == nil, client.IgnoreNotFound(err)
	})
	return report
}

// all lists every object of the cluster, but for events, for the APIServices that come and go with definitions, and for Endpoints,
// which the cluster clears away half a minute after their Service.
func (i *installation) all(t *testing.T) []string {
	t.Helper()
	config := i.Config()
	config.QPS, config.Burst = 1000, 2000
	lists, err := discovery.NewDiscoveryClientForConfigOrDie(config).ServerPreferredResources()
	if err != nil {
		t.Fatal(err)
	}
	reader := dynamic.NewForConfigOrDie(config)
	var ids []string
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			t.Fatal(err)
		}
		for _, resource := range list.APIResources {
			if !slices.Contains(resource.Verbs, "list") || slices.Contains([]string{"Event", "APIService", "ComponentStatus", "Endpoints"}, resource.Kind) {
				continue
			}
			objects, err := reader.Resource(version.WithResource(resource.Name)).List(t.Context(), metav1.ListOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range objects.Items {
				ids = append(ids, fmt.Sprintf("%s.%s %s/%s", o.GetKind(), version.Group, o.GetNamespace(), o.GetName()))
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
