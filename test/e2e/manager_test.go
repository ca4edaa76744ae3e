package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// manager is a manager that runs beside the cluster, with the token of its ServiceAccount and nothing else.
type manager struct {
	*cluster.Process
	probes string
}

// started counts the managers, for the names of their logs.
var started int

// startManager starts a manager that ends with the container or spec that started it. It does not wait.
func startManager(flags ...string) *manager {
	GinkgoHelper()
	return startManagerIn(nil, flags...)
}

// startManagerIn starts a manager with more in its environment: NAME=value.
func startManagerIn(environment []string, flags ...string) *manager {
	GinkgoHelper()
	probes := freeAddress()
	started++
	arguments := slices.Concat(environment,
		[]string{binary, "--kubeconfig", kubeconfig, "--health-probe-bind-address", probes, "--zap-log-level=debug"}, flags)
	process, err := control.Run(fmt.Sprintf("daysix-%d", started), "/usr/bin/env", arguments...)
	Expect(err).NotTo(HaveOccurred())
	m := &manager{Process: process, probes: probes}
	DeferCleanup(func() {
		AddReportEntry("the manager's log", ReportEntryVisibilityFailureOrVerbose, m.LogTail())
		Expect(m.Stop()).To(Succeed())
	})
	return m
}

// startReadyManager starts a manager and waits until it is ready.
func startReadyManager(ctx context.Context, flags ...string) *manager {
	GinkgoHelper()
	m := startManager(flags...)
	m.waitReady(ctx)
	return m
}

func (m *manager) waitReady(ctx context.Context) {
	GinkgoHelper()
	Eventually(m.readiness).WithContext(ctx).Should(Equal(http.StatusOK))
}

// readiness is the status that the manager answers a readiness probe with.
func (m *manager) readiness(ctx context.Context) (int, error) {
	if err := m.Err(); err != nil {
		return 0, StopTrying("the manager has ended").Wrap(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.probes+"/readyz", http.NoBody)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func (m *manager) log() (string, error) {
	data, err := os.ReadFile(m.Log())
	return string(data), err
}

// freeAddress is a port on loopback that nobody listens on, for now.
func freeAddress() string {
	GinkgoHelper()
	address, err := cluster.FreeAddress()
	Expect(err).NotTo(HaveOccurred())
	return address
}

func mark() cluster.Mark {
	GinkgoHelper()
	m, err := control.Mark()
	Expect(err).NotTo(HaveOccurred())
	return m
}

// writesSince lists what the manager has written since the mark, as "verb resource namespace/name".
func writesSince(since cluster.Mark) func() ([]string, error) {
	return writesBy(cluster.ManagerAccount, since)
}

// writesBy is writesSince of another ServiceAccount of Daysix.
func writesBy(account string, since cluster.Mark) func() ([]string, error) {
	return func() ([]string, error) {
		writes, err := control.Writes(since, cluster.ServiceAccountUser(cluster.SystemNamespace, account))
		if err != nil {
			return nil, err
		}
		lines := make([]string, 0, len(writes))
		for _, w := range writes {
			lines = append(lines, w.Verb+" "+w.Resource+" "+w.Namespace+"/"+w.Name)
		}
		return lines, nil
	}
}

// quiet waits until no report is written any more: counts of pods are written up to ten seconds late.
func quiet(ctx context.Context) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		since := mark()
		g.Consistently(reportWrites(since)).WithContext(ctx).Should(BeEmpty())
	}).WithContext(ctx).Should(Succeed())
}

// reportWrites is what anybody has written to reports since the mark.
func reportWrites(since cluster.Mark) func() ([]cluster.Request, error) {
	return func() ([]cluster.Request, error) {
		writes, err := control.Writes(since, "")
		return slices.DeleteFunc(writes, func(w cluster.Request) bool { return w.Resource != "podsecurityreports" }), err
	}
}
