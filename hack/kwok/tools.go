//go:build tools

// Package kwok pins the simulator of nodes and pods. It is a module of its own because kwok follows another Kubernetes
// version than the control plane.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
