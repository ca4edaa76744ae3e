package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestNamedSystems(t *testing.T) {
	tests := map[string]struct {
		env  []corev1.EnvVar
		want []string
	}{
		"a URL names a host, and its scheme the port": {
			[]corev1.EnvVar{{Name: "DATABASE_URL", Value: "postgres://app:word@db.example.com/shop"}},
			[]string{"outside db.example.com:5432 (PostgreSQL)"},
		},
		"a host and a port stand beside each other": {
			[]corev1.EnvVar{{Name: "LDAP_HOST", Value: "ldap.corp.example"}, {Name: "LDAP_PORT", Value: "636"}},
			[]string{"outside ldap.corp.example:636 (LDAPS)"},
		},
		"Services of the cluster are inside": {
			[]corev1.EnvVar{
				{Name: "A_HOST", Value: "db"},
				{Name: "B_HOST", Value: "db.prod"},
				{Name: "C_HOST", Value: "db.prod.svc"},
				{Name: "D_HOST", Value: "db.prod.svc.cluster.local"},
				{Name: "E_HOST", Value: "127.0.0.1"},
			},
			[]string{"inside db", "inside db.prod", "inside db.prod.svc", "inside db.prod.svc.cluster.local", "inside 127.0.0.1"},
		},
		"a public name of two labels is outside, and so is an address": {
			[]corev1.EnvVar{{Name: "API_URL", Value: "https://example.com/v1"}, {Name: "DB_HOST", Value: "192.0.2.7:3306"}},
			[]string{"outside example.com:443", "outside 192.0.2.7:3306 (MySQL)"},
		},
		"what is named twice is listed once": {
			[]corev1.EnvVar{{Name: "A_URL", Value: "https://a.example.com/x"}, {Name: "B_URL", Value: "https://a.example.com/y"}},
			[]string{"outside a.example.com:443"},
		},
		"other values name nothing": {
			[]corev1.EnvVar{{Name: "MODE", Value: "a.example.com"}, {Name: "DB_HOST", Value: "$(OTHER)"}, {Name: "PORT", Value: "80"}},
			nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			pod := NewPod(&corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Env: test.env}}}, Facts{})
			var got []string
			for _, s := range pod.NamedSystems() {
				place := "inside "
				if s.Outside() {
					place = "outside "
				}
				got = append(got, place+s.String())
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSystemsThatArgumentsName(t *testing.T) {
	pod := NewPod(&corev1.PodSpec{
		InitContainers: []corev1.Container{{Name: "wait", Command: []string{"wait-for-it", "db.example.com:5432", "--", "true"}}},
		Containers: []corev1.Container{{
			Name: "app", Args: []string{"--verbose", "--db=postgres://app:word@db.example.com/shop", "--ldap-host", "ldap.corp.example"},
			Env: []corev1.EnvVar{{Name: "LDAP_HOST", Value: "ldap.corp.example"}},
		}},
	}, Facts{})
	want := []NamedSystem{
		{"app", "spec.containers[0].env[0].value", "ldap.corp.example", ""},
		{"app", "spec.containers[0].args[1]", "db.example.com", "5432"},
	}
	if diff := gocmp.Diff(want, pod.NamedSystems()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
