package cluster

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/client-go/rest"
)

// SystemNamespace and ManagerAccount are where and as whom config/default runs the manager.
const (
	SystemNamespace = "daysix-system"
	ManagerAccount  = "daysix-controller-manager"
)

// Install applies config/default of the repository in root, as it is shipped, and waits for its kinds to be served.
func (c *Cluster) Install(ctx context.Context, root string) error {
	return c.install(ctx, root)
}

// InstallRights is Install without the manager's Deployment, for a manager that runs as a process beside the cluster:
// the kinds, the namespace, the ServiceAccount and exactly the rights that are shipped.
func (c *Cluster) InstallRights(ctx context.Context, root string) error {
	return c.install(ctx, root, "Deployment")
}

func (c *Cluster) install(ctx context.Context, root string, without ...string) error {
	manifests, err := c.Kubectl(ctx, "kustomize", filepath.Join(root, "config", "default"))
	if err != nil {
		return err
	}
	documents := slices.DeleteFunc(strings.Split(manifests, "\n---\n"), func(document string) bool {
		return slices.ContainsFunc(without, func(kind string) bool { return strings.Contains("\n"+document, "\nkind: "+kind+"\n") })
	})
	if err := c.ApplyYAML(ctx, strings.Join(documents, "\n---\n")); err != nil {
		return fmt.Errorf("installing config/default: %w", err)
	}
	_, err = c.Kubectl(ctx, "wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinition", "--all")
	return err
}

// ManagerConfig is the access of the manager after Install or InstallRights: a token of its ServiceAccount.
func (c *Cluster) ManagerConfig(ctx context.Context) (*rest.Config, error) {
	return c.RestConfigFor(ctx, SystemNamespace, ManagerAccount)
}
