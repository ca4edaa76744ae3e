package samples

import (
	"context"
	"fmt"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// MeshNamespace is where the sidecar is injected.
	MeshNamespace = "mesh"
	// StaticPodNode is the Node that runs the static pod.
	StaticPodNode = "control-plane-0"

	// debugged is the Deployment of which one pod gets an ephemeral container.
	debuggedNamespace, debuggedName = "shop", "checkout"

	sourceAnnotation = "kubernetes.io/config.source"
	hashAnnotation   = "kubernetes.io/config.hash"
)

// waitForInjection asks by dry-run until the policy answers: the API server compiles it some time after it was stored.
func waitForInjection(ctx context.Context, c *cluster.Cluster) error {
	err := wait.PollUntilContextTimeout(ctx, pollInterval, settleTimeout, true, func(ctx context.Context) (bool, error) {
		probe := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: MeshNamespace, Name: "probe"},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "probe", Image: "probe:v1"}}},
		}
		// The namespace's ServiceAccount, and the policy's view of its namespace, may not be there yet.
		err := c.Client().Create(ctx, probe, client.DryRunAll)
		return err == nil && len(probe.Spec.Containers) == 2, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the sidecar to be injected: %w", err)
	}
	return nil
}

func (s *Set) staticPod() string { return filepath.Join(s.dir, "nodes", "static-pod.yaml") }

// mirror is the static pod as a kubelet writes it to the API server, but for the owner, which exists only at run time.
func (s *Set) mirror() (*unstructured.Unstructured, error) {
	objects, err := read(s.staticPod())
	if err != nil {
		return nil, err
	}
	if len(objects) != 1 {
		return nil, fmt.Errorf("reading the static pod: %d documents, want one", len(objects))
	}
	pod := objects[0]
	pod.SetName(pod.GetName() + "-" + StaticPodNode)
	const hash = "5f0c1e8f7a3b4d6c9e2a1b3c4d5e6f70"
	pod.SetAnnotations(map[string]string{
		corev1.MirrorPodAnnotationKey: hash,
		hashAnnotation:                hash,
		sourceAnnotation:              "file",
	})
	if err := unstructured.SetNestedField(pod.Object, StaticPodNode, "spec", "nodeName"); err != nil {
		return nil, fmt.Errorf("placing the static pod: %w", err)
	}
	return pod, nil
}

func (s *Set) createMirror(ctx context.Context, c *cluster.Cluster) error {
	var node corev1.Node
	if err := c.Client().Get(ctx, client.ObjectKey{Name: StaticPodNode}, &node); err != nil {
		return fmt.Errorf("reading the node of the static pod: %w", err)
	}
	pod, err := s.mirror()
	if err != nil {
		return err
	}
	pod.SetOwnerReferences([]metav1.OwnerReference{{
		APIVersion: "v1", Kind: "Node", Name: node.Name, UID: node.UID, Controller: ptr.To(true),
	}})
	// The node's own identity, as in a real cluster: only it may run and mirror pods of its own.
	config, err := c.AddUser("system:node:"+StaticPodNode, "system:nodes")
	if err != nil {
		return err
	}
	kubelet, err := client.New(config, client.Options{})
	if err != nil {
		return fmt.Errorf("building the node's client: %w", err)
	}
	if err := kubelet.Create(ctx, pod); err != nil {
		return fmt.Errorf("mirroring the static pod: %w", err)
	}
	return nil
}

// debug leaves an ephemeral container behind in one pod.
func debug(ctx context.Context, c *cluster.Cluster) error {
	var pods corev1.PodList
	err := c.Client().List(ctx, &pods, client.InNamespace(debuggedNamespace), client.MatchingLabels{"app": debuggedName})
	if err != nil {
		return fmt.Errorf("listing the pods to debug: %w", err)
	}
	if len(pods.Items) == 0 {
		return fmt.Errorf("debugging %s/%s: it has no pod", debuggedNamespace, debuggedName)
	}
	pod := &pods.Items[0]
	_, err = c.Kubectl(ctx, "debug", "--namespace", pod.Namespace, pod.Name, "--image", "registry.example.com/tools/netshoot:0.14",
		"--container", "debugger", "--target", debuggedName, "--profile", "sysadmin", "--attach=false", "--quiet")
	if err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, pollInterval, settleTimeout, true, func(ctx context.Context) (bool, error) {
		if err := c.Client().Get(ctx, client.ObjectKeyFromObject(pod), pod); err != nil {
			return false, fmt.Errorf("reading the debugged pod: %w", err)
		}
		return len(pod.Status.EphemeralContainerStatuses) == 1, nil
	})
	if err != nil {
		return fmt.Errorf("waiting for the ephemeral container: %w", err)
	}
	return nil
}
