// Package cluster starts a real Kubernetes control plane on loopback, for tests, the demo and benchmarks.
//
// etcd and kube-apiserver run through envtest. kube-controller-manager, kube-scheduler and kwok, which simulates the
// nodes and what a container runtime reports about pods, are added where the options ask for them. Each component has
// its own identity, so that the audit log tells who wrote what, and what is measured there is the API server's word.
//
// Everything that was started ends with Stop, and also when this process dies before it could call Stop.
package cluster
