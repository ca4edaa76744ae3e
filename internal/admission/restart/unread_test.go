package restart_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

// oneDeployment is a workload in a namespace that enforces LEVEL.
const oneDeployment = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: LEVEL}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec: {template: {spec: {containers: [{name: a, image: a}]}}}
`

func TestWhatCannotBeReadDoesNotAdmit(t *testing.T) {
	for _, test := range []struct {
		name, level string
		unread      snapshot.Source
		state       snapshot.State
		want        restart.Verdict
		reason      string
	}{
		{"all is read", "privileged", snapshot.Pods, snapshot.Synced, restart.Admitted, ""},
		{"a refusal", "restricted", snapshot.Pods, snapshot.Synced, restart.Denied, "PodSecurity"},
		{"validating policies", "privileged", snapshot.ValidatingAdmissionPolicies, snapshot.Forbidden, restart.Unknown, "SourceUnavailable"},
		{"their bindings", "privileged", snapshot.ValidatingAdmissionPolicyBindings, snapshot.Forbidden, restart.Unknown, "SourceUnavailable"},
		{"validating webhooks", "privileged", snapshot.ValidatingWebhookConfigurations, snapshot.Forbidden, restart.Unknown, "SourceUnavailable"},
		{"what refuses all the same", "restricted", snapshot.ValidatingAdmissionPolicies, snapshot.Forbidden, restart.Denied, "PodSecurity"},
		{"mutating policies", "privileged", snapshot.MutatingAdmissionPolicies, snapshot.Forbidden, restart.Unknown, "SourceUnavailable"},
		{
			"mutating policies, which may mend what is refused", "restricted", snapshot.MutatingAdmissionPolicies, snapshot.Forbidden,
			restart.Unknown, "SourceUnavailable",
		},
		{"mutating policies that are not served", "privileged", snapshot.MutatingAdmissionPolicies, snapshot.Missing, restart.Admitted, ""},
		{"mutating webhooks, which refuse nothing", "privileged", snapshot.MutatingWebhookConfigurations, snapshot.Forbidden, restart.Admitted, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := model.New()
			manifest := strings.Replace(oneDeployment, "LEVEL", test.level, 1)
			if errs := loader.Files([]string{loader.Stdin}, strings.NewReader(manifest), "default", m).Errors; len(errs) > 0 {
				t.Fatal(errs)
			}
			m.Snapshot.SetSource(test.unread, test.state)
			rules, err := assess.RestartRules(m, podsecurity.Settings{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			view, _ := m.Snapshot.View(m.Snapshot.Workloads()[0])
			got := restart.Judge(rules, &view)
			if diff := cmp.Diff([]string{string(test.want), test.reason}, []string{string(got.Verdict), got.Reason}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", got.Message, diff)
			}
		})
	}
}
