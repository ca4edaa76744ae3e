// Package paths tests what is said of workloads that lead to others, by the reports of a manager on a real API server. No
// controllers run and every pod is pinned to its node: what lies on a node decides about paths.
package paths
