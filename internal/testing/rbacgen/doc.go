// Package rbacgen makes random roles, bindings and questions about them from a seed, for tests that compare internal/rbac
// with what the API server decides. Its vocabularies are small, so that rules and questions meet.
package rbacgen
