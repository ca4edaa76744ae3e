package cluster_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

func TestCluster(t *testing.T) {
	begin := time.Now()
	c := cluster.StartFor(t, cluster.Full())
	t.Logf("a full cluster is ready after %v", time.Since(begin).Round(10*time.Millisecond))

	t.Run("A container reports the user of the manifest, else that of its image", usersAreReported(c))
	t.Run("A ServiceAccount may do what RBAC gives it and nothing else", rightsAreThoseOfRBAC(c))
	t.Run("Each write is counted once, with the one who wrote", writesAreCounted(c))
	t.Run("Stop ends every process", stopEndsAll(c))
}

func usersAreReported(c *cluster.Cluster) func(*testing.T) {
	return func(t *testing.T) {
		labels := map[string]string{"app": "web"}
		web := &appsv1.Deployment{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "web"},
			Spec: appsv1.DeploymentSpec{
				Replicas: ptr.To[int32](2),
				Selector: &metav1.LabelSelector{MatchLabels: labels},
				Template: corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{
						Labels:      labels,
						Annotations: map[string]string{cluster.ImageUserAnnotation: "65532"},
					},
					Spec: corev1.PodSpec{
						Containers: []corev1.Container{
							{Name: "image", Image: "web:v1"},
							{Name: "own", Image: "web:v1", SecurityContext: &corev1.SecurityContext{RunAsUser: ptr.To[int64](0)}},
						},
						InitContainers: []corev1.Container{{Name: "init", Image: "web:v1"}},
					},
				},
			},
		}
		create(t, c, web)

		var pods corev1.PodList
		eventually(t, func(ctx context.Context) (bool, error) {
			err := c.Client().List(ctx, &pods, client.InNamespace("default"), client.MatchingLabels(labels))
			running := 0
			for _, pod := range pods.Items {
				if pod.Status.Phase == corev1.PodRunning {
					running++
				}
			}
			return running == 2, err
		})
		want := map[string]int64{"image": 65532, "own": 0, "init": 65532}
		for _, pod := range pods.Items {
			if diff := cmp.Diff(want, uids(pod)); diff != "" {
				t.Errorf("users of pod %s (-want +got):\n%s", pod.Name, diff)
			}
		}
	}
}

func uids(pod corev1.Pod) map[string]int64 {
	uids := map[string]int64{}
	for _, status := range append(pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses...) {
		if status.User != nil && status.User.Linux != nil {
			uids[status.Name] = status.User.Linux.UID
		}
	}
	return uids
}

const readerManifest = `apiVersion: v1
kind: ServiceAccount
metadata: {name: reader, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [list]}
- {apiGroups: [""], resources: [configmaps], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects:
- {kind: ServiceAccount, name: reader, namespace: default}
`

func reader(t *testing.T, c *cluster.Cluster) client.Client {
	t.Helper()
	if err := c.ApplyYAML(t.Context(), readerManifest); err != nil {
		t.Fatal(err)
	}
	config, err := c.RestConfigFor(t.Context(), "default", "reader")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// The authorizer learns of a binding through its own watch.
	eventually(t, func(ctx context.Context) (bool, error) {
		err := reader.List(ctx, &corev1.NodeList{})
		if apierrors.IsForbidden(err) {
			return false, nil
		}
		return err == nil, err
	})
	return reader
}

func rightsAreThoseOfRBAC(c *cluster.Cluster) func(*testing.T) {
	return func(t *testing.T) {
		r := reader(t, c)
		var nodes corev1.NodeList
		if err := r.List(t.Context(), &nodes); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, node := range nodes.Items {
			names = append(names, node.Name)
		}
		if diff := cmp.Diff([]string{"control-plane-0", "worker-0", "worker-1", "worker-2"}, names); diff != "" {
			t.Errorf("nodes (-want +got):\n%s", diff)
		}
		if err := r.List(t.Context(), &corev1.SecretList{}); !apierrors.IsForbidden(err) {
			t.Errorf("listing Secrets gives %v, want Forbidden", err)
		}
	}
}

func writesAreCounted(c *cluster.Cluster) func(*testing.T) {
	return func(t *testing.T) {
		r := reader(t, c)
		user := cluster.ServiceAccountUser("default", "reader")
		mark, err := c.Mark()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.List(t.Context(), &corev1.NodeList{}); err != nil {
			t.Fatal(err)
		}
		if got := writes(t, c, mark, user); len(got) != 0 {
			t.Fatalf("a read was counted as %v", got)
		}
		object := func() *corev1.ConfigMap {
			return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "note"}}
		}
		if err := r.Create(t.Context(), object(), client.DryRunAll); err != nil {
			t.Fatal(err)
		}
		if err := r.Create(t.Context(), object()); err != nil {
			t.Fatal(err)
		}
		if err := r.Delete(t.Context(), object()); !apierrors.IsForbidden(err) {
			t.Fatalf("deleting gives %v, want Forbidden", err)
		}
		want := []cluster.Request{
			{User: user, Verb: "create", Resource: "configmaps", Namespace: "default", Name: "note", Code: 201, DryRun: true},
			{User: user, Verb: "create", Resource: "configmaps", Namespace: "default", Name: "note", Code: 201},
			{User: user, Verb: "delete", Resource: "configmaps", Namespace: "default", Name: "note", Code: 403},
		}
		var got []cluster.Request
		// The answer's code is written after the client has it.
		eventually(t, func(context.Context) (bool, error) {
			got = writes(t, c, mark, user)
			return len(got) != len(want) || got[len(got)-1].Code != 0, nil
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
	}
}

func writes(t *testing.T, c *cluster.Cluster, since cluster.Mark, user string) []cluster.Request {
	t.Helper()
	writes, err := c.Writes(since, user)
	if err != nil {
		t.Fatal(err)
	}
	return writes
}

func stopEndsAll(c *cluster.Cluster) func(*testing.T) {
	return func(t *testing.T) {
		running := components(t, c.Dir())
		var names []string
		for _, component := range running {
			names = append(names, component.name)
			if err := syscall.Kill(component.pid, 0); err != nil {
				t.Errorf("%s is not running before Stop: %v", component.name, err)
			}
		}
		want := []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Fatalf("components (-want +got):\n%s", diff)
		}
		if err := c.Stop(); err != nil {
			t.Fatal(err)
		}
		for _, component := range running {
			if err := syscall.Kill(component.pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("%s is still running after Stop: %v", component.name, err)
			}
		}
	}
}

type component struct {
	name string
	pid  int
}

func components(t *testing.T, dir string) []component {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "pids", "*.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var all []component
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, component{name: strings.TrimSuffix(filepath.Base(file), ".pid"), pid: pid})
	}
	return all
}

// doomedDir tells the test binary, started again, where to start a cluster that it then abandons.
const doomedDir = "DAYSIX_TEST_DOOMED_DIR"

func TestComponentsEndWhenTheirParentIsKilled(t *testing.T) {
	if dir := os.Getenv(doomedDir); dir != "" {
		if _, err := cluster.Start(t.Context(), cluster.Options{Dir: dir}); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), doomedDir+"="+dir)
	output, err := child.CombinedOutput()
	status, ok := child.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the parent ended with %v, want a kill: %s", err, output)
	}
	doomed := components(t, dir)
	if len(doomed) != 2 {
		t.Fatalf("components are %v, want etcd and kube-apiserver", doomed)
	}
	for _, component := range doomed {
		eventually(t, func(context.Context) (bool, error) {
			return errors.Is(syscall.Kill(component.pid, 0), syscall.ESRCH), nil
		})
	}
}

func TestStartFailsWhenTheControlPlaneIsNotBuilt(t *testing.T) {
	_, err := cluster.Start(t.Context(), cluster.Options{Assets: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "make control-plane") {
		t.Errorf("got %v, want an error that names the make target", err)
	}
}

func create(t *testing.T, c *cluster.Cluster, object client.Object) {
	t.Helper()
	if err := c.Client().Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, done func(context.Context) (bool, error)) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, done); err != nil {
		t.Fatal(err)
	}
}
