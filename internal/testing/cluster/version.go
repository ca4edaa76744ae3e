package cluster

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"k8s.io/apimachinery/pkg/util/version"
)

// mutatingPoliciesSince is the version that serves MutatingAdmissionPolicy as v1; before, it is a beta and off by default.
const mutatingPoliciesSince = "1.36.0"

// version is that of the API server's binary.
func (c *Cluster) version() (*version.Version, error) {
	output, err := exec.CommandContext(context.Background(), c.Binary("kube-apiserver"), "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("asking kube-apiserver for its version: %w", err)
	}
	parsed, err := version.ParseSemantic(strings.TrimSpace(strings.TrimPrefix(string(output), "Kubernetes ")))
	if err != nil {
		return nil, fmt.Errorf("reading the version of kube-apiserver: %w", err)
	}
	return parsed, nil
}

// BetaMutatingPolicies tells whether MutatingAdmissionPolicies have to be written as v1beta1. They are switched on then.
func (c *Cluster) BetaMutatingPolicies() (bool, error) {
	v, err := c.version()
	if err != nil {
		return false, err
	}
	return !v.AtLeast(version.MustParseSemantic(mutatingPoliciesSince)), nil
}
