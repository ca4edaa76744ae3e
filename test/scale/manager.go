package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// manager is a manager that runs as it is shipped, but for the limit of requests, which would be what is measured.
type manager struct {
	*cluster.Process
	probes, metrics, profiles string
	started                   time.Time
}

func (l *lab) start(flags ...string) (*manager, error) {
	m := &manager{}
	for _, address := range []*string{&m.probes, &m.metrics, &m.profiles} {
		var err error
		if *address, err = cluster.FreeAddress(); err != nil {
			return nil, err
		}
	}
	l.managers++
	m.started = time.Now()
	var err error
	m.Process, err = l.control.Run(fmt.Sprintf("daysix-%d", l.managers), l.binary, append([]string{
		"--kubeconfig", l.kubeconfig, "--kube-api-qps", "5000", "--kube-api-burst", "10000",
		"--health-probe-bind-address", m.probes, "--metrics-bind-address", m.metrics, "--metrics-secure=false",
		"--pprof-bind-address", m.profiles,
	}, flags...)...)
	return m, err
}

// ready waits until the manager is ready, and returns how long that took from its start.
func (m *manager) ready(ctx context.Context) (time.Duration, error) {
	return m.answers(ctx, "http://"+m.probes+"/readyz")
}

// profiled waits until the manager serves profiles, which it does before it reads the cluster.
func (m *manager) profiled(ctx context.Context) error {
	_, err := m.answers(ctx, "http://"+m.profiles+"/debug/pprof/cmdline")
	return err
}

func (m *manager) answers(ctx context.Context, url string) (time.Duration, error) {
	for {
		if err := m.Err(); err != nil {
			return 0, err
		}
		if response, err := get(ctx, url); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return time.Since(m.started), nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("waiting for the manager to answer %s: %w", url, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// scrape reads the metrics, and says how long that took and how many series of Daysix's own there are.
func (m *manager) scrape(ctx context.Context) (families map[string]*dto.MetricFamily, took time.Duration, series int, err error) {
	begin := time.Now()
	response, err := get(ctx, "http://"+m.metrics+"/metrics")
	if err != nil {
		return nil, 0, 0, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("reading the metrics: %w", err)
	}
	took = time.Since(begin)
	for line := range strings.SplitSeq(string(body), "\n") {
		if strings.HasPrefix(line, "daysix_") {
			series++
		}
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err = parser.TextToMetricFamilies(strings.NewReader(string(body)))
	return families, took, series, err
}

// sum adds up the series of a family.
func sum(families map[string]*dto.MetricFamily, name string) float64 {
	total := 0.0
	for _, metric := range families[name].GetMetric() {
		total += metric.GetCounter().GetValue() + metric.GetGauge().GetValue()
	}
	return total
}

// usage is what the process has used so far.
type usage struct {
	// cpu is in seconds; requests are those to the API server.
	cpu, requests float64
	// heap is what is in use, in bytes.
	heap float64
	// peak is the most memory that was resident, in bytes.
	peak float64
}

func (m *manager) usage(ctx context.Context) (usage, error) {
	families, _, _, err := m.scrape(ctx)
	if err != nil {
		return usage{}, err
	}
	u := usage{
		cpu: sum(families, "process_cpu_seconds_total"), requests: sum(families, "rest_client_requests_total"),
		heap: sum(families, "go_memstats_heap_alloc_bytes"),
	}
	u.peak, err = m.peak()
	return u, err
}

// peak is VmHWM.
func (m *manager) peak() (float64, error) {
	status, err := os.Open(filepath.Join("/proc", strconv.Itoa(m.Pid()), "status"))
	if err != nil {
		return 0, fmt.Errorf("reading the memory of the manager: %w", err)
	}
	defer func() { _ = status.Close() }()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, err := strconv.ParseFloat(fields[1], 64)
			return kib * 1024, err
		}
	}
	return 0, fmt.Errorf("VmHWM is not in the status of process %d", m.Pid())
}

// profile keeps a profile of the manager, by its name and what else is asked of it.
func (m *manager) profile(ctx context.Context, name, path string) error {
	response, err := get(ctx, "http://"+m.profiles+"/debug/pprof/"+name)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("reading the profile %s: %w", name, err)
	}
	return os.WriteFile(path, data, 0o644)
}

func get(ctx context.Context, url string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("making the request %s: %w", url, err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the manager: %w", err)
	}
	return response, nil
}
