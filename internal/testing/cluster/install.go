package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
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

// Install applies config/default of the repository in root, as it is shipped, with those of config/components that are
// named, and waits for its kinds to be served.
func (c *Cluster) Install(ctx context.Context, root string, components ...string) error {
	return c.install(ctx, root, components, "")
}

// InstallRights is Install without the manager's Deployment, for a manager that runs as a process beside the cluster:
// the kinds, the namespace, the ServiceAccount and exactly the rights that are shipped.
func (c *Cluster) InstallRights(ctx context.Context, root string, components ...string) error {
	return c.install(ctx, root, components, "Deployment")
}

func (c *Cluster) install(ctx context.Context, root string, components []string, without string) error {
	manifests, err := c.render(ctx, filepath.Join(root, "config"), components)
	if err != nil {
		return err
	}
	documents := slices.DeleteFunc(strings.Split(manifests, "\n---\n"), func(document string) bool {
		return without != "" && strings.Contains("\n"+document, "\nkind: "+without+"\n")
	})
	if err := c.ApplyYAML(ctx, strings.Join(documents, "\n---\n")); err != nil {
		return fmt.Errorf("installing config/default: %w", err)
	}
	_, err = c.Kubectl(ctx, "wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinition", "--all")
	return err
}

// render renders config/default. Components are added as their documentation says, to a copy.
func (c *Cluster) render(ctx context.Context, config string, components []string) (string, error) {
	if len(components) > 0 {
		copied, err := os.MkdirTemp(c.dir, "config-")
		if err != nil {
			return "", fmt.Errorf("making a folder for the configuration: %w", err)
		}
		if err := os.CopyFS(copied, os.DirFS(config)); err != nil {
			return "", fmt.Errorf("copying the configuration: %w", err)
		}
		if err := addComponents(filepath.Join(copied, "default", "kustomization.yaml"), components); err != nil {
			return "", err
		}
		config = copied
	}
	return c.Kubectl(ctx, "kustomize", filepath.Join(config, "default"))
}

func addComponents(path string, components []string) error {
	kustomization, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	const head = "\ncomponents:\n"
	for _, component := range components {
		kustomization = bytes.Replace(kustomization, []byte(head), []byte(head+"  - ../components/"+component+"\n"), 1)
	}
	if err := os.WriteFile(path, kustomization, 0o600); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// ManagerConfig is the access of the manager after Install or InstallRights: a token of its ServiceAccount.
func (c *Cluster) ManagerConfig(ctx context.Context) (*rest.Config, error) {
	return c.RestConfigFor(ctx, SystemNamespace, ManagerAccount)
}
