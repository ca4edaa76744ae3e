package policyreport

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

const want = `apiVersion: openreports.io/v1alpha1
kind: Report
metadata:
  labels:
    daysix.dev/owner: payments
  name: daysix-deployment-cart
  namespace: shop
  ownerReferences:
  - apiVersion: daysix.dev/v1alpha1
    blockOwnerDeletion: false
    controller: false
    kind: PodSecurityReport
    name: deployment-cart
    uid: "1"
results:
- category: Day 6
  message: no root
  policy: Restart
  result: fail
  rule: PodSecurity shop
  scored: false
  severity: high
  source: Daysix
- category: Pod security
  message: Whole node.
  policy: PrivilegedContainer
  properties:
    container: app
    field: spec.containers[0].securityContext.privileged
    remediation: Remove it.
    value: "true"
  result: fail
  rule: spec.containers[0].securityContext.privileged
  scored: true
  severity: high
  source: Daysix
- category: Pod security
  message: Seen.
  policy: HostPID
  properties:
    acceptedBy: agents
  result: skip
  scored: true
  severity: medium
  source: Daysix
- category: Pod security
  message: No profile.
  policy: SeccompUnset
  result: warn
  scored: true
  severity: info
  source: Daysix
scope:
  apiVersion: apps/v1
  kind: Deployment
  name: cart
  namespace: shop
  uid: w
source: Daysix
summary:
  error: 0
  fail: 2
  pass: 0
  skip: 1
  warn: 1
`

func sample() *daysixv1alpha1.PodSecurityReport {
	return &daysixv1alpha1.PodSecurityReport{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "deployment-cart", Labels: map[string]string{"daysix.dev/owner": "payments"}},
		Spec: daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: daysixv1alpha1.WorkloadReference{
			APIVersion: "apps/v1", Kind: "Deployment", Name: "cart", UID: "w",
		}},
		Status: daysixv1alpha1.PodSecurityReportStatus{
			Restart: daysixv1alpha1.Restart{
				Verdict:   daysixv1alpha1.RestartDenied,
				RefusedBy: []daysixv1alpha1.Refusal{{Kind: "PodSecurity", Name: "shop", Message: "no root"}},
			},
			Findings: []daysixv1alpha1.Finding{
				{
					Check: "PrivilegedContainer", Severity: "High", Container: "app", Field: "spec.containers[0].securityContext.privileged",
					Value: "true", Message: "Whole node.", Remediation: "Remove it.",
				},
				{Check: "HostPID", Severity: "Medium", Message: "Seen.", AcceptedBy: "agents"},
				{Check: "SeccompUnset", Severity: "Minimal", Message: "No profile."},
			},
		},
	}
}

func TestAReportSaysTheSameInTheKindsOfOthers(t *testing.T) {
	got, err := yaml.Marshal(Build(sample(), "1", OpenReports).Object)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	elder, err := yaml.Marshal(Build(sample(), "1", WGPolicy).Object)
	if err != nil {
		t.Fatal(err)
	}
	twin := strings.NewReplacer("openreports.io/v1alpha1", "wgpolicyk8s.io/v1alpha2", "kind: Report\n", "kind: PolicyReport\n", "\nsource: Daysix\n", "\n")
	if diff := cmp.Diff(twin.Replace(want), string(elder)); diff != "" {
		t.Errorf("the elder twin (-want +got):\n%s", diff)
	}
}

func TestEveryVerdictOnARestartHasItsResult(t *testing.T) {
	for verdict, want := range map[daysixv1alpha1.RestartVerdict]string{
		daysixv1alpha1.RestartAdmitted: "pass", daysixv1alpha1.RestartDenied: "fail", daysixv1alpha1.RestartNotRecreated: "warn",
		daysixv1alpha1.RestartUnknown: "error", "": "error",
	} {
		if got := restart(&daysixv1alpha1.Restart{Verdict: verdict})["result"]; got != want {
			t.Errorf("%s: %s, want %s", verdict, got, want)
		}
	}
}

func TestNamesAreThoseOfObjects(t *testing.T) {
	for name, want := range map[string]string{
		"deployment-cart": "daysix-deployment-cart", strings.Repeat("a", 246): "daysix-" + strings.Repeat("a", 246),
		strings.Repeat("a", 247): strings.Repeat("a", 247),
	} {
		if got := Name(name); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
