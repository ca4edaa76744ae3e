package cluster

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

const issuer = "https://kubernetes.default.svc.cluster.local"

func (c *Cluster) certDir() string { return filepath.Join(c.dir, "certs") }
func (c *Cluster) etcdDir() string { return filepath.Join(c.dir, "etcd") }
func (c *Cluster) caFile() string  { return filepath.Join(c.dir, "ca.crt") }

func (c *Cluster) startAPIServer() error {
	c.env = &envtest.Environment{
		CRDDirectoryPaths:        c.opts.CRDs,
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: startTimeout,
		ControlPlaneStopTimeout:  stopTimeout,
	}
	if err := c.configureAPIServer(); err != nil {
		return err
	}
	if err := c.configureEtcd(); err != nil {
		return err
	}
	admin, err := c.env.Start()
	if err != nil {
		return fmt.Errorf("starting etcd and kube-apiserver: %w: %s", err, tail(filepath.Join(c.dir, "kube-apiserver.log")))
	}
	c.admin = admin
	if err := os.WriteFile(c.caFile(), admin.CAData, 0o600); err != nil {
		return fmt.Errorf("writing the certificate authority: %w", err)
	}
	return WriteKubeconfig(admin, c.Kubeconfig())
}

func (c *Cluster) configureAPIServer() error {
	server := c.env.ControlPlane.GetAPIServer()
	var err error
	if server.Path, err = c.wrap("kube-apiserver"); err != nil {
		return err
	}
	if server.Err, err = os.Create(filepath.Join(c.dir, "kube-apiserver.log")); err != nil {
		return fmt.Errorf("creating the log of kube-apiserver: %w", err)
	}
	server.Out = server.Err
	server.CertDir = c.certDir()
	flags := server.Configure().
		// envtest leaves ServiceAccount out: no pod would get a token, and no token would be tied to a pod.
		Disable("disable-admission-plugins").
		Set("authorization-mode", "Node,RBAC").
		Set("service-account-issuer", issuer).
		Set("service-cluster-ip-range", "10.0.0.0/16").
		// A loopback address is refused as the endpoint of the service "kubernetes".
		Set("advertise-address", "127.0.0.1").
		Set("endpoint-reconciler-type", "none").
		Set("max-requests-inflight", "2000").
		Set("max-mutating-requests-inflight", "1000")
	if len(c.opts.AdmissionPlugins) > 0 {
		flags.Set("enable-admission-plugins", strings.Join(c.opts.AdmissionPlugins, ","))
	}
	beta, err := c.BetaMutatingPolicies()
	if err != nil {
		return err
	}
	if beta {
		flags.Set("runtime-config", "admissionregistration.k8s.io/v1beta1=true")
		gates := map[string]bool{"MutatingAdmissionPolicy": true}
		maps.Copy(gates, c.opts.FeatureGates)
		c.opts.FeatureGates = gates
	}
	if gates := c.featureGates(); gates != "" {
		flags.Set("feature-gates", gates)
	}
	if !c.opts.NoAudit {
		policy, err := c.writeAuditPolicy()
		if err != nil {
			return err
		}
		// A log that is rotated away would count too few writes.
		flags.Set("audit-policy-file", policy).Set("audit-log-path", c.auditLog()).Set("audit-log-maxsize", "100000")
	}
	for name, values := range c.opts.APIServerFlags {
		flags.Set(name, values...)
	}
	return nil
}

func (c *Cluster) configureEtcd() error {
	path, err := c.wrap("etcd")
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(c.dir, "etcd.log"))
	if err != nil {
		return fmt.Errorf("creating the log of etcd: %w", err)
	}
	c.env.ControlPlane.Etcd = &envtest.Etcd{Path: path, DataDir: c.etcdDir(), Out: log, Err: log}
	if c.opts.EtcdAddress != "" {
		c.env.ControlPlane.Etcd.URL = &url.URL{Scheme: "http", Host: c.opts.EtcdAddress}
	}
	// The default of 2 GiB ends the larger benchmarks.
	c.env.ControlPlane.Etcd.Configure().Set("quota-backend-bytes", strconv.Itoa(8<<30)).Set("log-level", "warn")
	return nil
}

func (c *Cluster) stopAPIServer() error {
	err := c.env.Stop()
	for _, log := range []any{c.env.ControlPlane.GetAPIServer().Err, c.env.ControlPlane.Etcd.Err} {
		if file, ok := log.(*os.File); ok && file != nil {
			err = errors.Join(err, file.Close())
		}
	}
	for _, name := range []string{"kube-apiserver", "etcd"} {
		if removeErr := os.Remove(c.pidFile(name)); err == nil && !errors.Is(removeErr, os.ErrNotExist) {
			err = removeErr
		}
	}
	c.env = nil
	if err != nil {
		return fmt.Errorf("stopping etcd and kube-apiserver: %w", err)
	}
	return nil
}

// AddUser makes a client certificate for a user, for example a node: system:node:worker-0 in system:nodes.
func (c *Cluster) AddUser(name string, groups ...string) (*rest.Config, error) {
	user, err := c.env.AddUser(envtest.User{Name: name, Groups: groups}, &rest.Config{QPS: 1000, Burst: 2000})
	if err != nil {
		return nil, fmt.Errorf("adding user %s: %w", name, err)
	}
	return user.Config(), nil
}

func (c *Cluster) featureGates() string {
	gates := make([]string, 0, len(c.opts.FeatureGates))
	for name, on := range c.opts.FeatureGates {
		gates = append(gates, name+"="+strconv.FormatBool(on))
	}
	slices.Sort(gates)
	return strings.Join(gates, ",")
}
