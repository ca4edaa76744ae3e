package whatif_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/whatif"
)

func TestEnforceLabels(t *testing.T) {
	const level, version = "pod-security.kubernetes.io/enforce", "pod-security.kubernetes.io/enforce-version"
	for _, test := range []struct {
		text    string
		want    map[string]string
		wantErr string
	}{
		{"baseline", map[string]string{level: "baseline"}, ""},
		{"restricted:latest", map[string]string{level: "restricted", version: "latest"}, ""},
		{"restricted:v1.37", map[string]string{level: "restricted", version: "v1.37"}, ""},
		{
			"strict", nil,
			`"strict": metadata.labels[pod-security.kubernetes.io/enforce] is "strict", which must be one of privileged, baseline, restricted`,
		},
		{
			"baseline:1.37", nil,
			`"baseline:1.37": metadata.labels[pod-security.kubernetes.io/enforce-version] is "1.37", which must be "latest" or "v1.x"`,
		},
		{
			"baseline:", nil,
			`"baseline:": metadata.labels[pod-security.kubernetes.io/enforce-version] is "", which must be "latest" or "v1.x"`,
		},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := whatif.EnforceLabels(test.text)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if (err == nil) != (test.wantErr == "") || err != nil && err.Error() != test.wantErr {
				t.Errorf("error %v, want %s", err, test.wantErr)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	const version = "apiVersion: admissionregistration.k8s.io/v1, "
	for _, test := range []struct {
		name, manifest string
		want           []string
	}{
		{"a good policy", policy("p", "true", "Deny"), nil},
		{"a policy of nothing", "{" + version + "kind: ValidatingAdmissionPolicy, metadata: {name: p}}", []string{
			"spec.matchConstraints.resourceRules is required, but not given", "spec.validations is required, but not given",
		}},
		{"a mutating policy of nothing", "{" + version + "kind: MutatingAdmissionPolicy, metadata: {name: p}}", []string{
			"spec.matchConstraints.resourceRules is required, but not given", "spec.mutations is required, but not given",
		}},
		{"a binding of nothing", "{" + version + "kind: ValidatingAdmissionPolicyBinding, metadata: {name: p}, spec: {paramRef: {}}}", []string{
			"spec.policyName is required, but not given", "spec.validationActions is required, but not given",
			"spec.paramRef.name or .selector is required, but not given", "spec.paramRef.parameterNotFoundAction is required, but not given",
		}},
		{"a mutating binding of nothing", "{" + version + "kind: MutatingAdmissionPolicyBinding, metadata: {name: p}}", []string{
			"spec.policyName is required, but not given",
		}},
		{"an expression", policy("p", "objekt.spec.hostNetwork", "Deny"), []string{
			"spec.validations[0]: compilation failed: ERROR: <input>:1:1: undeclared reference to 'objekt' (in container '')",
		}},
		{"a label", "{apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {pod-security.kubernetes.io/enforce: strict}}}", []string{
			`metadata.labels[pod-security.kubernetes.io/enforce] is "strict", which must be one of privileged, baseline, restricted`,
		}},
		{"what has none", "{apiVersion: v1, kind: LimitRange, metadata: {name: x}}", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			read := loader.Read([]string{loader.Stdin}, strings.NewReader(test.manifest), "shop")
			if len(read.Errors) > 0 {
				t.Fatal(read.Errors)
			}
			var got []string
			for _, object := range read.Objects {
				for _, fault := range whatif.Faults(object.Object) {
					first, _, _ := strings.Cut(fault, "\n")
					got = append(got, first)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
