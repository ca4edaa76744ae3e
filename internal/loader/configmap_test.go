package loader

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestAConfigMapIsReadOnlyWhereAVariableTakesFromIt(t *testing.T) {
	const (
		pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: team}\n" +
			"spec: {containers: [{name: a, envFrom: [{configMapRef: {name: settings}}]}]}\n"
		taken    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: team}\ndata: {A_URL: 'https://a.example.com/x'}\n"
		again    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: team}\ndata: {A_URL: 'https://b.example.com/x'}\n"
		broken   = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: team}\ndata: {A_URL: 7}\n"
		other    = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: other}\ndata: {A_URL: 'https://c.example.com'}\n"
		ofPolicy = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits, namespace: team}\ndata: {max: '1'}\n"
	)
	a := map[string]map[string]string{"settings": {"A_URL": "https://a.example.com"}}
	b := map[string]map[string]string{"settings": {"A_URL": "https://b.example.com"}}
	for name, test := range map[string]struct {
		text    string
		want    map[string]map[string]string
		ignored []KindCount
	}{
		"behind the pod":                      {text: pod + taken, want: a},
		"before the pod":                      {text: taken + pod, want: a},
		"the last of two counts":              {text: taken + pod + again, want: b},
		"others are not read":                 {text: pod + taken + other, want: a, ignored: []KindCount{{"v1", "ConfigMap", 1}}},
		"one that is no ConfigMap names none": {text: pod + broken},
		"parameters of policies stay such":    {text: withParams + pod + taken + ofPolicy, want: a},
	} {
		t.Run(name, func(t *testing.T) {
			r := readText(test.text)
			view, _ := r.Snapshot.View(snapshot.Key{Kind: "Pod", Namespace: "team", Name: "a"})
			if diff := cmp.Diff(test.want, view.Groups[0].ConfigMaps); diff != "" || len(r.Errors) > 0 {
				t.Errorf("errors %v, hosts (-want +got):\n%s", r.Errors, diff)
			}
			if diff := cmp.Diff(test.ignored, r.Ignored); diff != "" {
				t.Errorf("not read (-want +got):\n%s", diff)
			}
			if names := r.Aside.Names(KindCount{APIVersion: "v1", Kind: "ConfigMap"}); len(names) == 0 {
				t.Error("no ConfigMap stands aside")
			}
		})
	}
}
