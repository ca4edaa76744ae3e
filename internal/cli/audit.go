package cli

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/report"
)

// audit assesses every workload that was read, as the controller does, or those of one namespace, ordered by namespace, kind
// and name. excluded counts the workloads that the configuration leaves out.
func audit(
	m *loaded, c *config.AuditConfiguration, namespace string,
) (reports []*daysixv1alpha1.PodSecurityReport, excluded int, err error) {
	engine, err := m.engine(c)
	if err != nil {
		return nil, 0, err
	}
	for _, key := range m.Snapshot.Workloads() {
		if namespace != metav1.NamespaceAll && key.Namespace != namespace {
			continue
		}
		if c.Excludes(key.Namespace) {
			excluded++
			continue
		}
		if assessment := engine.Assess(key); assessment != nil {
			reports = append(reports, report.Build(assessment))
		}
	}
	return reports, excluded, nil
}

// restartRules judge whether pods come back, by the version of the API server and by the configuration.
func (m *loaded) restartRules(c *config.AuditConfiguration) (*restart.Rules, error) {
	return assess.RestartRules(m.Model, c.PodSecuritySettings(m.minor), c.TrustsWebhook)
}

// engine knows the answers of everything that was read.
func (m *loaded) engine(c *config.AuditConfiguration) (*assess.Engine, error) {
	rules, err := m.restartRules(c)
	if err != nil {
		return nil, err
	}
	engine := assess.NewEngine(m.Model, assess.New(c.PostureSettings()).WithOwner(c.Owner), rules)
	engine.UseRanges(c.ClusterRanges())
	engine.Observe(m.Snapshot.Workloads()...)
	engine.ObserveRights()
	engine.Solve()
	return engine, nil
}
