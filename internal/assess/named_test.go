package assess

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
)

func TestNamedSystemsAreEvidenceAndNoWayOut(t *testing.T) {
	systems := []posture.NamedSystem{
		{Field: "spec.containers[0].env[0].value", Host: "db.example.com", Port: "5432"},
		{Field: "spec.containers[0].env[1].value", Host: "cache"},
	}
	const key = "spec.containers[0].env[2].valueFrom.configMapKeyRef"
	ofConfigMap := posture.NamedSystem{Field: key, Host: "ldap.corp.example", Port: "636", From: "LDAP of configMap shop/settings, key ldap"}
	said := []finding.Evidence{{Check: reachesOutside, Field: "spec.containers[0].env[0].value", Value: "db.example.com:5432 (PostgreSQL)"}}
	tests := map[string]struct {
		given, want finding.Answer
		more        []posture.NamedSystem
	}{
		"where it may connect, they are named": {
			given: finding.Answer{Verdict: finding.Yes, Summary: "It can."},
			want:  finding.Answer{Verdict: finding.Yes, Summary: "It can. Its configuration names db.example.com:5432 (PostgreSQL).", Evidence: said},
		},
		"where something decides, they are named as well": {
			given: finding.Answer{Verdict: finding.Conditional, Summary: "It may."},
			want:  finding.Answer{Verdict: finding.Conditional, Summary: "It may. Its configuration names db.example.com:5432 (PostgreSQL).", Evidence: said},
		},
		"a No stays one": {
			given: finding.Answer{Verdict: finding.No, Summary: "No."}, want: finding.Answer{Verdict: finding.No, Summary: "No."},
		},
		"what is not known is not known by a name": {
			given: finding.Answer{Verdict: finding.Unknown, Summary: "?"}, want: finding.Answer{Verdict: finding.Unknown, Summary: "?"},
		},
		"the evidence tells variable and key of a ConfigMap, the summary the host": {
			given: finding.Answer{Verdict: finding.Yes, Summary: "It can."},
			want: finding.Answer{
				Verdict: finding.Yes, Summary: "It can. Its configuration names db.example.com:5432 (PostgreSQL), ldap.corp.example:636 (LDAPS).",
				Evidence: append(slices.Clone(said), finding.Evidence{
					Check: reachesOutside, Field: key, Value: "ldap.corp.example:636 (LDAPS), LDAP of configMap shop/settings, key ldap",
				}),
			},
			more: []posture.NamedSystem{ofConfigMap},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, withNamed(test.given, append(slices.Clone(systems), test.more...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServiceThatStandsForAHostIsNamedByIt(t *testing.T) {
	j := &judge{aliases: map[string]string{"db": "db.example.com"}}
	var spec corev1.PodSpec
	for name, host := range map[string]string{"A_HOST": "db", "B_HOST": "db.shop.svc", "C_HOST": "db.other.svc", "D_HOST": "cache"} {
		spec.Containers = append(spec.Containers, corev1.Container{Name: name, Env: []corev1.EnvVar{{Name: name, Value: host}}})
	}
	slices.SortFunc(spec.Containers, func(a, b corev1.Container) int { return strings.Compare(a.Name, b.Name) })
	var got []string
	for _, s := range j.named(posture.NewPod(&spec, posture.Facts{Namespace: "shop"})) {
		got = append(got, s.String())
	}
	want := []string{"db.example.com", "db.example.com", "db.other.svc", "cache"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
