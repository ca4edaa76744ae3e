// Package attackgraph answers how far a workload gets: what whoever runs code in its pods can reach step by step, over
// tokens, rights, nodes and Secrets, and by which shortest way.
//
// A Graph is fed with facts that other packages have found: which pods take over their node, which tokens they hold, what
// the rights of a ServiceAccount lead to. It takes them by value and decides nothing about a pod or a role. Solve draws the
// edges of the registry over the facts, which are each drawn once and to hubs (the pods of a namespace, all nodes), never
// from each to each, and returns a Solution: immutable, with the answers for every workload. Changed compares two of
// them, so that only those workloads are published anew whose answers differ.
//
// What holds of every answer:
//
//   - A pod that takes over a node takes over that one node. Of what runs there it gets the tokens and the Secrets, and
//     the pods themselves, but not the other pods of the same workloads.
//   - A way without conditions beats every way with one; then fewer conditions; then fewer steps; then the order of the
//     registry and of names. The same facts give the same bytes, in whatever order they came.
//   - More facts never make an answer or a count smaller: not a binding, a pod, a node, a Secret, nor a way out of a pod.
//   - What the facts do not say is not guessed: where a pod may run tomorrow is a note, not a step.
//
// It is catalogue section A.4 and the edges of B.1, in the representation of D.4. The package talks to nobody.
//
// To add an edge: one edge_<name>.go with the constructor, one line in registry.go, a case in edges_test.go, and the page
// under docs/edges that `go test ./internal/attackgraph -update` writes.
package attackgraph
