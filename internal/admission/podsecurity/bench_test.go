package podsecurity

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	podsecuritytest "k8s.io/pod-security-admission/test"
)

// batch is how many evaluations are timed at once: enough for the clock's own cost not to count.
const batch = 64

// BenchmarkEvaluate compares an evaluation of restricted:latest, forecast included, with upstream's EvaluatePod on the same
// pod. The two run in turns, so that a busy machine slows both alike. A pod that is refused costs more here: upstream
// derives no fields.
func BenchmarkEvaluate(b *testing.B) {
	upstream, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		b.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	admitted, err := podsecuritytest.GetMinimalValidPod(api.LevelRestricted, api.MajorMinorVersion(1, NewestMinor))
	if err != nil {
		b.Fatal(err)
	}
	for _, pod := range []struct {
		name string
		pod  *corev1.Pod
	}{{"admitted", admitted}, {"refused", hostile()}} {
		for _, minor := range []int{NewestMinor - 1, NewestMinor} {
			n := newEvaluator(b, Settings{Minor: minor}).Namespace("n", map[string]string{
				api.EnforceLevelLabel: "restricted", api.AuditLevelLabel: "restricted", api.WarnLevelLabel: "restricted",
			})
			b.Run(pod.name+"/"+versionName(minor), func(b *testing.B) {
				benchmarkRatio(b, func() { n.Evaluate(&pod.pod.ObjectMeta, &pod.pod.Spec, "") },
					func() { upstream.EvaluatePod(restricted, &pod.pod.ObjectMeta, &pod.pod.Spec) })
			})
		}
	}
}

func benchmarkRatio(b *testing.B, ours, theirs func()) {
	b.Helper()
	b.ReportAllocs()
	var own, upstream time.Duration
	for b.Loop() {
		start := time.Now()
		for range batch {
			ours()
		}
		middle := time.Now()
		for range batch {
			theirs()
		}
		own += middle.Sub(start)
		upstream += time.Since(middle)
	}
	b.ReportMetric(float64(own)/float64(upstream), "x-of-upstream")
	b.ReportMetric(float64(own.Nanoseconds())/float64(b.N*batch), "ns/evaluation")
}
