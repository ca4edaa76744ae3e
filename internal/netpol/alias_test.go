package netpol

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestServicesThatStandForAHostElsewhere(t *testing.T) {
	x := New()
	alias := func(host string) *corev1.Service {
		return &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db"},
			Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: host},
		}
	}
	steps := []struct {
		name     string
		act      func() Affected
		affected Affected
		want     map[string]string
	}{
		{
			"one that comes affects its namespace",
			func() Affected { return x.UpsertService(alias("db.example.com")) },
			Affected{Namespaces: []string{"shop"}},
			map[string]string{"db": "db.example.com"},
		},
		{
			"one that stays as it is affects nobody",
			func() Affected { return x.UpsertService(alias("db.example.com")) },
			Affected{},
			map[string]string{"db": "db.example.com"},
		},
		{
			"another host does",
			func() Affected { return x.UpsertService(alias("db.example.org")) },
			Affected{Namespaces: []string{"shop"}},
			map[string]string{"db": "db.example.org"},
		},
		{
			"one that goes is forgotten",
			func() Affected { return x.DeleteService("shop", "db") },
			Affected{Namespaces: []string{"shop"}},
			nil,
		},
	}
	for _, step := range steps {
		if diff := cmp.Diff(step.affected, step.act()); diff != "" {
			t.Errorf("%s (-want +affected):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(step.want, x.Aliases("shop")); diff != "" {
			t.Errorf("%s (-want +aliases):\n%s", step.name, diff)
		}
	}
}
