// Package e2e tests the manager against a real control plane: as a process of its own, with the rights of config/default
// and no others. What it writes is counted by the API server.
package e2e
