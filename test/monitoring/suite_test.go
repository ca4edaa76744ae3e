package monitoring

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/api"
	prometheusv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/monitoring"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/samples"
)

// patience bounds the wait for what must come: the machine may be building something else.
const patience = time.Minute

// quick is a pace that a test can wait for.
func quick() monitoring.Pace {
	return monitoring.Pace{
		Interval: time.Second, New: 30 * time.Second, Brief: time.Second, Long: 2 * time.Second,
		Silent: time.Minute, Old: time.Second, Ahead: time.Hour, Range: 30 * time.Second,
	}
}

var (
	root       string
	control    *cluster.Cluster
	admin      client.Client
	prometheus prometheusv1.API
)

func TestMonitoring(t *testing.T) {
	ctrl.SetLogger(logr.Discard())
	RegisterFailHandler(Fail)
	EnforceDefaultTimeoutsWhenUsingContexts()
	SetDefaultEventuallyTimeout(patience)
	SetDefaultEventuallyPollingInterval(100 * time.Millisecond)
	RunSpecs(t, "A real Prometheus")
}

var _ = BeforeSuite(func(ctx SpecContext) {
	var err error
	root, err = cluster.RepositoryRoot()
	Expect(err).NotTo(HaveOccurred())
	control, err = cluster.Start(ctx, cluster.Full())
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return control.Stop() })
	admin = control.Client()
	Expect(control.InstallRights(ctx, root)).To(Succeed())
	set, err := samples.Load(root)
	Expect(err).NotTo(HaveOccurred())
	Expect(set.Apply(ctx, control)).To(Succeed())
	startPrometheus(startManager(ctx), tokenFile(ctx))
})

// startManager starts the manager with the token of its ServiceAccount, waits until it is ready, and returns the address that
// it serves metrics on.
func startManager(ctx context.Context) string {
	GinkgoHelper()
	binary := filepath.Join(control.Dir(), "manager")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./cmd/manager")
	build.Dir = root
	output, err := build.CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(output))
	config, err := control.ManagerConfig(ctx)
	Expect(err).NotTo(HaveOccurred())
	kubeconfig := filepath.Join(control.Dir(), "daysix.kubeconfig")
	Expect(cluster.WriteKubeconfig(config, kubeconfig)).To(Succeed())
	metrics, probes := freeAddress(), freeAddress()
	manager, err := control.Run("daysix", binary, "--kubeconfig", kubeconfig,
		"--metrics-bind-address", metrics, "--health-probe-bind-address", probes)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() {
		AddReportEntry("the manager's log", ReportEntryVisibilityFailureOrVerbose, manager.LogTail())
		Expect(manager.Stop()).To(Succeed())
	})
	Eventually(func(ctx context.Context) (int, error) {
		if err := manager.Err(); err != nil {
			return 0, StopTrying("the manager has ended").Wrap(err)
		}
		return status(ctx, "http://"+probes+"/readyz")
	}).WithContext(ctx).Should(Equal(http.StatusOK))
	return metrics
}

// tokenFile has the token of a ServiceAccount that may read metrics and nothing else.
func tokenFile(ctx context.Context) string {
	GinkgoHelper()
	scraper := metav1.ObjectMeta{Namespace: cluster.SystemNamespace, Name: "scraper"}
	Expect(admin.Create(ctx, &corev1.ServiceAccount{ObjectMeta: scraper})).To(Succeed())
	Expect(admin.Create(ctx, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "scraper"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "daysix-metrics-reader"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: scraper.Namespace, Name: scraper.Name}},
	})).To(Succeed())
	config, err := control.RestConfigFor(ctx, scraper.Namespace, scraper.Name)
	Expect(err).NotTo(HaveOccurred())
	file := filepath.Join(control.Dir(), "token")
	Expect(os.WriteFile(file, []byte(config.BearerToken), 0o600)).To(Succeed())
	return file
}

// startPrometheus starts a Prometheus that scrapes an address and evaluates the rules.
func startPrometheus(target, token string) {
	GinkgoHelper()
	rules, err := monitoring.RuleFile(quick())
	Expect(err).NotTo(HaveOccurred())
	dir := control.Dir()
	Expect(os.WriteFile(filepath.Join(dir, "rules.yaml"), rules, 0o600)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(dir, "prometheus.yaml"), []byte(`
global: {scrape_interval: 1s}
rule_files: [rules.yaml]
scrape_configs:
- job_name: daysix
  scheme: https
  honor_labels: true
  tls_config: {insecure_skip_verify: true}
  authorization: {credentials_file: `+token+`}
  static_configs: [{targets: ["`+target+`"]}]
`), 0o600)).To(Succeed())
	address := freeAddress()
	process, err := control.Run("prometheus", tool("prometheus"), "--config.file", filepath.Join(dir, "prometheus.yaml"),
		"--storage.tsdb.path", filepath.Join(dir, "tsdb"), "--web.listen-address", address, "--enable-feature=native-histograms")
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() {
		AddReportEntry("Prometheus' log", ReportEntryVisibilityFailureOrVerbose, process.LogTail())
		Expect(process.Stop()).To(Succeed())
	})
	endpoint, err := api.NewClient(api.Config{Address: "http://" + address})
	Expect(err).NotTo(HaveOccurred())
	prometheus = prometheusv1.NewAPI(endpoint)
}

// tool is the path of prometheus or promtool.
func tool(name string) string {
	GinkgoHelper()
	dir := os.Getenv("PROMETHEUS_BIN")
	if dir == "" {
		dir = filepath.Join(root, "bin", "prometheus")
	}
	path := filepath.Join(dir, name)
	Expect(path).To(BeARegularFile(), "run make prometheus, or set PROMETHEUS_BIN")
	return path
}

func status(ctx context.Context, url string) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// freeAddress is a port on loopback that nobody listens on, for now.
func freeAddress() string {
	GinkgoHelper()
	address, err := cluster.FreeAddress()
	Expect(err).NotTo(HaveOccurred())
	return address
}
