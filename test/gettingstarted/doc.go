// Package gettingstarted does what docs/getting-started.md says, on a real control plane with the samples of the demo and the
// manager, and holds what the page shows against what is printed. With -update the page gets what is printed.
package gettingstarted
