package posture

import (
	"strings"
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
		{Container: "app", Field: "spec.containers[0].env[0].value", Host: "ldap.corp.example"},
		{Container: "app", Field: "spec.containers[0].args[1]", Host: "db.example.com", Port: "5432"},
	}
	if diff := gocmp.Diff(want, pod.NamedSystems()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSystemsThatConfigMapsName(t *testing.T) {
	of := func(variable, configMap, key string) corev1.EnvVar {
		return corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: configMap}, Key: key,
		}}}
	}
	all := func(configMap, prefix string) corev1.EnvFromSource {
		return corev1.EnvFromSource{Prefix: prefix, ConfigMapRef: &corev1.ConfigMapEnvSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: configMap},
		}}
	}
	configMaps := map[string]map[string]string{
		"settings": {"DB_HOST": "db.example.com", "DB_PORT": "5432"},
		"other":    {"DB_HOST": "other.example.com", "api": "https://api.example.com"},
	}
	for name, test := range map[string]struct {
		env  []corev1.EnvVar
		from []corev1.EnvFromSource
		want []string
	}{
		"a key under a variable": {
			env:  []corev1.EnvVar{of("API", "other", "api")},
			want: []string{"env[0].valueFrom.configMapKeyRef api.example.com:443: API of configMap shop/other, key api"},
		},
		"the port may be a literal": {
			env:  []corev1.EnvVar{of("DB_HOST", "settings", "DB_HOST"), {Name: "DB_PORT", Value: "3306"}},
			want: []string{"env[0].valueFrom.configMapKeyRef db.example.com:3306 (MySQL): DB_HOST of configMap shop/settings, key DB_HOST"},
		},
		"a host counts under the name of one only": {env: []corev1.EnvVar{of("MODE", "settings", "DB_HOST")}},
		"all keys, with a prefix": {
			from: []corev1.EnvFromSource{all("settings", "MY_")},
			want: []string{"envFrom[0].configMapRef db.example.com:5432 (PostgreSQL): MY_DB_HOST of configMap shop/settings, key DB_HOST"},
		},
		"the last of two ConfigMaps with a key counts": {
			from: []corev1.EnvFromSource{all("other", ""), all("settings", "")},
			want: []string{
				"envFrom[1].configMapRef db.example.com:5432 (PostgreSQL): DB_HOST of configMap shop/settings, key DB_HOST",
				"envFrom[0].configMapRef api.example.com:443: api of configMap shop/other, key api",
			},
		},
		"a variable of the container counts before all keys": {
			env: []corev1.EnvVar{{Name: "DB_HOST", Value: "own.example.com"}}, from: []corev1.EnvFromSource{all("settings", "")},
			want: []string{"env[0].value own.example.com:5432 (PostgreSQL): "},
		},
		"a ConfigMap or a key that is not known names nothing": {
			env:  []corev1.EnvVar{of("A_URL", "missing", "api"), of("B_URL", "other", "missing")},
			from: []corev1.EnvFromSource{all("missing", "")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Env: test.env, EnvFrom: test.from}}}
			pod := NewPod(&spec, Facts{Namespace: "shop", ConfigMaps: configMaps})
			var got []string
			for _, s := range pod.NamedSystems() {
				got = append(got, strings.TrimPrefix(s.Field, "spec.containers[0].")+" "+s.String()+": "+s.From)
			}
			if diff := gocmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
