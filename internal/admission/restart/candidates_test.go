package restart

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/snapshot"
)

// heard is what a verdict, its lists and its counts come to.
type heard struct {
	Verdict            Verdict
	Reason             string
	Refusals, NotAsked []string // as "Kind Name" and "Reason Kind Name"
}

// hear judges the only workload where the API server has said the same of each of its candidates.
func (w *world) hear(t *testing.T, answer dryrun.Answer, answered bool) heard {
	t.Helper()
	view, _ := w.snapshot.View(w.snapshot.Workloads()[0])
	r := JudgeWith(w.rules(), &view, func(string) (dryrun.Answer, bool) { return answer, answered })
	out := heard{Verdict: r.Verdict, Reason: r.Reason}
	for _, refusal := range r.Refusals {
		out.Refusals = append(out.Refusals, refusal.Kind+" "+refusal.Name)
	}
	for _, n := range r.NotAsked {
		out.NotAsked = append(out.NotAsked, n.Reason+" "+n.title())
	}
	return out
}

func deniedBy(kind dryrun.DenierKind, name, message string) dryrun.Answer {
	return dryrun.Answer{Verdict: dryrun.Denied, Denier: dryrun.Denier{Kind: kind, Name: name}, Message: message}
}

func TestWhatTheAPIServerSaysJoinsTheVerdict(t *testing.T) {
	admitted := dryrun.Answer{Verdict: dryrun.Admitted}
	noGuard := dryrun.Answer{Verdict: dryrun.CannotTell, Reason: dryrun.GuardNotInForce, Message: "Missing"}
	webhookDown := dryrun.Answer{
		Verdict: dryrun.CannotTell, Reason: dryrun.WebhookUnavailable, Denier: dryrun.Denier{Kind: dryrun.Webhook, Name: "pods.guard"},
	}
	byWebhook := deniedBy(dryrun.Webhook, "pods.guard", `admission webhook "pods.guard" denied the request: no`)
	full := deniedBy(dryrun.ResourceQuota, "few", "exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2")
	unasked := []string{"WebhookNotAsked ValidatingWebhookConfiguration guard/pods.guard"}
	hooked := all(validatingWebhook(), web())
	for name, test := range map[string]struct {
		objects []any
		answer  dryrun.Answer
		want    heard
	}{
		"a webhook that admits settles that it was not asked": {hooked, admitted, heard{Verdict: Admitted}},
		"a webhook that refuses may refuse Daysix alone": {
			hooked, byWebhook, heard{Unknown, ReasonMayDependOnUser, []string{"Webhook pods.guard"}, nil},
		},
		"so may a plugin without a name": {
			all(web()), deniedBy(dryrun.Plugin, "", "no"), heard{Unknown, ReasonMayDependOnUser, []string{"Plugin "}, nil},
		},
		"so may a policy that admits in process": {
			all(web()), deniedBy(dryrun.ValidatingAdmissionPolicy, "p", "no"),
			heard{Unknown, ReasonMayDependOnUser, []string{"ValidatingAdmissionPolicy p"}, nil},
		},
		"a policy that refuses in process, too, is listed once": {
			all(policy("no", "false"), web()), deniedBy(dryrun.ValidatingAdmissionPolicy, "no", "no"),
			heard{Denied, "ValidatingAdmissionPolicy", []string{"ValidatingAdmissionPolicy no"}, nil},
		},
		"what is refused in process stays refused": {
			all(enforcing("baseline"), web(hostNetwork)), admitted, heard{Denied, KindPodSecurity, []string{"PodSecurity baseline:latest"}, nil},
		},
		"a ServiceAccount refuses whoever asks": {
			hooked, deniedBy(dryrun.ServiceAccount, "app", "not there"), heard{Denied, "ServiceAccount", []string{"ServiceAccount app"}, unasked},
		},
		"the pod that is replaced makes room in its quota":       {all(web()), full, heard{Verdict: Admitted}},
		"and the quota is asked after the webhook, which admits": {hooked, full, heard{Verdict: Admitted}},
		"a quota of which more is used than it has refuses": {
			all(quota("few", quantities("pods", "1"), quantities("pods", "3")), web()), full,
			heard{Denied, "ResourceQuota", []string{"ResourceQuota few"}, nil},
		},
		"a quota that wants what the pod does not say refuses": {
			all(web()), deniedBy(dryrun.ResourceQuota, "cpu", "must specify cpu"), heard{Denied, "ResourceQuota", []string{"ResourceQuota cpu"}, nil},
		},
		"a webhook that is down leaves it unknown": {
			hooked, webhookDown, heard{Unknown, "WebhookNotAsked", nil, append(unasked[:1:1], "WebhookUnavailable Webhook pods.guard")},
		},
		"without the guard nobody is asked": {hooked, noGuard, heard{Unknown, "WebhookNotAsked", nil, append(unasked[:1:1], "GuardNotInForce ")}},
		"literals are not sent, so that a policy about them is not answered": {
			all(policy("modes", "object.spec.containers[0].env[0].value == 'slow'"), web(literal)), admitted,
			heard{Unknown, "LiteralsNotKept", nil, []string{"LiteralsNotKept ValidatingAdmissionPolicy modes"}},
		},
		"a pod that is not valid is refused before Pod Security looks at it": {
			all(enforcing("baseline"), policy("no", "false"), web(hostNetwork)), deniedBy(dryrun.Validation, "spec.volumes", "not valid"),
			heard{Denied, "Validation", []string{"Validation spec.volumes", "PodSecurity baseline:latest", "ValidatingAdmissionPolicy no"}, nil},
		},
		"a webhook refuses after policies and before quotas": {
			all(policy("no", "false"), quota("few", quantities("pods", "1"), quantities("pods", "3")), web()), byWebhook,
			heard{Denied, "ValidatingAdmissionPolicy", []string{"ValidatingAdmissionPolicy no", "Webhook pods.guard", "ResourceQuota few"}, nil},
		},
		"a plugin without a name refuses before policies": {
			all(enforcing("baseline"), web(hostNetwork)), deniedBy(dryrun.Plugin, "", "no"),
			heard{Denied, KindPodSecurity, []string{"Plugin ", "PodSecurity baseline:latest"}, nil},
		},
		"what cannot be read the API server can": {
			all(source{snapshot.LimitRanges, snapshot.Forbidden}, web()), admitted, heard{Verdict: Admitted},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(test.objects...)
			if diff := cmp.Diff(test.want, w.hear(t, test.answer, true)); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithoutAnAnswerTheVerdictIsThatOfTheProcess(t *testing.T) {
	w := newWorld(all(validatingWebhook(), web())...)
	want := heard{Unknown, "WebhookNotAsked", nil, []string{"WebhookNotAsked ValidatingWebhookConfiguration guard/pods.guard"}}
	if diff := cmp.Diff(want, w.hear(t, dryrun.Answer{}, false)); diff != "" {
		t.Errorf("verdict (-want +got):\n%s", diff)
	}
}

// The names that stand in the snapshot for generated ones are no names: no volume can have them.
func TestAPodThatComesBackAsItLivesIsAskedAboutWithoutItsToken(t *testing.T) {
	w := newWorld(running(1, "strimzi.io/v1", "StrimziPodSet", "kafka", hostPath))
	view, _ := w.snapshot.View(w.snapshot.Workloads()[0])
	var volumes, mounts []string
	for _, c := range Candidates(&view) {
		asked, err := dryrun.NewCandidate(shop, c.Pod)
		if err != nil {
			t.Fatal(err)
		}
		spec := asked.Pod().Spec
		for i := range spec.Volumes {
			volumes = append(volumes, spec.Volumes[i].Name)
		}
		for _, m := range spec.Containers[0].VolumeMounts {
			mounts = append(mounts, m.Name)
		}
	}
	if diff := cmp.Diff([][]string{{"host"}, nil}, [][]string{volumes, mounts}); diff != "" {
		t.Errorf("volumes and mounts (-want +got):\n%s", diff)
	}
}

// A replacement takes the place of the pod that has died; what comes in addition, or from another template, has to find one.
func TestWhichCandidatesNeedRoomInQuotas(t *testing.T) {
	outdated := statefulSet(twoCPUs)
	outdated.Status.UpdateRevision = "new"
	few := quota("few", quantities("pods", "2", "requests.cpu", "3"), quantities("pods", "2", "requests.cpu", "2"))
	many := quota("many", quantities("pods", "9"), quantities("pods", "2"))
	for name, test := range map[string]struct {
		objects []any
		needs   bool
		full    []string
	}{
		"pods that run":      {all(few, many, web()), false, nil},
		"none that runs":     {all(few, many, deployment(twoCPUs)), true, []string{"few"}},
		"none, and room":     {all(many, deployment()), true, nil},
		"none, and no quota": {all(deployment()), true, nil},
		"pods of another template": {
			all(few, many, outdated, edited(running(1, "apps/v1", "StatefulSet", "db"), func(p *corev1.Pod) {
				p.Labels[appsv1.StatefulSetRevisionLabel] = "old"
			})),
			true,
			[]string{"few"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(test.objects...)
			view, _ := w.snapshot.View(w.snapshot.Workloads()[0])
			got := Candidates(&view)
			if len(got) != 1 || got[0].NeedsRoom != test.needs {
				t.Fatalf("candidates: %+v", got)
			}
			if diff := cmp.Diff(test.full, got[0].Full(&view, w.snapshot.CountedQuotas(shop))); diff != "" {
				t.Errorf("full quotas (-want +got):\n%s", diff)
			}
		})
	}
}
