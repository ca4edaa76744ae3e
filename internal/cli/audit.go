package cli

import (
	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/report"
)

// audit assesses every workload that was read, as the controller does, ordered by namespace, kind and name. excluded counts
// the workloads that the configuration leaves out.
func audit(m *loaded, c *config.AuditConfiguration) (reports []*daysixv1alpha1.PodSecurityReport, excluded int, err error) {
	assessor := assess.New(c.PostureSettings())
	podSecurity := m.Snapshot.PodSecurity()
	rules, err := assess.RestartRules(m.Model, c.PodSecuritySettings(m.minor), c.TrustsWebhook)
	if err != nil {
		return nil, 0, err
	}
	for _, key := range m.Snapshot.Workloads() {
		if c.Excludes(key.Namespace) {
			excluded++
			continue
		}
		if view, ok := m.Snapshot.View(key); ok {
			around := assess.Around{Access: assess.Gather(&view, m.Grants, podSecurity), Restart: rules}
			reports = append(reports, report.Build(assessor.Assess(&view, around)))
		}
	}
	return reports, excluded, nil
}
