package cli

import (
	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/report"
	"github.com/daysix/daysix/internal/snapshot"
)

// audit assesses every workload of a snapshot, as the controller does, ordered by namespace, kind and name. excluded counts
// the workloads that the configuration leaves out.
func audit(s *snapshot.Snapshot, c *config.AuditConfiguration) (reports []*daysixv1alpha1.PodSecurityReport, excluded int) {
	assessor := assess.New(c.PostureSettings())
	for _, key := range s.Workloads() {
		if c.Excludes(key.Namespace) {
			excluded++
			continue
		}
		if view, ok := s.View(key); ok {
			reports = append(reports, report.Build(assessor.Assess(&view, nil)))
		}
	}
	return reports, excluded
}
