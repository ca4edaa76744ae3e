// Package reach answers the reverse question: which workloads can do this, and through what.
//
// A question is a request to the API server, or a target: a Secret, a node, cluster-admin. The package reads a snapshot, an
// index of grants and the attack graph, and decides nothing that the packages below it do not: rbac says what a
// ServiceAccount may do, posture whether a container holds its token or a Secret, assess who becomes cluster-admin, and the
// attack graph who gets to a target over other workloads. Requests are answered for each workload by itself.
package reach
