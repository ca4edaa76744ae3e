// Package chart tests the Helm chart charts/daysix with Helm itself: what it renders, what it refuses, and what it leaves in a
// real cluster when it is installed, upgraded and uninstalled. hack/chart writes the chart.
package chart
