package snapshot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

var settings = types.NamespacedName{Namespace: "shop", Name: "settings"}

// takingKey is a variable of a container that takes its value from a key of the ConfigMap settings.
func takingKey(variable, key string) podOption {
	return func(p *corev1.Pod) {
		c := &p.Spec.Containers[0]
		c.Env = append(c.Env, corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: settings.Name}, Key: key,
		}}})
	}
}

func takingAll(prefix string) podOption {
	return func(p *corev1.Pod) {
		c := &p.Spec.Containers[0]
		c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{Prefix: prefix, ConfigMapRef: &corev1.ConfigMapEnvSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: settings.Name},
		}})
	}
}

func inShop(p *corev1.Pod) { p.Namespace = settings.Namespace }

func upsertPod(s *Snapshot, object *corev1.Pod) {
	if p, ok := s.Transform(object).(*Pod); ok {
		s.UpsertPod(p)
	}
}

func TestOfAConfigMapOnlyHostsAreKept(t *testing.T) {
	data := map[string]string{
		"url": "postgres://app:hunter2@db.example.com/shop?key=hunter2\n", "host": "db.example.com", "port": "5432",
		"password": "hunter2", "notes": "ask hunter2", "MODE": "hunter2", "API_URL": "https://hunter2@api.example.com/hunter2",
	}
	url := "postgres://redacted:redacted@db.example.com"
	for name, test := range map[string]struct {
		pod  []podOption
		want map[string]string
	}{
		"a URL under any name": {[]podOption{takingKey("DSN", "url")}, map[string]string{"url": url}},
		"a host and a port under the names of such": {
			[]podOption{takingKey("DB_HOST", "host"), takingKey("DB_PORT", "port")}, map[string]string{"host": "db.example.com", "port": "5432"},
		},
		"no host under another name":          {[]podOption{takingKey("DB", "host")}, nil},
		"what may be a password is never one": {[]podOption{takingKey("DB_PASSWORD", "password"), takingKey("MODE", "MODE")}, nil},
		"all keys by their own names":         {[]podOption{takingAll("")}, map[string]string{"url": url, "host": "db.example.com", "port": "5432", "API_URL": "https://api.example.com"}},
		"all keys with a prefix":              {[]podOption{takingAll("DB_")}, map[string]string{"url": url, "host": "db.example.com", "port": "5432", "API_URL": "https://api.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := New()
			upsertPod(s, newPod("a", append(test.pod, inShop)...))
			s.UpsertConfigMap(settings, s.ConfigMapVariables()[settings].HostsIn(data))
			view, _ := s.View(Key{Kind: "Pod", Namespace: settings.Namespace, Name: "a"})
			got := view.Groups[0].ConfigMaps[settings.Name]
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if kept := fmt.Sprint(s.configMaps.hosts); strings.Contains(kept, "hunter2") {
				t.Errorf("a value is kept: %s", kept)
			}
		})
	}
}

func TestAConfigMapAffectsThePodsThatTakeFromIt(t *testing.T) {
	s := New()
	upsertPod(s, newPod("key", inShop, takingKey("DSN", "url")))
	upsertPod(s, newPod("all", inShop, takingAll("")))
	upsertPod(s, newPod("none", inShop))
	upsertPod(s, newPod("elsewhere", takingAll(""), func(p *corev1.Pod) { p.Namespace = "other" }))
	pod := func(name string) Key { return Key{Kind: "Pod", Namespace: settings.Namespace, Name: name} }
	both := Affected{pod("all"), pod("key")}
	hosts := map[string]string{"url": "https://api.example.com"}
	for i, test := range []struct {
		hosts map[string]string
		want  Affected
	}{{hosts, both}, {hosts, nil}, {nil, both}, {nil, nil}} {
		if diff := cmp.Diff(test.want, s.UpsertConfigMap(settings, test.hosts)); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
}
