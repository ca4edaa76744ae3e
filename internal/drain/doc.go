// Package drain answers what becomes of the pods of nodes that are drained: which would not come back, which may not, which
// are lost for good, and what stands in the way of their eviction.
//
// It takes kubectl's drain for the model: pods of DaemonSets stay, the pods that a kubelet runs by itself are ignored, all
// others are evicted, bare ones among them. Whether a pod would be admitted again says restart; the package adds nodes,
// volumes and PodDisruptionBudgets. It reads what is given to it and talks to nobody.
package drain
