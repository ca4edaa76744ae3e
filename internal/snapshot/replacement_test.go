package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
)

func labelled(name, value string) podOption {
	return func(p *corev1.Pod) { p.Labels = map[string]string{name: value} }
}

func ofRevision(hash string) podOption { return labelled(appsv1.ControllerRevisionHashLabelKey, hash) }

// updating is a StatefulSet on its way to the revision new.
func updating(partition, start int32, from string) *appsv1.StatefulSet {
	set := statefulSet("db")
	set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: &partition}
	if start > 0 {
		set.Spec.Ordinals = &appsv1.StatefulSetOrdinals{Start: start}
	}
	set.Status.CurrentRevision, set.Status.UpdateRevision = from, "new"
	return set
}

// madeFrom tells for each pod what its replacement is made from: the template, that of today although the pod is older, or
// the pod as it lives.
func madeFrom(s *Snapshot, k Key) map[string]string {
	view, _ := s.View(k)
	got := make(map[string]string)
	for _, r := range view.Replacements {
		from := "itself"
		switch {
		case r.Outdated:
			from = "a newer template"
		case r.Template != nil:
			from = "its template"
		}
		for _, pod := range r.Pods {
			got[pod] = from
		}
	}
	return got
}

func TestWhatReplacementsAreMadeFrom(t *testing.T) {
	db, logs := key("apps", "StatefulSet", "db"), key("apps", "DaemonSet", "log")
	ofSet := ownedBy("apps/v1", "StatefulSet", "db")
	generation := func(o *appsv1.DaemonSet) *appsv1.DaemonSet {
		o.Annotations = map[string]string{appsv1.DeprecatedTemplateGeneration: "2"}
		return o
	}
	ofDaemon := ownedBy("apps/v1", "DaemonSet", "log")
	for name, test := range map[string]struct {
		objects []any
		of      Key
		want    map[string]string
	}{
		"pods that a partition keeps back come back as they are": {
			[]any{updating(1, 0, "old"), newPod("db-0", ofSet, ofRevision("old")), newPod("db-1", ofSet, ofRevision("new"))},
			db,
			map[string]string{"db-0": "itself", "db-1": "its template"},
		},
		"a partition counts from the first ordinal": {
			[]any{updating(1, 5, "old"), newPod("db-5", ofSet, ofRevision("old")), newPod("db-6", ofSet, ofRevision("old"))},
			db,
			map[string]string{"db-5": "itself", "db-6": "a newer template"},
		},
		"a partition that is left behind keeps nothing back": {
			[]any{updating(5, 0, "new"), newPod("db-0", ofSet, ofRevision("new"))}, db, map[string]string{"db-0": "its template"},
		},
		"a pod that waits for its update comes back updated": {
			[]any{updating(0, 0, "old"), newPod("db-0", ofSet, ofRevision("old"))}, db, map[string]string{"db-0": "a newer template"},
		},
		"a StatefulSet that was created again takes the pods of the earlier one": {
			[]any{statefulSet("db"), newPod("db-0", ownedByUID("apps/v1", "StatefulSet", "db", "earlier"))},
			db,
			map[string]string{"db-0": "a newer template"},
		},
		"pods of a DaemonSet show the generation of their template": {
			[]any{
				generation(daemonSet("log")), newPod("log-a", ofDaemon, labelled("pod-template-generation", "1")),
				newPod("log-b", ofDaemon, labelled("pod-template-generation", "2")), newPod("log-c", ofDaemon),
			},
			logs,
			map[string]string{"log-a": "a newer template", "log-b": "its template", "log-c": "its template"},
		},
		"a template that cannot be read": {
			[]any{newPod("db-0", ofSet)}, db, map[string]string{"db-0": "itself"},
		},
	} {
		t.Run(name, func(t *testing.T) { wantDiff(t, "replacements", test.want, madeFrom(synced(test.objects...), test.of)) })
	}
}

// Pods of an indexed Job are hundreds that differ by their number alone.
func TestPodsThatDifferByTheirIndexAreReplacedAlike(t *testing.T) {
	indexed := func(index string) *corev1.Pod {
		p := newPod("load-"+index+"-x", ownedBy("batch/v1", "Job", "load"), labelled(batchv1.JobCompletionIndexAnnotation, index))
		p.Annotations = map[string]string{batchv1.JobCompletionIndexAnnotation: index}
		p.Spec.Hostname = "load-" + index
		return p
	}
	s := synced(job("load"), indexed("0"), indexed("1"))
	view, _ := s.View(key("batch", "Job", "load"))
	if len(view.Replacements) != 1 {
		t.Fatalf("%d sets of pods", len(view.Replacements))
	}
	r := view.Replacements[0]
	wantDiff(t, "pods", []string{"load-0-x", "load-1-x"}, r.Pods)
	wantDiff(t, "annotations", map[string]string{batchv1.JobCompletionIndexAnnotation: "0"}, r.Live.Annotations)
}

func TestAnnotationsOfThePlaceAreNotKept(t *testing.T) {
	alone := newPod("alone")
	alone.Annotations = map[string]string{"cni.projectcalico.org/podIP": "10.0.0.1/32", "note": "kept", corev1.LastAppliedConfigAnnotation: "{}"}
	given := len(alone.Annotations)
	view, _ := synced(alone).View(key("", "Pod", "alone"))
	wantDiff(t, "annotations", map[string]string{"note": "kept"}, view.Replacements[0].Live.Annotations)
	if len(alone.Annotations) != given {
		t.Error("the annotations that were given are changed")
	}
}

func TestWhatIsUsedOfAQuotaCountsBeyondItsLimitsOnly(t *testing.T) {
	list := func(name corev1.ResourceName, quantity string) corev1.ResourceList {
		return corev1.ResourceList{name: resource.MustParse(quantity)}
	}
	quota := func(hard, used string) *corev1.ResourceQuota {
		q := &corev1.ResourceQuota{ObjectMeta: meta("q", nil), Spec: corev1.ResourceQuotaSpec{Hard: list("pods", "4")}}
		if hard != "" {
			q.Status = corev1.ResourceQuotaStatus{Hard: list("pods", hard), Used: list("pods", used)}
		}
		return q
	}
	s := synced(statefulSet("db"))
	db := Affected{key("apps", "StatefulSet", "db")}
	for _, step := range []struct {
		name       string
		quota      *corev1.ResourceQuota
		affected   Affected
		hard, used string
	}{
		{"one that is not counted yet", quota("", ""), db, "4", "0"},
		{"counted, it affects nobody", quota("4", "3"), nil, "4", "0"},
		{"filled up, it affects nobody", quota("4", "4"), nil, "4", "0"},
		{"lowered, it affects everybody", quota("2", "4"), db, "2", "4"},
		{"relieved, it affects everybody", quota("2", "2"), db, "2", "0"},
	} {
		wantDiff(t, step.name, step.affected, upsert(s, step.quota))
		view, _ := s.View(db[0])
		want := corev1.ResourceQuotaStatus{Hard: list("pods", step.hard), Used: list("pods", step.used)}
		if diff := cmp.Diff(step.quota.Status, s.CountedQuotas("shop")[0].Status); diff != "" {
			t.Errorf("%s: what is counted (-want +got):\n%s", step.name, diff)
		}
		if diff := cmp.Diff(want, view.Defaults.Quotas[0].Status, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: status (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestSecretsOfAServiceAccountThatEnforcesThem(t *testing.T) {
	account := serviceAccount("db", nil)
	account.Secrets = []corev1.ObjectReference{{Name: "listed"}}
	s := synced(newPod("a", runningAs("db")), account)
	view := func() *ServiceAccount {
		v, _ := s.View(key("", "Pod", "a"))
		if v.Replacements[0].Account != v.Replacements[0].LiveAccount {
			t.Error("a bare pod has two accounts")
		}
		return v.Replacements[0].Account
	}
	wantDiff(t, "an account that enforces nothing", &ServiceAccount{}, view())
	enforcing := account.DeepCopy()
	enforcing.Annotations = map[string]string{OnlyListedSecrets: "true"}
	wantDiff(t, "affected", Affected{key("", "Pod", "a")}, upsert(s, enforcing))
	wantDiff(t, "an account that enforces", &ServiceAccount{Secrets: []string{"listed"}, OnlyListed: true}, view())
	wrong := account.DeepCopy()
	wrong.Annotations, wrong.AutomountServiceAccountToken = map[string]string{OnlyListedSecrets: "perhaps"}, ptr.To(false)
	upsert(s, wrong)
	wantDiff(t, "an account whose annotation says nothing", &ServiceAccount{Automount: ptr.To(false)}, view())
}
