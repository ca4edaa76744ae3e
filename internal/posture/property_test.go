package posture

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// The same pod gives the same findings in the same order, whatever the pod is.
func TestAssessIsDeterministicAndSorted(t *testing.T) {
	engine := NewEngine()
	rapid.Check(t, func(t *rapid.T) {
		spec, facts := podSpec().Draw(t, "spec"), randomFacts().Draw(t, "facts")
		before := spec.DeepCopy()
		first := engine.Assess(NewPod(spec, facts))
		second := engine.Assess(NewPod(spec.DeepCopy(), facts))
		if diff := gocmp.Diff(first, second); diff != "" {
			t.Fatalf("two runs differ:\n%s", diff)
		}
		if !slices.IsSortedFunc(first, finding.Compare) {
			t.Fatalf("not sorted: %s", render(first))
		}
		if diff := gocmp.Diff(before, spec); diff != "" {
			t.Fatalf("a check changed the pod:\n%s", diff)
		}
	})
}

// A risky field that is added never lowers the score.
func TestScoreNeverFallsWhenARiskIsAdded(t *testing.T) {
	engine := NewEngine()
	for name, add := range riskyChanges() {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				spec, facts := podSpec().Draw(t, "spec"), randomFacts().Draw(t, "facts")
				before := engine.Assess(NewPod(spec, facts))
				worse := spec.DeepCopy()
				add(worse)
				after := engine.Assess(NewPod(worse, facts))
				if was, is := scoreOf(before), scoreOf(after); is < was {
					t.Fatalf("the score fell from %d to %d\nbefore:\n%safter:\n%s", was, is, render(before), render(after))
				}
			})
		})
	}
}

// A fix silences its check on every pod and never raises the score.
func TestFixSilencesItsCheckAndNeverRaisesTheScore(t *testing.T) {
	engine := NewEngine()
	for _, check := range engine.Checks() {
		if check.Fix == nil {
			continue
		}
		t.Run(string(check.ID), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				spec, facts := podSpec().Draw(t, "spec"), randomFacts().Draw(t, "facts")
				facts = facts.Unobserved()
				before := engine.Assess(NewPod(spec, facts))
				fixed := spec.DeepCopy()
				check.Fix(fixed)
				after := engine.Assess(NewPod(fixed, facts))
				if slices.ContainsFunc(after, func(f finding.Finding) bool { return f.Check == check.ID }) {
					t.Fatalf("still found:\n%s", render(after))
				}
				if was, is := scoreOf(before), scoreOf(after); is > was {
					t.Fatalf("the score rose from %d to %d\nbefore:\n%safter:\n%s", was, is, render(before), render(after))
				}
			})
		})
	}
}

func scoreOf(found []finding.Finding) int {
	risks := make([]score.Risk, 0, len(found))
	for i := range found {
		if found[i].Consequence == finding.Contained {
			continue // It leads nowhere, so it is no risk: see package assess.
		}
		own := finding.Effect{Consequence: found[i].Consequence, Condition: found[i].Condition}
		for _, e := range append(found[i].Also, own) {
			weight := e.Consequence.Weight()
			risks = append(risks, score.Risk{Class: weight.Class, Tier: weight.Tier, Conditional: e.Condition != ""})
		}
	}
	return score.Of(risks).Score
}

func riskyChanges() map[string]func(*corev1.PodSpec) {
	first := func(spec *corev1.PodSpec) *corev1.SecurityContext { return securityContext(&spec.Containers[0]) }
	return map[string]func(*corev1.PodSpec){
		"a container becomes privileged": func(s *corev1.PodSpec) { first(s).Privileged = ptr.To(true) },
		"a container becomes root":       func(s *corev1.PodSpec) { first(s).RunAsUser = ptr.To[int64](0) },
		"the pod joins the PID namespace of the node": func(s *corev1.PodSpec) {
			s.HostPID = true
		},
		"a container gets SYS_ADMIN": func(s *corev1.PodSpec) {
			addCapability(first(s), "SYS_ADMIN")
		},
		"a container gets DAC_OVERRIDE": func(s *corev1.PodSpec) {
			addCapability(first(s), "DAC_OVERRIDE")
		},
		"the pod joins the network of the node": func(s *corev1.PodSpec) {
			s.HostNetwork = true
		},
		"the pod joins the IPC namespace of the node": func(s *corev1.PodSpec) {
			s.HostIPC = true
		},
		"a mount becomes writable": func(s *corev1.PodSpec) {
			snapshot.EachContainer(s, func(c *corev1.Container) {
				for i := range c.VolumeMounts {
					c.VolumeMounts[i].ReadOnly = false
				}
			})
		},
		"seccomp and AppArmor are switched off": func(s *corev1.PodSpec) {
			sc := first(s)
			sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
			sc.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
		},
		"a container mounts the root of the node": func(s *corev1.PodSpec) {
			s.Volumes = append(s.Volumes, hostVolume("added", "/"))
			s.Containers[0].VolumeMounts = append(s.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "added", MountPath: "/host"})
		},
	}
}

func addCapability(sc *corev1.SecurityContext, name corev1.Capability) {
	if sc.Capabilities == nil {
		sc.Capabilities = &corev1.Capabilities{}
	}
	sc.Capabilities.Add = append(sc.Capabilities.Add, name)
}
