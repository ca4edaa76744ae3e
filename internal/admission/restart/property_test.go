package restart

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/snapshot"
)

// Edits and workloads to draw from. Two templates differ, or do not.
var (
	drawnEdits = map[string]edit{
		"host network": hostNetwork, "host path": hostPath, "sidecar": sidecar, "image": image("other/app:2"), "cpu": twoCPUs,
		"literal": literal, "account": asAccount("gone"), "class": highPriority, "secret": takesSecret("other"),
	}
	// harmless are those that nothing stands against where there is no policy.
	harmless = []string{"host network", "host path", "sidecar", "image", "cpu", "literal", "secret"}
)

// drawWorkload is a workload whose pods may be of another template than its own.
func drawWorkload(t *rapid.T, names []string) []any {
	edits := func(label string) []edit {
		var list []edit
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 2, rapid.ID).Draw(t, label) {
			list = append(list, drawnEdits[name])
		}
		return list
	}
	of, from := edits("template"), edits("pods")
	if rapid.Bool().Draw(t, "as the template") {
		from = of
	}
	n := rapid.IntRange(0, 3).Draw(t, "number of pods")
	switch rapid.SampledFrom([]string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Fleet", "Pod", "static"}).Draw(t, "kind") {
	case "StatefulSet":
		return all(statefulSet(of...), running(n, "apps/v1", "StatefulSet", "db", from...))
	case "DaemonSet":
		logs := daemonSet(of...)
		logs.Annotations = map[string]string{appsv1.DeprecatedTemplateGeneration: "2"}
		return all(logs, running(n, "apps/v1", "DaemonSet", "log", from...))
	case "Job":
		return all(job(of...), running(n, "batch/v1", "Job", "load", from...))
	case "CronJob":
		return all(cronJob(of...))
	case "Fleet":
		return all(running(max(n, 1), "example.com/v1", "Fleet", "fleet", from...))
	case "Pod":
		return all(barePod(from...))
	case "static":
		return all(edited([]*corev1.Pod{barePod(from...)}, func(p *corev1.Pod) {
			p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
		}))
	default:
		return all(deployment(of...), replicaSet("web-1", of...), replicaSet("web-2", from...),
			running(n, "apps/v1", "ReplicaSet", "web-1", from...), running(1, "apps/v1", "ReplicaSet", "web-2", from...))
	}
}

// drawRules are objects that decide about pods, and sources that cannot be read.
func drawRules(t *rapid.T) []any {
	drawn := []any{
		policy("images", "object.spec.containers.all(c, c.image.startsWith('shop/'))"), policy("network", noHostNetwork, "Warn"),
		policy("modes", "object.spec.containers.all(c, !has(c.env) || c.env.all(e, e.value != 'slow'))"), policy("users", byUser),
		policy("rights", "authorizer.group('').resource('pods').check('create').allowed()"),
		mutation("mend", `has(object.spec.hostNetwork) && object.spec.hostNetwork ?
			[JSONPatch{op: "replace", path: "/spec/hostNetwork", value: false}] : []`),
		mutatingWebhook(), validatingWebhook(), maximum("1"), quota("few", quantities("pods", "1"), quantities("pods", "4")),
		enforcing("baseline"), enforcing("restricted"), namespace("pod-security.kubernetes.io/warn", "baseline"), terminating(),
		source{snapshot.LimitRanges, snapshot.Forbidden},
		source{snapshot.ValidatingAdmissionPolicies, snapshot.Forbidden},
		source{snapshot.MutatingAdmissionPolicyBindings, snapshot.NotSynced},
		source{snapshot.MutatingWebhookConfigurations, snapshot.Forbidden},
		source{snapshot.Roles, snapshot.NotGiven},
	}
	var list []any
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(drawn)-1), 0, 4, rapid.ID).Draw(t, "rules") {
		list = append(list, drawn[i])
	}
	return list
}

// flat are the objects one by one; of several with one name only the last.
func flat(objects []any) []any {
	var list []any
	for _, object := range objects {
		switch o := object.(type) {
		case []any:
			list = append(list, flat(o)...)
		case []*corev1.Pod:
			for _, p := range o {
				list = append(list, p)
			}
		case *corev1.Namespace:
			list = slices.DeleteFunc(list, func(other any) bool { return reflect.TypeOf(other) == reflect.TypeOf(o) })
			list = append(list, o)
		default:
			list = append(list, o)
		}
	}
	return list
}

// The same objects give the same answer in whatever order they arrive, and however often they are asked about.
func TestOrderOfEventsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		objects := flat(append(drawWorkload(t, names()), drawRules(t)...))
		w := newWorld(objects...)
		first := verdictsOf(w)
		if diff := cmp.Diff(first, verdictsOf(w)); diff != "" {
			t.Fatalf("asked again (-first +second):\n%s", diff)
		}
		again := newWorld(rapid.Permutation(objects).Draw(t, "order")...)
		if diff := cmp.Diff(first, verdictsOf(again)); diff != "" {
			t.Fatalf("in another order (-first +second):\n%s", diff)
		}
	})
}

// A policy that refuses every pod leaves no pod admitted that asks for admission, and mends none.
func TestAnotherPolicyMendsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		objects := append(drawWorkload(t, names()), drawRules(t)...)
		before := verdictsOf(newWorld(objects...))
		after := verdictsOf(newWorld(append(objects, policy("never", never))...))
		for key, was := range before {
			is := after[key]
			if was.Verdict == Denied && is.Verdict != Denied {
				t.Errorf("%s was refused, and is %s because of one more policy: %s", key, is.Verdict, is.Message)
			}
			if is.Verdict == Admitted && is.Reason != ReasonStaticPod {
				t.Errorf("%s is admitted, which a policy refuses", key)
			}
		}
	})
}

func TestWithoutPoliciesNothingIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for key, got := range verdictsOf(newWorld(drawWorkload(t, harmless)...)) {
			if got.Verdict != Admitted && got.Verdict != NotRecreated {
				t.Errorf("%s is %s: %s", key, got.Verdict, got.Message)
			}
		}
	})
}

func names() []string {
	return append(slices.Clone(harmless), "account", "class")
}

// verdictsOf are the verdicts on all workloads.
func verdictsOf(w *world) map[snapshot.Key]Restart {
	got := make(map[snapshot.Key]Restart)
	rules := w.rules()
	for _, key := range w.snapshot.Workloads() {
		view, _ := w.snapshot.View(key)
		got[key] = Judge(rules, &view)
	}
	return got
}
