package snapshot

import (
	"crypto/sha256"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func token(suffix string) podOption {
	return func(p *corev1.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "kube-api-access-" + suffix, VolumeSource: corev1.VolumeSource{
			Projected: &corev1.ProjectedVolumeSource{},
		}})
		mount := corev1.VolumeMount{Name: "kube-api-access-" + suffix, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"}
		for i := range p.Spec.Containers {
			p.Spec.Containers[i].VolumeMounts = append(p.Spec.Containers[i].VolumeMounts, mount)
		}
		for i := range p.Spec.EphemeralContainers {
			p.Spec.EphemeralContainers[i].VolumeMounts = append(p.Spec.EphemeralContainers[i].VolumeMounts, mount)
		}
	}
}

func debugged(p *corev1.Pod) {
	p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, corev1.EphemeralContainer{
		EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "busybox"},
	})
}

// pinned is what the DaemonSet controller writes into each pod.
func pinned(to string) podOption {
	return func(p *corev1.Pod) {
		p.Spec.NodeName = to
		p.Spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchFields: []corev1.NodeSelectorRequirement{{Key: "metadata.name", Operator: corev1.NodeSelectorOpIn, Values: []string{to}}},
			}}},
		}}
	}
}

func hostnamed(p *corev1.Pod) { p.Spec.Hostname, p.Spec.Subdomain = p.Name, "db" }

func annotated(name, value string) podOption {
	return func(p *corev1.Pod) { p.Annotations = map[string]string{name: value} }
}

func TestPodsAreGroupedByWhatMatters(t *testing.T) {
	const appArmor = corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "app"
	for name, test := range map[string]struct {
		around []any
		a, b   []podOption
		want   [][]string
	}{
		"pods that are the same are one group": {want: [][]string{{"x-0", "x-1"}}},
		"claims of their own are one group": {
			a: []podOption{mounting("data", "data-x-0"), hostnamed}, b: []podOption{mounting("data", "data-x-1"), hostnamed},
			want: [][]string{{"x-0", "x-1"}},
		},
		"other claims are two groups": {
			a: []podOption{mounting("data", "red")}, b: []podOption{mounting("data", "blue")}, want: [][]string{{"x-0"}, {"x-1"}},
		},
		"claims on different paths of a node are two groups": {
			around: []any{hostPathVolume("0", "data-x-0", "/data"), hostPathVolume("1", "data-x-1", "/etc")},
			a:      []podOption{mounting("data", "data-x-0")}, b: []podOption{mounting("data", "data-x-1")},
			want: [][]string{{"x-0"}, {"x-1"}},
		},
		"claims on one path of a node are one group": {
			around: []any{hostPathVolume("0", "data-x-0", "/data"), hostPathVolume("1", "data-x-1", "/data")},
			a:      []podOption{mounting("data", "data-x-0")}, b: []podOption{mounting("data", "data-x-1")},
			want: [][]string{{"x-0", "x-1"}},
		},
		"pods that are pinned to their nodes are one group": {
			a: []podOption{pinned("one")}, b: []podOption{pinned("two")}, want: [][]string{{"x-0", "x-1"}},
		},
		"generated names of the token's volume are one group": {
			a: []podOption{token("abcde")}, b: []podOption{token("vwxyz")}, want: [][]string{{"x-0", "x-1"}},
		},
		"generated names in debug containers are one group": {
			a: []podOption{debugged, token("abcde")}, b: []podOption{debugged, token("vwxyz")}, want: [][]string{{"x-0", "x-1"}},
		},
		"observed UIDs that differ are two groups": {
			a: []podOption{observedUID(0)}, b: []podOption{observedUID(1000)}, want: [][]string{{"x-0"}, {"x-1"}},
		},
		"a UID that is not observed is a group": {
			a: []podOption{observedUID(0)}, want: [][]string{{"x-0"}, {"x-1"}},
		},
		"a debug container makes a group": {a: []podOption{debugged}, want: [][]string{{"x-0"}, {"x-1"}}},
		"the control plane and workers are two groups": {
			around: []any{newNode("cp", controlPlaneLabels[0]), newNode("one")},
			a:      []podOption{onNode("cp")}, b: []podOption{onNode("one")}, want: [][]string{{"x-0"}, {"x-1"}},
		},
		"two workers are one group": {
			around: []any{newNode("one"), newNode("two")},
			a:      []podOption{onNode("one")}, b: []podOption{onNode("two")}, want: [][]string{{"x-0", "x-1"}},
		},
		"an annotation that rules read makes a group": {
			a: []podOption{annotated(appArmor, "unconfined")}, want: [][]string{{"x-0"}, {"x-1"}},
		},
		"an annotation that no rule reads makes none": {
			a: []podOption{annotated("restarted-at", "today")}, want: [][]string{{"x-0", "x-1"}},
		},
		"an annotation cannot pose as an observed UID": {
			a:    []podOption{annotated(appArmor, "x\x00uapp\x00\x01\x00\x00\x00\x00\x00\x00\x00")},
			b:    []podOption{annotated(appArmor, "x"), observedUID(1)},
			want: [][]string{{"x-0"}, {"x-1"}},
		},
		"a local claim is not taken for one with a longer name": {
			around: []any{localVolume("0", "a-x-0"), hostPathVolume("1", "b-x-0", "/q"), hostPathVolume("2", "a-x-1", "/p"), hostPathVolume("3", "lb-x-1", "/q")},
			a:      []podOption{mounting("a", "a-x-0"), mounting("b", "b-x-0"), mounting("lb", "lb-x-0")},
			b:      []podOption{mounting("a", "a-x-1"), mounting("b", "b-x-1"), mounting("lb", "lb-x-1")},
			want:   [][]string{{"x-0"}, {"x-1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			owner := ownedBy("apps/v1", "StatefulSet", "x")
			s := synced(append(test.around, statefulSet("x"),
				newPod("x-1", append(test.b, owner)...), newPod("x-0", append(test.a, owner)...))...)
			view, _ := s.View(key("apps", "StatefulSet", "x"))
			var got [][]string
			for _, g := range view.Groups {
				got = append(got, g.Pods)
			}
			wantDiff(t, "groups", test.want, got)
		})
	}
}

func localVolume(name, claim string) *corev1.PersistentVolume {
	v := hostPathVolume(name, claim, "")
	v.Spec.PersistentVolumeSource = corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: "/p"}}
	return v
}

// Maps are walked in another order each time; the sum must not follow.
func TestSumDoesNotDependOnTheOrderOfMaps(t *testing.T) {
	build := func(descending bool) [sha256.Size]byte {
		shape := &Shape{
			Spec: newPod("x").Spec.DeepCopy(), Annotations: map[string]string{}, Users: map[string]int64{},
		}
		limits := corev1.ResourceList{}
		shape.Spec.NodeSelector = map[string]string{}
		for i := range 50 {
			if descending {
				i = 49 - i
			}
			name := fmt.Sprintf("key-%d", i)
			shape.Spec.NodeSelector[name], shape.Annotations[name], shape.Users[name] = "v", "v", int64(i)
			limits[corev1.ResourceName(name)] = resource.MustParse("1")
		}
		shape.Spec.Containers[0].Resources.Limits = limits
		return shape.sum(sumOf(shape.Spec))
	}
	want := build(false)
	for range 20 {
		if build(true) != want {
			t.Fatal("two shapes that are the same have different sums")
		}
	}
}

func TestPodsMadeAlikeShareWhatIsKeptOfThem(t *testing.T) {
	s := synced()
	project := func(options ...podOption) *Pod {
		projected, _ := s.Transform(newPod("x", options...)).(*Pod)
		return projected
	}
	plain, again, debugged, arguing := project(), project(token("abcde")), project(debugged), project(func(p *corev1.Pod) {
		p.Spec.Containers[0].Args = []string{"--verbose"}
	})
	if tokened := project(token("vwxyz")); again.shape != tokened.shape || again.spec != tokened.spec {
		t.Error("pods that differ in generated names share neither shape nor spec")
	}
	if plain.shape == debugged.shape || plain.spec == debugged.spec {
		t.Error("a debug container makes no difference")
	}
	if plain.shape != arguing.shape || plain.spec == arguing.spec {
		t.Error("an argument, which no rule reads, has to make a difference to the spec and not to the shape")
	}
	if plain.labels != debugged.labels {
		t.Error("equal labels are kept twice")
	}
}
