package paths

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// patience bounds the wait for what must come: the machine may be building something else.
	patience = 90 * time.Second
	poll     = 200 * time.Millisecond
)

// elsewhere is a node that no workload takes over.
const elsewhere = "worker-0"

// audit starts a cluster of that one node, with the objects in it, and a manager with the rights that are shipped.
func audit(t *testing.T, objects []client.Object) client.Client {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	root := must(cluster.RepositoryRoot())(t)
	if err := daysixv1alpha1.AddToScheme(scheme.Scheme); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(t.TempDir(), "manager")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/manager")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the manager: %v\n%s", err, output)
	}
	control := must(cluster.Start(t.Context(), cluster.Options{Workers: 1}))(t)
	t.Cleanup(func() {
		if err := control.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := control.InstallRights(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	config := control.Config()
	config.QPS, config.Burst = 1000, 2000
	admin := must(client.New(config, client.Options{}))(t)
	for _, object := range objects {
		if o, ok := object.(*owned); ok {
			o.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(o.by, appsv1.SchemeGroupVersion.WithKind(o.kind))}
			object = o.Pod
		}
		if err := admin.Create(t.Context(), object); err != nil {
			t.Fatalf("creating %T %s: %v", object, client.ObjectKeyFromObject(object), err)
		}
	}
	kubeconfig := filepath.Join(control.Dir(), "daysix.kubeconfig")
	if err := cluster.WriteKubeconfig(must(control.ManagerConfig(t.Context()))(t), kubeconfig); err != nil {
		t.Fatal(err)
	}
	manager := must(control.Run("daysix", binary, "--kubeconfig", kubeconfig, "--metrics-bind-address=0", "--health-probe-bind-address=0"))(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(manager.LogTail())
		}
	})
	return admin
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// expect waits until the reports say what is wanted, by "namespace/name of the report".
func expect[T any](t *testing.T, c client.Client, want map[string]T, says func(*daysixv1alpha1.PodSecurityReport) T) {
	t.Helper()
	var got map[string]T
	err := wait.PollUntilContextTimeout(t.Context(), poll, patience, true, func(ctx context.Context) (bool, error) {
		var list daysixv1alpha1.PodSecurityReportList
		if err := c.List(ctx, &list); err != nil {
			return false, err
		}
		got = make(map[string]T)
		for i := range list.Items {
			name := list.Items[i].Namespace + "/" + list.Items[i].Name
			if _, wanted := want[name]; wanted {
				got[name] = says(&list.Items[i])
			}
		}
		return cmp.Equal(want, got), nil
	})
	if err == nil {
		return
	}
	for name := range want {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want[name], got[name]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Fatal(err)
}

// answerTo is the answer to a question: its verdict, then its path, a line for each step.
func answerTo(r *daysixv1alpha1.PodSecurityReport, question daysixv1alpha1.Question) []string {
	for i := range r.Status.Answers {
		if a := &r.Status.Answers[i]; a.Question == question {
			lines := []string{string(a.Answer)}
			for _, step := range a.Path {
				lines = append(lines, step.From+" => "+step.To+" | "+step.Why)
			}
			return lines
		}
	}
	return nil
}
