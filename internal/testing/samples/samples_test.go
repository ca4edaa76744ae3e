package samples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/samples"
)

func TestEachSampleSaysWhatItShows(t *testing.T) {
	root := repository(t)
	var files []string
	for _, pattern := range []string{"*.yaml", "*/*.yaml"} {
		matches, err := filepath.Glob(filepath.Join(root, "config", "samples", "demo", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, matches...)
	}
	if len(files) < 15 {
		t.Fatalf("found %d samples, want at least 15", len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first, _, _ := strings.Cut(string(data), "\n"); !strings.HasPrefix(first, "# ") || !strings.HasSuffix(first, ".") {
			t.Errorf("%s starts with %q, want a comment of one sentence", filepath.Base(file), first)
		}
	}
}

func TestSamplesRunOnARealCluster(t *testing.T) {
	set, err := samples.Load(repository(t))
	if err != nil {
		t.Fatal(err)
	}
	c := cluster.StartFor(t, cluster.Full())
	if err := set.Apply(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var pods corev1.PodList
	if err := c.Client().List(t.Context(), &pods); err != nil {
		t.Fatal(err)
	}

	t.Run("Every container reports its user, but for Windows", func(t *testing.T) {
		for _, pod := range pods.Items {
			windows := pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows
			for _, status := range pod.Status.ContainerStatuses {
				if reported := status.User != nil && status.User.Linux != nil; reported == windows {
					t.Errorf("pod %s/%s, container %s: user reported %t", pod.Namespace, pod.Name, status.Name, reported)
				}
			}
		}
	})
	t.Run("The mesh has injected its sidecar into the pods and not into the template", func(t *testing.T) {
		var got [][]string
		for _, pod := range inNamespace(pods, samples.MeshNamespace) {
			got = append(got, users(pod.Status.ContainerStatuses))
		}
		want := [][]string{{"orders 10001", "mesh-proxy 0"}, {"orders 10001", "mesh-proxy 0"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("containers of the pods (-want +got):\n%s", diff)
		}
	})
	t.Run("One pod of a Deployment was debugged", func(t *testing.T) {
		var debugged []string
		for _, pod := range inNamespace(pods, "shop") {
			debugged = append(debugged, users(pod.Status.EphemeralContainerStatuses)...)
		}
		if diff := cmp.Diff([]string{"debugger 10001"}, debugged); diff != "" {
			t.Errorf("ephemeral containers (-want +got):\n%s", diff)
		}
	})
	t.Run("The static pod is a mirror that its Node owns", func(t *testing.T) {
		var pod corev1.Pod
		key := client.ObjectKey{Namespace: "kube-system", Name: "kube-apiserver-" + samples.StaticPodNode}
		if err := c.Client().Get(t.Context(), key, &pod); err != nil {
			t.Fatal(err)
		}
		if _, mirror := pod.Annotations[corev1.MirrorPodAnnotationKey]; !mirror {
			t.Errorf("annotations are %v, want that of a mirror pod", pod.Annotations)
		}
		if len(pod.OwnerReferences) != 1 || pod.OwnerReferences[0].Kind != "Node" {
			t.Errorf("owners are %v, want the Node", pod.OwnerReferences)
		}
	})
}

func users(statuses []corev1.ContainerStatus) []string {
	var users []string
	for _, status := range statuses {
		users = append(users, fmt.Sprintf("%s %d", status.Name, status.User.Linux.UID))
	}
	return users
}

func inNamespace(pods corev1.PodList, namespace string) []corev1.Pod {
	var matching []corev1.Pod
	for _, pod := range pods.Items {
		if pod.Namespace == namespace {
			matching = append(matching, pod)
		}
	}
	return matching
}

func repository(t *testing.T) string {
	t.Helper()
	root, err := cluster.RepositoryRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}
