// Package posture judges what a pod asks for: fields of its spec, and the identity that its processes really have.
//
// A check is a function from a Pod to findings. It reads nothing but the Pod, so the controller and the command line
// give the same verdict, and a check can be tested with two manifests. What the checks look for is specified by the
// catalogue of primitives, sections 0 and A; each check names its rows.
//
// To add a check, see CONTRIBUTING.md: one check_*.go file, one line in registry.go, a passing and a failing manifest
// under testdata, and a page under docs/checks.
package posture
