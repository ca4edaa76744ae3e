// Package rbac answers what a ServiceAccount may do by RBAC, through which binding, role and rule, and what that leads to.
//
// An Index is fed with Roles, ClusterRoles and their bindings, one change at a time; every change returns the subjects
// whose grants it touches. Resolve gives the Rights of a ServiceAccount: its grants with their provenance, over a
// permission set that all subjects with the same rights share. Rights.Allows decides one request exactly as the API
// server's RBAC authorizer does, and Rights.Privileges names what the rights lead to (catalogue, sections B and C).
//
// It is the RBAC view only. The Node authorizer, authorization webhooks and system:masters, which is let through before
// RBAC is asked, are other authorizers: what is answered here is a lower bound. The package talks to nobody.
//
// To add a privilege: one function in a privilege_*.go file, one line in registry.go, a case in its test, and the page
// under docs/privileges that `go test ./internal/rbac -update` writes.
package rbac
