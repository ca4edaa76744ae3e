package chart

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// patience bounds the wait for what must come: the machine may be building something else.
const patience = 2 * time.Minute

// installation is a cluster that the chart is installed into, step by step.
type installation struct {
	*cluster.Cluster
	before []string // what was there
}

func TestInstallUpgradeUninstall(t *testing.T) {
	t.Parallel()
	ctrl.SetLogger(logr.Discard())
	control := cluster.StartFor(t, cluster.Full())
	i := &installation{Cluster: control}
	create(t, control, restricted(cluster.SystemNamespace))
	create(t, control, bystander())
	eventually(t, "what the cluster makes by itself", i.settled)
	i.before = i.all(t)
	// Each step builds on the one before.
	_ = t.Run("it installs into a namespace that enforces restricted Pod Security", installs(i)) &&
		t.Run("its ServiceAccount may do what the manager does and none of what Daysix warns about", grants(i)) &&
		t.Run("the manager works with the token of its ServiceAccount", works(i)) &&
		t.Run("an upgrade brings other values, another definition, and keeps the reports", upgrades(i)) &&
		t.Run("the guard of the dry-run mode is there before the right, and in force", guards(i)) &&
		t.Run("the right of the dry-run mode goes before its guard", unguards(i)) &&
		t.Run("a rollback to the dry-run mode guards as well", rollsBack(i)) &&
		t.Run("uninstalling leaves what is documented, and nothing else", uninstalls(i)) &&
		t.Run("what is left can be taken over by another release", adopts(i))
}

// restricted is a namespace as docs/install.md has it made.
func restricted(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"}}}
}

func installs(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		i.helm(t, "install", release, shipped(t), "--wait", "--timeout=2m", "--set=replicas=2")
		var pods corev1.PodList
		if err := i.Client().List(t.Context(), &pods, client.InNamespace(cluster.SystemNamespace)); err != nil {
			t.Fatal(err)
		}
		if len(pods.Items) != 2 {
			t.Errorf("%d pods run, want 2", len(pods.Items))
		}
	}
}

func grants(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		for _, c := range []struct {
			attributes authorizationv1.ResourceAttributes
			want       bool
		}{
			{authorizationv1.ResourceAttributes{Verb: "watch", Resource: "pods"}, true},
			{authorizationv1.ResourceAttributes{Verb: "list", Group: rbacv1.GroupName, Resource: "clusterroles"}, true},
			{authorizationv1.ResourceAttributes{Verb: "patch", Group: "daysix.dev", Resource: "podsecurityreports"}, true},
			{authorizationv1.ResourceAttributes{Verb: "get", Resource: "secrets"}, false},
			{authorizationv1.ResourceAttributes{Verb: "list", Resource: "secrets"}, false},
			{authorizationv1.ResourceAttributes{Verb: "watch", Resource: "secrets"}, false},
			{authorizationv1.ResourceAttributes{Verb: "create", Resource: "pods"}, false},
			{authorizationv1.ResourceAttributes{Verb: "create", Resource: "pods", Subresource: "exec"}, false},
			{authorizationv1.ResourceAttributes{Verb: "get", Resource: "nodes", Subresource: "proxy"}, false},
			{authorizationv1.ResourceAttributes{Verb: "create", Group: "apps", Resource: "deployments"}, false},
			{authorizationv1.ResourceAttributes{Verb: "patch", Group: "apps", Resource: "daemonsets"}, false},
			{authorizationv1.ResourceAttributes{Verb: "impersonate", Resource: "users"}, false},
			{authorizationv1.ResourceAttributes{Verb: "impersonate", Resource: "serviceaccounts"}, false},
			{authorizationv1.ResourceAttributes{Verb: "create", Resource: "serviceaccounts", Subresource: "token"}, false},
			{authorizationv1.ResourceAttributes{Verb: "escalate", Group: rbacv1.GroupName, Resource: "clusterroles"}, false},
			{authorizationv1.ResourceAttributes{Verb: "bind", Group: rbacv1.GroupName, Resource: "clusterroles"}, false},
		} {
			for _, namespace := range []string{"", "kube-system", cluster.SystemNamespace} {
				c.attributes.Namespace = namespace
				review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
					User:               cluster.ServiceAccountUser(cluster.SystemNamespace, account),
					Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + cluster.SystemNamespace, "system:authenticated"},
					ResourceAttributes: &c.attributes,
				}}
				create(t, i.Cluster, review)
				if review.Status.Allowed != c.want {
					t.Errorf("%+v: allowed is %t, want %t", c.attributes, review.Status.Allowed, c.want)
				}
			}
		}
	}
}

func works(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		manager := i.startManager(t)
		t.Cleanup(func() {
			if err := manager.Stop(); err != nil {
				t.Error(err)
			}
		})
		report := i.report(t, cluster.SystemNamespace, account)
		if got := field(t, report, "status", "reach"); got != "Pod" {
			t.Errorf("Daysix in its own report reaches %s, want Pod", got)
		}
		i.report(t, metav1.NamespaceDefault, "bystander")
		reads, err := i.SecretReads(0, cluster.ServiceAccountUser(cluster.SystemNamespace, account))
		if err != nil || len(reads) != 0 {
			t.Errorf("Secrets were asked for: %v, %v", reads, err)
		}
	}
}

// upgrades takes a chart whose definition has another field.
func upgrades(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		before := i.report(t, metav1.NamespaceDefault, "bystander")
		next := filepath.Join(t.TempDir(), "daysix")
		if err := os.CopyFS(next, os.DirFS(shipped(t))); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(next, "templates", "customresourcedefinition-podsecurityreports.daysix.dev.yaml")
		edit(t, path, "\n              score:\n", "\n              nextScore:\n                description: What a later release adds.\n                type: integer\n              score:\n")
		var deployment appsv1.Deployment
		i.get(t, cluster.SystemNamespace, account, &deployment)
		i.helm(t, "upgrade", release, next, "--reset-then-reuse-values", "--set-json", `configuration.excludedNamespaces=["sandbox"]`)

		definition := i.definition(t)
		fields, _, err := unstructured.NestedMap(versionOf(t, definition), "schema", "openAPIV3Schema", "properties", "status", "properties", "nextScore")
		if err != nil || len(fields) == 0 {
			t.Errorf("the definition has not been upgraded: %v", err)
		}
		if after := i.report(t, metav1.NamespaceDefault, "bystander"); after.GetUID() != before.GetUID() {
			t.Error("the report is another one after the upgrade")
		}
		var configuration corev1.ConfigMap
		i.get(t, cluster.SystemNamespace, "daysix-audit-configuration", &configuration)
		if !strings.Contains(configuration.Data["config.yaml"], "- sandbox\n") {
			t.Errorf("the configuration has not been upgraded: %s", configuration.Data["config.yaml"])
		}
		generation := deployment.Generation
		i.get(t, cluster.SystemNamespace, account, &deployment)
		if deployment.Generation != generation {
			t.Error("what the manager reloads has restarted it")
		}
	}
}

func guards(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		since := i.mark(t)
		i.helm(t, "upgrade", release, shipped(t), "--reset-then-reuse-values", "--set=dryRun.enabled=true")
		i.inOrder(t, since, []string{
			"validatingadmissionpolicies daysix-dry-run-guard-hook", "validatingadmissionpolicybindings daysix-dry-run-guard-hook",
			"clusterroles daysix-dry-run", "clusterrolebindings daysix-dry-run",
			"validatingadmissionpolicies daysix-dry-run-guard", "validatingadmissionpolicybindings daysix-dry-run-guard",
		})
		if left := i.guardOfTheHook(t); left != "" {
			t.Errorf("the guard of the time of the upgrade is still there: %s", left)
		}
		i.standsAs(t, dryrun.InForce)
		config, err := i.ManagerConfig(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		own, err := client.New(config, client.Options{})
		if err != nil {
			t.Fatal(err)
		}
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "made-by-daysix"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "i"}}},
		}
		err = own.Create(t.Context(), pod)
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "daysix-dry-run-guard") {
			t.Errorf("creating a pod with the token of Daysix: %v, want a refusal by the guard", err)
		}
		if err := own.Create(t.Context(), pod, client.DryRunAll); err != nil {
			t.Errorf("asking by dry-run with the token of Daysix: %v", err)
		}
	}
}

func unguards(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		since := i.mark(t)
		i.helm(t, "upgrade", release, shipped(t), "--reset-then-reuse-values", "--set=dryRun.enabled=false")
		i.inOrder(t, since, []string{
			"clusterroles daysix-dry-run", "clusterrolebindings daysix-dry-run",
			"validatingadmissionpolicies daysix-dry-run-guard", "validatingadmissionpolicybindings daysix-dry-run-guard",
		})
		i.standsAs(t, dryrun.Missing)
	}
}

func rollsBack(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		since := i.mark(t)
		i.helm(t, "rollback", release, "3")
		i.inOrder(t, since, []string{
			"validatingadmissionpolicies daysix-dry-run-guard-hook", "validatingadmissionpolicybindings daysix-dry-run-guard-hook",
			"clusterroles daysix-dry-run", "clusterrolebindings daysix-dry-run",
		})
		i.standsAs(t, dryrun.InForce)
	}
}

func uninstalls(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		since := i.mark(t)
		i.helm(t, "uninstall", release, "--wait")
		i.inOrder(t, since, []string{
			"clusterrolebindings daysix-dry-run", "validatingadmissionpolicies daysix-dry-run-guard",
		})
		want := []string{
			"Lease.coordination.k8s.io daysix-system/manager.daysix.dev", "PodSecurityReport.daysix.dev default/deployment-bystander",
		}
		var left []string
		eventually(t, "what belonged to the release to go", func(context.Context) (bool, error) {
			left = slices.DeleteFunc(i.all(t), func(id string) bool {
				definition := strings.HasPrefix(id, "CustomResourceDefinition.") && strings.HasSuffix(id, ".daysix.dev")
				return definition || slices.Contains(i.before, id)
			})
			return cmp.Equal(want, left), nil
		}, func() { t.Logf("left (-want +got):\n%s", cmp.Diff(want, left)) })
		i.definition(t)
		after := i.all(t)
		if gone := slices.DeleteFunc(slices.Clone(i.before), func(id string) bool { return slices.Contains(after, id) }); len(gone) > 0 {
			t.Errorf("what was there before is gone: %v", gone)
		}
	}
}

// adopts installs under another name into another namespace, where the definitions of the first release still are, and kubectl
// has applied them since.
func adopts(i *installation) func(*testing.T) {
	return func(t *testing.T) {
		create(t, i.Cluster, restricted("audit"))
		folder := filepath.Join(t.TempDir(), "crd")
		if err := os.CopyFS(folder, os.DirFS(filepath.Join(repository(t), "config", "crd"))); err != nil {
			t.Fatal(err)
		}
		edit(t, filepath.Join(folder, "bases", "daysix.dev_podsecurityreports.yaml"), "    shortNames:\n", "    shortNames:\n    - older\n")
		if err := i.Apply(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		args := []string{"install", "other", shipped(t), "--kubeconfig", i.Kubeconfig(), "--namespace=audit", "--set=dryRun.enabled=true"}
		if _, err := tool(t, "helm", args...); err == nil || !strings.Contains(err.Error(), `.daysix.dev" in namespace`) {
			t.Errorf("taking over without being told to: %v, want a refusal that names the definition", err)
		}
		if _, err := tool(t, "helm", append(args, "--take-ownership", "--force-conflicts")...); err != nil {
			t.Fatal(err)
		}
		names, _, err := unstructured.NestedStringSlice(i.definition(t).Object, "spec", "names", "shortNames")
		if diff := cmp.Diff([]string{"psr"}, names); err != nil || diff != "" {
			t.Errorf("short names, %v (-want +got):\n%s", err, diff)
		}
		config, err := i.RestConfigFor(t.Context(), "audit", account)
		if err != nil {
			t.Fatal(err)
		}
		guard := i.guard(t, config)
		eventually(t, "the guard of another namespace to be in force", func(ctx context.Context) (bool, error) {
			return guard.Check(ctx).State == dryrun.InForce, nil
		})
	}
}
