package cluster

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

//go:embed stages/*.yaml
var stages embed.FS

const (
	// ImageUserAnnotation on a pod is the uid that its images run as when the manifest names none. Without it that is
	// root, which is what an image without a USER line gives.
	ImageUserAnnotation = "simulation.daysix.dev/image-uid"

	controlPlaneRole = "node-role.kubernetes.io/control-plane"
)

func (c *Cluster) startNodes(ctx context.Context) error {
	config, err := c.writeStages()
	if err != nil {
		return err
	}
	// kwok plays the part of every kubelet and container runtime at once.
	kubeconfig, err := c.identity("kwok", "kwok", "system:masters")
	if err != nil {
		return err
	}
	_, err = c.Run("kwok", c.Binary("kwok"), "--kubeconfig="+kubeconfig, "--config="+config, "--manage-all-nodes=true",
		"--cidr=10.244.0.0/16", "--node-ip=10.10.0.1", "--node-lease-duration-seconds=40")
	if err != nil {
		return err
	}
	var names []string
	for i := range c.opts.ControlPlaneNodes {
		names = append(names, fmt.Sprintf("control-plane-%d", i))
		if err := c.client.Create(ctx, ControlPlaneNode(names[len(names)-1])); err != nil {
			return fmt.Errorf("creating a control-plane node: %w", err)
		}
	}
	for i := range c.opts.Workers {
		names = append(names, fmt.Sprintf("worker-%d", i))
		if err := c.client.Create(ctx, WorkerNode(names[len(names)-1])); err != nil {
			return fmt.Errorf("creating a worker node: %w", err)
		}
	}
	return c.until(ctx, "the nodes to be ready", func(ctx context.Context) (bool, error) {
		var nodes corev1.NodeList
		if err := c.client.List(ctx, &nodes); err != nil {
			return false, fmt.Errorf("listing the nodes: %w", err)
		}
		for _, node := range nodes.Items {
			if !c.schedulable(node) {
				return false, nil
			}
		}
		return true, nil
	})
}

// schedulable is whether a node is ready and, where a controller would remove it, rid of the not-ready taint.
func (c *Cluster) schedulable(node corev1.Node) bool {
	for _, taint := range node.Spec.Taints {
		if c.opts.Controllers && taint.Key == corev1.TaintNodeNotReady {
			return false
		}
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func (c *Cluster) writeStages() (string, error) {
	files, err := fs.Glob(stages, "stages/*.yaml")
	if err != nil || len(files) == 0 {
		return "", errors.Join(errors.New("reading the stages: none is embedded"), err)
	}
	var config []byte
	for _, file := range files {
		stage, err := stages.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("reading the stages: %w", err)
		}
		config = append(append(config, "---\n"...), stage...)
	}
	path := filepath.Join(c.dir, "stages.yaml")
	if err := os.WriteFile(path, config, 0o600); err != nil {
		return "", fmt.Errorf("writing the stages: %w", err)
	}
	return path, nil
}

// WorkerNode is a node as it registers itself.
func WorkerNode(name string) *corev1.Node {
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname:       name,
			corev1.LabelOSStable:       "linux",
			corev1.LabelArchStable:     "amd64",
			corev1.LabelTopologyRegion: "lab",
			corev1.LabelTopologyZone:   "lab-a",
		}},
		Spec: corev1.NodeSpec{ProviderID: "simulated:///lab-a/" + name},
	}
}

// ControlPlaneNode is a node with the role and the taint of the control plane.
func ControlPlaneNode(name string) *corev1.Node {
	node := WorkerNode(name)
	node.Labels[controlPlaneRole] = ""
	node.Spec.Taints = []corev1.Taint{{Key: controlPlaneRole, Effect: corev1.TaintEffectNoSchedule}}
	return node
}
