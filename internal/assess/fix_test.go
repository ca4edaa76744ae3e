package assess

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// The fix is found by trying each one on all pods and assessing the whole workload, with no short cut.
func TestTopFixIsTheBestOfAll(t *testing.T) {
	rootPod := spec(makePrivileged, func(c *corev1.Container) { c.SecurityContext.RunAsUser = ptr.To[int64](0) })
	hostPod := spec()
	hostPod.HostPID, hostPod.HostNetwork = true, true
	hostPod.Volumes = []corev1.Volume{{Name: "root", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
	hostPod.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "root", MountPath: "/host"}}
	onControlPlane := group(hostPod, "b")
	onControlPlane.Placement.ControlPlane = true
	observed := group(rootPod, "a")
	observed.Shape.Users = map[string]int64{"app": 1000}

	for name, groups := range map[string][]snapshot.Group{
		"a calm pod":               {group(spec(), "a")},
		"a privileged pod":         {group(rootPod, "a")},
		"a pod with many ways out": {group(hostPod, "a")},
		"pods that differ":         {group(rootPod, "a"), onControlPlane, group(spec(), "c")},
		"a UID that was observed":  {observed},
	} {
		t.Run(name, func(t *testing.T) {
			a := New(posture.Settings{})
			got := a.Assess(viewOf(groups...), Around{})
			var want *Fix
			for _, check := range a.Checks() {
				found := firstOf(got.Findings, check.ID)
				if check.Fix == nil || found == nil {
					continue
				}
				after := 0
				for i := range groups {
					pod := fixed(newJudge(a, viewOf(), Around{}).subject(&groups[i]), check.Fix)
					after = max(after, newJudge(a, viewOf(), Around{}).score(pod, 101))
				}
				if after < got.Score.Score && (want == nil || after < want.ScoreAfter) {
					want = &Fix{Check: check.ID, Change: found.Remediation, ScoreAfter: after}
				}
			}
			if diff := cmp.Diff(want, got.TopFix); diff != "" {
				t.Fatalf("fixes differ (-brute force +got):\n%s", diff)
			}
		})
	}
}

func TestObservedUserOutlivesAChangeThatIsNotAboutIt(t *testing.T) {
	observed := posture.NewPod(spec(makePrivileged), posture.Facts{Users: map[string]int64{"app": 1000, "gone": 7}})
	for name, test := range map[string]struct {
		fix  func(*corev1.PodSpec)
		want map[string]int64
	}{
		"a change of privileges": {
			func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.Privileged = nil }, map[string]int64{"app": 1000, "gone": 7},
		},
		"a change of the user": {
			func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.RunAsNonRoot = ptr.To(true) }, map[string]int64{"gone": 7},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := observed.Spec.DeepCopy()
			if diff := cmp.Diff(test.want, fixed(observed, test.fix).Users); diff != "" {
				t.Errorf("users differ (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, observed.Spec); diff != "" {
				t.Errorf("the pod itself was changed:\n%s", diff)
			}
		})
	}
}

// A fix counts for all pods: the score after it is that of the worst pod that is left.
func TestScoreAfterAFixIsThatOfTheWorstPodLeft(t *testing.T) {
	a := New(posture.Settings{})
	twoContainers := spec(makePrivileged)
	twoContainers.Containers = append(twoContainers.Containers, *twoContainers.Containers[0].DeepCopy())
	groups := []snapshot.Group{group(spec(makePrivileged), "a"), group(twoContainers, "b")}
	view := viewOf(groups...)
	j := newJudge(a, view, Around{})
	subjects := []*posture.Pod{j.subject(&groups[0]), j.subject(&groups[1])}
	firstOnly := func(s *corev1.PodSpec) { s.Containers[0].SecurityContext = nil }
	got := j.scoreAfter(2, 0, func(i int) *posture.Pod { return fixed(subjects[i], firstOnly) }, 101)
	if want := a.Assess(viewOf(groups[1]), Around{}).Score.Score; got != want {
		t.Fatalf("score after is %d, the other pod still has %d", got, want)
	}
}

func BenchmarkAssess(b *testing.B) {
	a := New(posture.Settings{})
	for name, view := range map[string]*snapshot.View{
		"calm": viewOf(group(spec(), "a")), "privileged": viewOf(group(spec(makePrivileged), "a")),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Assess(view, Around{})
			}
		})
	}
}
