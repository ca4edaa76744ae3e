package podsecurity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"pgregory.net/rapid"
)

var levels = []api.Level{api.LevelPrivileged, api.LevelBaseline, api.LevelRestricted}

// Whatever the pod is like: upstream's verdict, exact fields, and the pod is left as it was.
func TestRandomPodsAreJudgedAsUpstreamJudgesThem(t *testing.T) {
	upstream, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := newEvaluator(t, Settings{Minor: NewestMinor})
	rapid.Check(t, func(t *rapid.T) {
		pod := randomPod().Draw(t, "pod")
		level := rapid.SampledFrom(levels).Draw(t, "level")
		version := api.MajorMinorVersion(1, rapid.IntRange(0, NewestMinor+2).Draw(t, "minor"))
		before := pod.DeepCopy()

		n := e.Namespace("n", map[string]string{api.EnforceLevelLabel: string(level), api.EnforceVersionLabel: version.String()})
		got := n.Evaluate(&pod.ObjectMeta, &pod.Spec, "").Enforce.Violations

		want := refusals(upstream.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec))
		if diff := cmp.Diff(want, words(got)); diff != "" {
			t.Fatalf("%s:%s (-upstream +ours):\n%s", level, version, diff)
		}
		for _, v := range got {
			if err := exact(pod, v, ruleOf(e, n.Enforce, v.Check)); err != nil {
				t.Fatalf("%s at %s: %v", v.Check, version, err)
			}
		}
		if !equality.Semantic.DeepEqual(before, pod) {
			t.Fatalf("the pod was changed:\n%s", cmp.Diff(before, pod))
		}
	})
}

// A replacement has no ephemeral containers, so that they never decide.
func TestEphemeralContainersDecideNothing(t *testing.T) {
	e := newEvaluator(t, Settings{Minor: NewestMinor})
	n := e.Namespace("n", map[string]string{api.EnforceLevelLabel: "restricted"})
	rapid.Check(t, func(t *rapid.T) {
		pod := randomPod().Draw(t, "pod")
		want := n.Evaluate(&pod.ObjectMeta, &pod.Spec, "")
		for _, c := range rapid.SliceOfN(randomContainer(), 1, 2).Draw(t, "ephemeral") {
			pod.Spec.EphemeralContainers = append(pod.Spec.EphemeralContainers,
				corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
		}
		if diff := cmp.Diff(want, n.Evaluate(&pod.ObjectMeta, &pod.Spec, ""), exported); diff != "" {
			t.Fatalf("with ephemeral containers (-without +with):\n%s", diff)
		}
	})
}
