//go:build tools

// Package controlplane pins the Kubernetes control plane that every demo, test and benchmark runs against.
// The blank imports keep `go mod tidy` from dropping the modules; nothing imports this package.
package controlplane

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
