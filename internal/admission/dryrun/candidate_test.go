package dryrun

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/testing/golden"
)

// testdata/<case>.pod.yaml is a pod, testdata/<case>.candidate.yaml what is posted of it.
func TestGoldenCandidates(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.pod.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no input: %v", err)
	}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".pod.yaml")
		t.Run(name, func(t *testing.T) {
			pod := read(t, input)
			before := pod.DeepCopy()
			c, err := NewCandidate("shop", pod)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, pod); diff != "" {
				t.Errorf("the pod was changed (-before +after):\n%s", diff)
			}
			got, err := yaml.Marshal(c.Pod())
			if err != nil {
				t.Fatal(err)
			}
			golden.Compare(t, filepath.Join("testdata", name+".candidate.yaml"), string(got))
			// What is posted is a pod that nothing more is to be taken off.
			again, err := NewCandidate("shop", c.Pod())
			if err != nil {
				t.Fatal(err)
			}
			if again.Hash() != c.Hash() {
				t.Errorf("stripped again (-once +twice):\n%s", cmp.Diff(c.Pod(), again.Pod()))
			}
		})
	}
}

func TestEveryGoldenCandidateHasItsPod(t *testing.T) {
	goldens, err := filepath.Glob("testdata/*.candidate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, candidate := range goldens {
		if _, err := os.Stat(strings.TrimSuffix(candidate, ".candidate.yaml") + ".pod.yaml"); err != nil {
			t.Error(err)
		}
	}
}

func read(t *testing.T, path string) *corev1.Pod {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pod := &corev1.Pod{}
	if err := yaml.UnmarshalStrict(data, pod); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return pod
}

func TestAMirrorPodIsNoCandidate(t *testing.T) {
	pod := &corev1.Pod{}
	pod.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "abc"}
	if _, err := NewCandidate("kube-system", pod); !errors.Is(err, ErrStaticPod) {
		t.Errorf("got %v", err)
	}
}

func TestHash(t *testing.T) {
	hash := func(namespace string, change func(*corev1.Pod)) Hash {
		pod := read(t, "testdata/live.pod.yaml")
		change(pod)
		c, err := NewCandidate(namespace, pod)
		if err != nil {
			t.Fatal(err)
		}
		return c.Hash()
	}
	base := hash("shop", func(*corev1.Pod) {})
	for name, same := range map[string]func(*corev1.Pod){
		"another replica": func(p *corev1.Pod) {
			p.Name, p.UID, p.ResourceVersion, p.Spec.NodeName = "web-7d4b9c6f5-zzzzz", "other", "9", "worker-2"
			const token = "kube-api-access-bcdfg"
			p.Spec.Volumes[1].Name, p.Spec.Containers[0].VolumeMounts[1].Name = token, token
			p.Spec.InitContainers[0].VolumeMounts[0].Name = token
		},
		"a new status":     func(p *corev1.Pod) { p.Status.Phase = corev1.PodFailed },
		"a debugged pod":   func(p *corev1.Pod) { p.Spec.EphemeralContainers = nil },
		"another priority": func(p *corev1.Pod) { p.Spec.Priority = nil },
	} {
		if hash("shop", same) != base {
			t.Errorf("%s is another candidate", name)
		}
	}
	for name, other := range map[string]func(*corev1.Pod){
		"another label":      func(p *corev1.Pod) { p.Labels["app"] = "api" },
		"another image":      func(p *corev1.Pod) { p.Spec.Containers[0].Image = "other" },
		"another controller": func(p *corev1.Pod) { p.OwnerReferences[0].Name = "other" },
	} {
		if hash("shop", other) == base {
			t.Errorf("%s is the same candidate", name)
		}
	}
	if hash("stage", func(*corev1.Pod) {}) == base {
		t.Error("another namespace is the same candidate")
	}
}

// Whatever matchLabelKeys say, a template whose selectors hold no pod's own value is left as it is.
func TestUnmergeLeavesForeignRequirements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"app", "pod-template-hash", "zone"})
		value := rapid.SampledFrom([]string{"a", "b", "c"})
		keys := rapid.SliceOf(key).Draw(t, "matchLabelKeys")
		labels := rapid.MapOf(key, value).Draw(t, "labels")
		pod := &corev1.Pod{}
		pod.Labels = labels
		foreign := value.Draw(t, "value") + "-foreign"
		pod.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
			MatchLabelKeys: keys, LabelSelector: selecting(key.Draw(t, "key"), foreign),
		}}
		got := strip("shop", pod).Spec.TopologySpreadConstraints[0]
		if diff := cmp.Diff(pod.Spec.TopologySpreadConstraints[0], got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func selecting(key, value string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
		{Key: key, Operator: metav1.LabelSelectorOpIn, Values: []string{value}},
	}}
}
