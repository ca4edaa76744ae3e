// Package podsecurity tells what Pod Security admission would say today about a pod that is created in a namespace.
//
// The rules are upstream's own (k8s.io/pod-security-admission), run one by one, so that each violation carries the ID of
// its check and the fields that are at fault. Labels, defaults and exemptions are read as the API server reads them
// (KEP-2579), for all three modes. A version that is not pinned moves when the control plane is upgraded: the verdict of
// the next minor version is given as a forecast.
//
// Ephemeral containers are left out: no pod is created with them. The package holds no state and asks nobody.
package podsecurity
