package loader

import (
	"encoding/json"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/report"
)

func typeMeta(apiVersion, kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// Whatever a file holds, it is assessed or refused, and twice the same way.
func FuzzManifestToReport(f *testing.F) {
	for _, seed := range []string{
		podNamed("a") + "spec: " + podSpec,
		owned("v1", "Pod", "p", "1", "ReplicaSet/r/2") + owned("apps/v1", "ReplicaSet", "r", "2", "ReplicaSet/r/2"),
		"apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, metadata: {name: a}}, 7]",
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: {spec: {hostNetwork: true, initContainers: " +
			"[{name: i, restartPolicy: Always, securityContext: {privileged: true}}], volumes: [{name: v, hostPath: {path: /}}]}}}",
		"apiVersion: v1\nkind: ReplicationController\nmetadata: {name: d}\nspec: {replicas: 1}",
		"apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: d}\nspec: {local: {path: /}}",
		podNamed("a") + boundTo("all") + aggregating("all", "x") + aggregating("x", "all"),
		podNamed("a") + "spec: {containers: [{name: a, envFrom: [{secretRef: {name: s}}]}]}\n---\napiVersion: v1\nkind: Secret\n" +
			"metadata: {name: s, annotations: {kubernetes.io/service-account.name: b}}\ntype: kubernetes.io/service-account-token\n",
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"\u001b[2J"},"spec":{"containers":[null]}}`,
	} {
		f.Add([]byte(seed))
	}
	assessor := assess.New(posture.Settings{})
	reports := func(data []byte) string {
		m := model.New()
		l := newLoader("default", m)
		l.add("fuzz", data)
		r := l.finish()
		var out []byte
		for _, key := range r.Snapshot.Workloads() {
			view, ok := r.Snapshot.View(key)
			if !ok {
				continue
			}
			encoded, err := json.Marshal(report.Build(assessor.Assess(&view, assess.Around{Access: assess.Gather(&view, m.Grants, r.Snapshot.PodSecurity())})))
			if err != nil {
				panic(err)
			}
			out = append(out, encoded...)
		}
		for _, err := range r.Errors {
			out = append(out, err.Error()...)
		}
		return string(out)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if first, second := reports(data), reports(data); first != second {
			t.Errorf("two readings differ:\n%s\n%s", first, second)
		}
	})
}
