// Package admission compares internal/admission with a real API server: random policies, bindings and parameters are
// created, then random users create random pods in a dry run, and both say whether that is admitted, why not, what is only
// warned about, and what the pod has become.
package admission
