// Package reach answers the reverse question: which workloads can do this, and through what.
//
// A question is a request to the API server, a Secret, or cluster-admin. The package reads a snapshot and an index of
// grants, and decides nothing that the packages below it do not: rbac says what a ServiceAccount may do, posture whether a
// container holds its token or a Secret, and assess who becomes cluster-admin. It answers for each workload by itself; ways
// over other workloads are for the attack graph.
package reach
