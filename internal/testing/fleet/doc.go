// Package fleet makes the objects of clusters of any size for the scale suite: the same size and seed give the same bytes.
//
// No controller runs over them: Deployments come with their ReplicaSet, and both with their pods, as the controllers would
// have made them, already bound to a node. The mix is that of clusters as they are: three DaemonSets on every node, two
// of them dangerous; a twentieth of the other workloads privileged or with a directory of the node, a third hardened; a
// few ServiceAccounts in a hundred with rights that matter; half of the namespaces isolated; Pod Security in three of four.
package fleet
