package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
)

func withVolume(name string, source corev1.VolumeSource) podOption {
	return func(p *corev1.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: source})
	}
}

func TestPlacedTellsWhereEachPodIsAndWhose(t *testing.T) {
	s := synced(statefulSet("db"))
	static := newPod("etcd", onNode("b"))
	static.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
	labelled := newPod("tool", withVolume("tmp", corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}))
	labelled.Labels = map[string]string{"app": "tool"}
	for _, p := range []*corev1.Pod{
		static, labelled,
		newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"), onNode("a"), mounting("data", "data-db-0"), terminating,
			withVolume("scratch", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{}})),
		newPod("orphan", ownedBy("apps/v1", "ReplicaSet", "gone"), onNode("a")),
		newPod("done", onNode("a"), inPhase(corev1.PodSucceeded)),
	} {
		upsert(s, p)
	}
	named := func(name string) types.NamespacedName { return types.NamespacedName{Namespace: shop, Name: name} }
	want := []Placed{
		{
			NamespacedName: named("db-0"), Node: "a", Workload: key("apps", "StatefulSet", "db"),
			Claims: []string{"data-db-0"}, Controlled: true, Terminating: true,
		},
		{NamespacedName: named("etcd"), Node: "b", Workload: key("", "Pod", "etcd"), Static: true},
		{NamespacedName: named("orphan"), Node: "a", Controlled: true},
		{NamespacedName: named("tool"), Workload: key("", "Pod", "tool"), Labels: map[string]string{"app": "tool"}, EmptyDir: true},
	}
	if diff := cmp.Diff(want, s.Placed()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamespacesAreListedByName(t *testing.T) {
	s := synced(&corev1.Namespace{ObjectMeta: meta("web", nil)}, &corev1.Namespace{ObjectMeta: meta("shop", nil)})
	var names []string
	for _, n := range s.Namespaces() {
		names = append(names, n.Name)
	}
	if diff := cmp.Diff([]string{"shop", "web"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
