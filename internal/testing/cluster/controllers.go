package cluster

import (
	"context"
	"fmt"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func (c *Cluster) startControllers(ctx context.Context) error {
	manager, err := c.identity("kube-controller-manager", "system:kube-controller-manager")
	if err != nil {
		return err
	}
	flags := []string{
		"--kubeconfig=" + manager,
		"--service-account-private-key-file=" + filepath.Join(c.certDir(), "sa-signer.key"),
		"--root-ca-file=" + c.caFile(),
		"--use-service-account-credentials=true",
		"--leader-elect=false",
		// Nodes here have no pod network. The node lifecycle controller must run: it takes the not-ready taint away.
		"--controllers=*,-node-ipam-controller",
		"--kube-api-qps=500", "--kube-api-burst=1000",
		"--concurrent-deployment-syncs=20", "--concurrent-replicaset-syncs=20",
		// Nothing scrapes them, and a fixed port would let only one cluster run at a time.
		"--secure-port=0",
	}
	if _, err := c.Run("kube-controller-manager", c.Binary("kube-controller-manager"), c.withFeatureGates(flags)...); err != nil {
		return err
	}
	scheduler, err := c.identity("kube-scheduler", "system:kube-scheduler")
	if err != nil {
		return err
	}
	flags = []string{
		"--kubeconfig=" + scheduler,
		"--leader-elect=false",
		"--kube-api-qps=1000", "--kube-api-burst=2000",
		"--secure-port=0",
	}
	if _, err := c.Run("kube-scheduler", c.Binary("kube-scheduler"), c.withFeatureGates(flags)...); err != nil {
		return err
	}
	return c.until(ctx, "the default ServiceAccount", func(ctx context.Context) (bool, error) {
		key := client.ObjectKey{Namespace: corev1.NamespaceDefault, Name: "default"}
		err := c.client.Get(ctx, key, &corev1.ServiceAccount{})
		return err == nil, client.IgnoreNotFound(err)
	})
}

// identity writes the kubeconfig of a component and returns its path.
func (c *Cluster) identity(component, user string, groups ...string) (string, error) {
	config, err := c.AddUser(user, groups...)
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.dir, component+".kubeconfig")
	if err := WriteKubeconfig(config, path); err != nil {
		return "", fmt.Errorf("giving %s its identity: %w", component, err)
	}
	return path, nil
}

func (c *Cluster) withFeatureGates(flags []string) []string {
	if gates := c.featureGates(); gates != "" {
		return append(flags, "--feature-gates="+gates)
	}
	return flags
}
