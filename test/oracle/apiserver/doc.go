// Package apiserver compares internal/rbac with a real API server: random roles and bindings are created, the index is
// fed with what the API server returns, and both answer the same random questions.
package apiserver
