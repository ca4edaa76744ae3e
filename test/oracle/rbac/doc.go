// Package rbac compares internal/rbac with the API server's own RBAC authorizer on random objects and random questions.
// It is a module of its own, so that k8s.io/kubernetes never becomes a dependency of the product.
package rbac
