package faults

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// manager is a manager that runs as it is shipped, and reaches the API server through the proxy.
type manager struct {
	*cluster.Process
	probes, metrics string
}

// start starts a manager that ends with the test at the latest. It does not wait.
func (l *lab) start(t *testing.T, flags ...string) *manager {
	t.Helper()
	m := &manager{}
	for _, address := range []*string{&m.probes, &m.metrics} {
		var err error
		*address, err = cluster.FreeAddress()
		must(t, err)
	}
	l.managers++
	var err error
	m.Process, err = l.control.Run(fmt.Sprintf("daysix-%d", l.managers), l.binary, append([]string{
		"--kubeconfig", l.kubeconfig, "--health-probe-bind-address", m.probes,
		"--metrics-bind-address", m.metrics, "--metrics-secure=false",
	}, flags...)...)
	must(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the manager's log: %s", m.LogTail())
			keep(t, m.Log())
		}
		must(t, m.Stop())
	})
	return m
}

// keep keeps a log where FAULTS_LOGS names a folder.
func keep(t *testing.T, path string) {
	t.Helper()
	folder := os.Getenv("FAULTS_LOGS")
	if folder == "" {
		return
	}
	log, err := os.ReadFile(path)
	must(t, err)
	name := strings.NewReplacer("/", "-", " ", "-").Replace(t.Name())
	must(t, os.WriteFile(fmt.Sprintf("%s/%s.log", folder, name), log, 0o600))
}

// kill ends the manager without a chance to tidy up.
func (m *manager) kill(t *testing.T) {
	t.Helper()
	must(t, syscall.Kill(m.Pid(), syscall.SIGKILL))
	<-m.Exited()
}

// ready tells whether the manager says that it is ready.
func (m *manager) ready() bool {
	response, err := asker.Get("http://" + m.probes + "/readyz")
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// asker gives up soon: what is asked is a manager in trouble.
var asker = &http.Client{Timeout: 2 * time.Second}

// metric adds up the series of a family whose labels are the given ones; a histogram counts with its sum. It is 0 where there
// are none.
func (m *manager) metric(family string, labels map[string]string) float64 {
	response, err := asker.Get("http://" + m.metrics + "/metrics")
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		return 0
	}
	total := 0.0
	for _, series := range families[family].GetMetric() {
		if carries(series, labels) {
			total += series.GetCounter().GetValue() + series.GetGauge().GetValue() + series.GetHistogram().GetSampleSum()
		}
	}
	return total
}

func carries(series *dto.Metric, labels map[string]string) bool {
	found := 0
	for _, label := range series.GetLabel() {
		if want, asked := labels[label.GetName()]; asked && want == label.GetValue() {
			found++
		}
	}
	return found == len(labels)
}
