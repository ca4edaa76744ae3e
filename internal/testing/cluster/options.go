package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Options say what runs. The zero value is an API server and its etcd, with the ServiceAccount admission plugin and
// Node and RBAC authorization, and nothing that would create pods or default ServiceAccounts.
type Options struct {
	// Assets is the folder of the binaries. Empty means KUBEBUILDER_ASSETS, else bin/k8s of the repository.
	Assets string
	// Dir receives logs, kubeconfigs and the audit log, and outlives Stop. Empty means a temporary folder that Stop
	// removes.
	Dir string

	// Controllers starts kube-controller-manager and kube-scheduler.
	Controllers bool
	// Workers and ControlPlaneNodes are how many simulated nodes are created. kwok runs where there is one.
	Workers, ControlPlaneNodes int

	// AdmissionPlugins are switched on beside the default ones, for example OwnerReferencesPermissionEnforcement.
	AdmissionPlugins []string
	// FeatureGates are set on every component of the control plane.
	FeatureGates map[string]bool
	// APIServerFlags are set on kube-apiserver, without the leading dashes.
	APIServerFlags map[string][]string
	// EtcdAddress is the host and port that etcd listens on, for who puts something between it and the API server, whose flag
	// etcd-servers then names that. Empty means a free port.
	EtcdAddress string
	// CRDs are files or folders of CustomResourceDefinitions, installed and established before Start returns.
	CRDs []string
	// NoAudit switches the audit log off: Writes then fails. Meant for benchmarks of something else.
	NoAudit bool
}

// Full is a whole cluster: all controllers, one control-plane node and three workers.
func Full() Options {
	return Options{Controllers: true, Workers: 3, ControlPlaneNodes: 1}
}

func (o Options) simulatesNodes() bool { return o.Workers+o.ControlPlaneNodes > 0 }

func (o Options) binaries() []string {
	names := []string{"etcd", "kube-apiserver", "kubectl"}
	if o.Controllers {
		names = append(names, "kube-controller-manager", "kube-scheduler")
	}
	if o.simulatesNodes() {
		names = append(names, "kwok")
	}
	return names
}

// findAssets resolves the folder of the binaries and fails when one that is needed is not there. A test must not skip
// then: what is skipped is never noticed.
func (o Options) findAssets() (string, error) {
	dir := o.Assets
	if dir == "" {
		dir = os.Getenv("KUBEBUILDER_ASSETS")
	}
	if dir == "" {
		root, err := RepositoryRoot()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(root, "bin", "k8s")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("resolving the folder of the control plane's binaries: %w", err)
	}
	for _, name := range o.binaries() {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("the control plane is not built, run `make control-plane`: %w", err)
		}
	}
	return dir, nil
}

// RepositoryRoot is the folder of the product's go.mod, at or above the working directory.
func RepositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the repository: %w", err)
	}
	for {
		// hack/ holds modules of its own: the root is the folder that has both.
		_, modErr := os.Stat(filepath.Join(dir, "go.mod"))
		_, hackErr := os.Stat(filepath.Join(dir, "hack", "control-plane.sh"))
		if modErr == nil && hackErr == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("finding the repository: no folder above the working directory has go.mod and hack/control-plane.sh")
		}
		dir = parent
	}
}
