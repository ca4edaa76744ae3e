package main

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/monitoring"
)

// metricsText and alertsText stand before the tables.
var (
	//go:embed metrics.md
	metricsText string
	//go:embed alerts.md
	alertsText string
)

// page collects Markdown.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) row(cells ...string) { p.line("| %s |", strings.Join(cells, " | ")) }

func (p *page) head(cells ...string) {
	p.row(cells...)
	p.line("|%s", strings.Repeat("---|", len(cells)))
}

func code(texts ...string) string {
	if len(texts) == 0 {
		return ""
	}
	return "`" + strings.Join(texts, "`, `") + "`"
}

func metricsPage() []byte {
	var p page
	defaults := config.Default().Metrics
	limits := metrics.Limits{Workloads: defaults.MaxWorkloadSeries, Namespaces: defaults.MaxNamespaceSeries}
	p.WriteString(metricsText)
	p.line("\n## Families\n")
	p.line("“At most” is with the defaults, %d workloads and %d namespaces; a histogram counts with its classic buckets.",
		limits.Workloads, limits.Namespaces)
	p.line("All of them together are %d series at most.\n", metrics.Series(limits))
	p.head("family", "type", "labels", "exported by", "at most", "is")
	for _, f := range metrics.Families() {
		most := fmt.Sprint(f.Most(limits))
		if f.Capped {
			most += ", capped"
		}
		p.row(code(f.Name), string(f.Type), code(f.Labels...), string(f.By), most, f.Help)
	}
	p.line("\n## Labels\n")
	p.head("label", "values")
	for _, l := range metrics.Labels() {
		p.row(code(l.Name), l.Values)
	}
	return []byte(p.String())
}

func alertsPage(pace monitoring.Pace) []byte {
	var p page
	p.WriteString(alertsText)
	p.line("\n## Alerts\n")
	p.head("alert", "severity", "lasts", "tells")
	for _, a := range monitoring.Alerts(pace) {
		lasts := "at once"
		if a.For > 0 {
			lasts = strings.TrimSuffix(a.For.String(), "0s")
		}
		p.row(fmt.Sprintf("[%s](runbooks/%s)", a.Name, a.Page()), string(a.Severity), lasts, a.Summary)
	}
	p.line("\n## Recording rules\n")
	p.head("rule", "is")
	for _, r := range monitoring.Records(pace) {
		p.row(code(r.Name), r.Is)
	}
	p.line("\n## Expressions\n")
	for _, a := range monitoring.Alerts(pace) {
		p.line("%s:\n\n```\n%s\n```\n", a.Name, a.Expr)
	}
	return []byte(strings.TrimSuffix(p.String(), "\n"))
}
