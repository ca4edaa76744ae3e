package cli

import (
	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/report"
)

// audit assesses every workload that was read, as the controller does, ordered by namespace, kind and name. excluded counts
// the workloads that the configuration leaves out.
func audit(m *model, c *config.AuditConfiguration) (reports []*daysixv1alpha1.PodSecurityReport, excluded int) {
	assessor := assess.New(c.PostureSettings())
	podSecurity := m.snapshot.PodSecurity()
	for _, key := range m.snapshot.Workloads() {
		if c.Excludes(key.Namespace) {
			excluded++
			continue
		}
		if view, ok := m.snapshot.View(key); ok {
			reports = append(reports, report.Build(assessor.Assess(&view, assess.Around{Access: assess.Gather(&view, m.grants, podSecurity)})))
		}
	}
	return reports, excluded
}
