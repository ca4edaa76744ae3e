package faults

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	"github.com/rs/zerolog"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// lab is a control plane with workloads in it, a proxy on each of the two ways that a fault can befall, and the manager to run.
type lab struct {
	control *cluster.Cluster
	admin   client.WithWatch
	// toServer is between the manager and the API server, toEtcd between that and etcd.
	toServer, toEtcd *proxy
	binary           string
	kubeconfig       string
	managers         int
	reports          *sampler
}

func newLab(t *testing.T) *lab {
	t.Helper()
	ctrl.SetLogger(logr.Discard())
	zerolog.SetGlobalLevel(zerolog.Disabled) // Toxics log past the logger of their proxy.
	root, err := cluster.RepositoryRoot()
	must(t, err)
	must(t, daysixv1alpha1.AddToScheme(scheme.Scheme))
	l := &lab{binary: filepath.Join(t.TempDir(), "manager")}
	build(t, root, l.binary)

	etcd, err := cluster.FreeAddress()
	must(t, err)
	l.toEtcd = newProxy(t, "etcd", etcd)
	options := cluster.Full()
	options.AdmissionPlugins = []string{"OwnerReferencesPermissionEnforcement"}
	options.EtcdAddress = etcd
	options.APIServerFlags = map[string][]string{"etcd-servers": {"http://" + l.toEtcd.Listen}}
	l.control = cluster.StartFor(t, options)
	must(t, l.control.InstallRights(t.Context(), root))
	config := l.control.Config()
	config.QPS, config.Burst = 1000, 2000
	l.admin, err = client.NewWithWatch(config, client.Options{})
	must(t, err)
	server, err := url.Parse(config.Host)
	must(t, err)
	l.toServer = newProxy(t, "kube-apiserver", server.Host)
	l.kubeconfig = l.accessOf(t, cluster.ManagerAccount)
	l.reports = newSampler(t, l.admin)
	l.populate(t)
	return l
}

// build builds the manager.
func build(t *testing.T, root, binary string, flags ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{"build", "-o", binary}, flags...), "./cmd/manager")...)
	cmd.Dir = root
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building the manager: %v: %s", err, output)
	}
}

// accessOf writes a kubeconfig of a ServiceAccount that leads through the proxy, and returns its path.
func (l *lab) accessOf(t *testing.T, account string) string {
	t.Helper()
	config, err := l.control.RestConfigFor(t.Context(), cluster.SystemNamespace, account)
	must(t, err)
	must(t, through(config, l.toServer))
	path := filepath.Join(l.control.Dir(), account+".kubeconfig")
	must(t, cluster.WriteKubeconfig(config, path))
	return path
}

// through leads an access through a proxy: what is verified is still the certificate of the server itself.
func through(config *rest.Config, p *proxy) error {
	server, err := url.Parse(config.Host)
	if err != nil {
		return fmt.Errorf("reading the address of the API server: %w", err)
	}
	host, _, err := net.SplitHostPort(server.Host)
	if err != nil {
		return fmt.Errorf("reading the address of the API server: %w", err)
	}
	config.ServerName, config.Host = host, "https://"+p.Listen
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// background is the context of what is done after a test has ended.
func background() context.Context { return context.Background() }
