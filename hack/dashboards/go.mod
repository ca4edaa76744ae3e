// The dashboards, in a module of their own: Grafana's SDK is no dependency of the product.
module github.com/daysix/daysix/hack/dashboards

go 1.26.0

require github.com/grafana/grafana-foundation-sdk/go v0.0.18
