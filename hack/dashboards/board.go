package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/bargauge"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/variants"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/stat"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// board is a dashboard.
type board struct {
	uid, title, about string
	variables         []variable
	rows              []row
}

// row is a row of panels under a title.
type row struct {
	title  string
	panels []panel
}

// shape is how a panel shows its queries.
type shape int

const (
	number  shape = iota // one number each
	bars                 // a bar each
	lines                // over time
	stacked              // over time, one upon the other
	list                 // a table
)

// panel shows queries. Width is of 24.
type panel struct {
	title, about  string
	shape         shape
	width, height uint32
	unit          string
	queries       []query
}

type query struct{ expr, legend string }

// variable is a choice at the head of a dashboard.
type variable struct {
	name, label, query string
	// all lets everything be chosen at once, and is where the choice begins.
	all bool
}

// source is the Prometheus that is chosen at the head of the dashboard.
func source() common.DataSourceRef {
	return common.DataSourceRef{Type: cog.ToPtr("prometheus"), Uid: cog.ToPtr("${datasource}")}
}

func (b board) build() (dashboard.Dashboard, error) {
	d := dashboard.NewDashboardBuilder(b.title).
		Uid(b.uid).
		Description(b.about).
		Tags([]string{"daysix"}).
		Timezone("browser").
		Time("now-24h", "now").
		Refresh("1m").
		Readonly().
		Tooltip(dashboard.DashboardCursorSyncCrosshair).
		Link(dashboard.NewDashboardLinkBuilder("Daysix").Type(dashboard.DashboardLinkTypeDashboards).Tags([]string{"daysix"}).
			IncludeVars(true).KeepTime(true)).
		WithVariable(dashboard.NewDatasourceVariableBuilder("datasource").Label("Prometheus").Type("prometheus"))
	for _, v := range b.variables {
		d.WithVariable(v.build())
	}
	for _, r := range b.rows {
		d.WithRow(dashboard.NewRowBuilder(r.title))
		for _, p := range r.panels {
			d.WithPanel(p.build())
		}
	}
	return d.Build()
}

func (v variable) build() cog.Builder[dashboard.VariableModel] {
	b := dashboard.NewQueryVariableBuilder(v.name).
		Label(v.label).
		Query(dashboard.StringOrMap{String: &v.query}).
		Datasource(source()).
		Refresh(dashboard.VariableRefreshOnTimeRangeChanged).
		Sort(dashboard.VariableSortAlphabeticalAsc)
	if v.all {
		// Everything, with what lacks the label.
		b.IncludeAll(true).Multi(true).AllValue(".*").Current(dashboard.VariableOption{
			Text:  dashboard.StringOrArrayOfString{String: cog.ToPtr("All")},
			Value: dashboard.StringOrArrayOfString{String: cog.ToPtr("$__all")},
		})
	}
	return b
}

func (p panel) build() cog.Builder[dashboard.Panel] {
	switch p.shape {
	case number:
		b := stat.NewPanelBuilder().GraphMode(common.BigValueGraphModeNone).ColorMode(common.BigValueColorModeNone)
		return fill(b, p)
	case bars:
		b := bargauge.NewPanelBuilder().Orientation(common.VizOrientationHorizontal).DisplayMode(common.BarGaugeDisplayModeBasic)
		return fill(b, p)
	case list:
		// The schema wants the reducers of a footer, shown or not.
		b := table.NewPanelBuilder().Footer(common.NewTableFooterOptionsBuilder().Show(false).Reducer([]string{}))
		return fill(b, p).WithTransformation(dashboard.DataTransformerConfig{
			Id:      "organize",
			Options: map[string]any{"excludeByName": map[string]bool{"Time": true}},
		})
	case stacked:
		b := timeseries.NewPanelBuilder().FillOpacity(60).
			Stacking(common.NewStackingConfigBuilder().Mode(common.StackingModeNormal))
		return fill(b, p)
	case lines:
	}
	return fill(timeseries.NewPanelBuilder(), p)
}

// filler is what the builders of all kinds of panels have.
type filler[B any] interface {
	cog.Builder[dashboard.Panel]
	Title(string) B
	Description(string) B
	Unit(string) B
	Span(uint32) B
	Height(uint32) B
	Datasource(common.DataSourceRef) B
	WithTarget(cog.Builder[variants.Dataquery]) B
}

// fill gives a panel what every one has.
func fill[B filler[B]](b B, p panel) B {
	b.Title(p.title).Description(p.about).Unit(p.unit).Span(p.width).Height(p.height).Datasource(source())
	for i, q := range p.queries {
		target := prometheus.NewDataqueryBuilder().Expr(q.expr).LegendFormat(q.legend).RefId(string(rune('A' + i))).Datasource(source())
		switch p.shape {
		case list:
			target.Instant().Format(prometheus.PromQueryFormatTable)
		case number, bars:
			target.Instant()
		case lines, stacked:
			target.Range()
		}
		b.WithTarget(target)
	}
	return b
}
