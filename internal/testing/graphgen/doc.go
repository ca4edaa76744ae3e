// Package graphgen makes the facts of large clusters for internal/attackgraph, as benchmarks and scale tests need them: the
// same seed gives the same cluster.
//
// The mix is that of clusters as they are: a few DaemonSets on every node, half of them privileged; a twentieth of the
// other workloads privileged or with a directory of the node; a few ServiceAccounts in a hundred with dangerous rights, most
// of them in their own namespace. There is no control-plane node, as with a provider that keeps it to itself: with one,
// the privileged DaemonSets would be cluster-admin and everything after that would be easy.
package graphgen
