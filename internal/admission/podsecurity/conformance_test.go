package podsecurity

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// The library knows the rules up to its own version; the constants have to follow it.
func TestNewestMinorIsTheLibrarys(t *testing.T) {
	var major, minor, patch int
	if _, err := fmt.Sscanf(moduleField(t, "Version"), "v%d.%d.%d", &major, &minor, &patch); err != nil {
		t.Fatal(err)
	}
	if minor != NewestMinor {
		t.Errorf("NewestMinor is %d, the library is of minor version %d", NewestMinor, minor)
	}
	for _, check := range policy.DefaultChecks() {
		for _, v := range check.Versions {
			if v.MinimumVersion.Minor() > NewestMinor {
				t.Errorf("%s has a version %s, newer than NewestMinor", check.ID, v.MinimumVersion)
			}
		}
	}
}

func TestEveryCheckOfUpstreamHasADeriver(t *testing.T) {
	known := derivers()
	for _, check := range policy.DefaultChecks() {
		if known[check.ID] == nil {
			t.Errorf("no deriver names the fields of %s", check.ID)
		}
		delete(known, check.ID)
	}
	for id := range known {
		t.Errorf("the deriver of %s stands for no check of upstream", id)
	}
	if n := len(policy.ExperimentalChecks()); n != 0 {
		t.Errorf("upstream has %d experimental checks, which nothing evaluates", n)
	}
}

// Every fixture is judged as its folder says.
func TestFixturesAreJudgedAsTheirFolderSays(t *testing.T) {
	e := newEvaluator(t, Settings{Minor: NewestMinor})
	for _, f := range readFixtures(t) {
		n := e.Namespace("n", map[string]string{api.EnforceLevelLabel: string(f.level), api.EnforceVersionLabel: f.version})
		if r := n.Evaluate(&f.pod.ObjectMeta, &f.pod.Spec, ""); r.Denied() != f.fails {
			t.Errorf("%s: denied is %v: %v", f.name, r.Denied(), r.Enforce.Violations)
		}
	}
}

// At every level and version all fixtures are judged as upstream judges them, with the same words in the same order.
func TestFixturesAreJudgedAsUpstreamJudgesThem(t *testing.T) {
	upstream, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	list := readFixtures(t)
	e := newEvaluator(t, Settings{Minor: NewestMinor})
	for _, level := range []api.Level{api.LevelPrivileged, api.LevelBaseline, api.LevelRestricted} {
		for minor := range NewestMinor + 3 {
			version := api.MajorMinorVersion(1, minor)
			n := e.Namespace("n", map[string]string{api.EnforceLevelLabel: string(level), api.EnforceVersionLabel: version.String()})
			for i := range list {
				pod := &list[i].pod
				theirs := upstream.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
				ours := n.Evaluate(&pod.ObjectMeta, &pod.Spec, "")
				if diff := cmp.Diff(refusals(theirs), words(ours.Enforce.Violations)); diff != "" {
					t.Errorf("%s at %s:%s (-upstream +ours):\n%s", list[i].name, level, version, diff)
				}
			}
		}
	}
}

// Every check that refuses a fixture names the fields that are at fault, exactly.
func TestFieldsOfFixtures(t *testing.T) {
	e := newEvaluator(t, Settings{Minor: NewestMinor})
	checked := 0
	for _, f := range readFixtures(t) {
		if !f.fails {
			continue
		}
		n := e.Namespace("n", map[string]string{api.EnforceLevelLabel: string(f.level), api.EnforceVersionLabel: f.version})
		for _, v := range n.Evaluate(&f.pod.ObjectMeta, &f.pod.Spec, "").Enforce.Violations {
			if err := exact(&f.pod, v, ruleOf(e, n.Enforce, v.Check)); err != nil {
				t.Errorf("%s: %s: %v", f.name, v.Check, err)
			}
			checked++
		}
	}
	if checked < 3486 {
		t.Errorf("checked %d violations, fewer than there are fixtures that fail", checked)
	}
}

func newEvaluator(tb testing.TB, settings Settings) *Evaluator {
	tb.Helper()
	e, err := New(settings)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func ruleOf(e *Evaluator, s Standard, check string) policy.CheckPodFn {
	list := e.rules.of(s.Level, s.minor)
	return list[slices.IndexFunc(list, func(r *rule) bool { return string(r.id) == check })].run
}

type refusal struct{ Reason, Detail string }

func refusals(results []policy.CheckResult) []refusal {
	var list []refusal
	for _, r := range results {
		if !r.Allowed {
			list = append(list, refusal{r.ForbiddenReason, r.ForbiddenDetail})
		}
	}
	return list
}

func words(violations []Violation) []refusal {
	var list []refusal
	for _, v := range violations {
		list = append(list, refusal{v.Reason, v.Detail})
	}
	return list
}

// exact tells whether the fields of a violation are in the pod with their values, whether the check admits the pod once
// all of them are changed, and whether it refuses it while any one of them is left.
func exact(pod *corev1.Pod, v Violation, check policy.CheckPodFn) error {
	if len(v.Fields) == 0 {
		return fmt.Errorf("names no field")
	}
	for _, f := range v.Fields {
		if got := valueAt(pod, f); got != f.Value {
			return fmt.Errorf("%s is %q in the pod, not %q", f.Path, got, f.Value)
		}
	}
	for left := -1; left < len(v.Fields); left++ {
		repaired := pod.DeepCopy()
		for i, f := range v.Fields {
			if i != left {
				repair(repaired, f)
			}
		}
		if result := check(&repaired.ObjectMeta, &repaired.Spec); result.Allowed != (left < 0) {
			if left < 0 {
				return fmt.Errorf("still refuses with all of %v changed: %s", v.Fields, result.ForbiddenDetail)
			}
			return fmt.Errorf("admits with %v left, so that is not at fault", v.Fields[left])
		}
	}
	return nil
}
