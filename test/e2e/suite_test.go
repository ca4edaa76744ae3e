package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// patience bounds the wait for what must come: the machine may be building something else.
	patience = time.Minute
	// steady is how long something must stay as it is.
	steady = 3 * time.Second
	poll   = 50 * time.Millisecond
)

// What every topic shares. The control plane is started once; each topic starts managers of its own.
var (
	root       string
	control    *cluster.Cluster
	admin      client.WithWatch
	binary     string
	kubeconfig string
)

func TestEndToEnd(t *testing.T) {
	ctrl.SetLogger(logr.Discard())
	RegisterFailHandler(Fail)
	EnforceDefaultTimeoutsWhenUsingContexts()
	SetDefaultEventuallyTimeout(patience)
	SetDefaultEventuallyPollingInterval(poll)
	SetDefaultConsistentlyDuration(steady)
	SetDefaultConsistentlyPollingInterval(poll)
	RunSpecs(t, "The manager on a real control plane")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	root, err = cluster.RepositoryRoot()
	Expect(err).NotTo(HaveOccurred())
	binary = filepath.Join(GinkgoT().TempDir(), "manager")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/manager")
	build.Dir = root
	output, err := build.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(output))

	Expect(daysixv1alpha1.AddToScheme(scheme.Scheme)).To(Succeed())
	options := cluster.Full()
	// Without it nobody checks who may name an object as an owner.
	options.AdmissionPlugins = []string{"OwnerReferencesPermissionEnforcement"}
	control, err = cluster.Start(ctx, options)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return control.Stop() })
	Expect(control.InstallRights(ctx, root)).To(Succeed())

	config := control.Config()
	config.QPS, config.Burst = 1000, 2000
	admin, err = client.NewWithWatch(config, client.Options{})
	Expect(err).NotTo(HaveOccurred())
	config, err = control.ManagerConfig(ctx)
	Expect(err).NotTo(HaveOccurred())
	create(ctx, nodeApart())
	kubeconfig = filepath.Join(control.Dir(), "daysix.kubeconfig")
	Expect(cluster.WriteKubeconfig(config, kubeconfig)).To(Succeed())
})
