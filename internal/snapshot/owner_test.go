package snapshot

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

func TestOwnersResolveToWorkloads(t *testing.T) {
	static := func(p *corev1.Pod) {
		p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "hash"}
		p.OwnerReferences = controller("v1", "Node", "one", "one")
	}
	readyOnly := func(p *corev1.Pod) {
		p.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: "x", UID: "x"}}
	}
	for name, test := range map[string]struct {
		objects []any
		want    []summary
		waiting int
	}{
		"a Deployment is found through its ReplicaSet": {
			objects: []any{
				deployment("web"), replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")), newPod("web-1-b", ownedBy("apps/v1", "ReplicaSet", "web-1")),
			},
			want: []summary{{Workload: "apps/v1 Deployment web", UID: "web", Groups: [][]string{{"web-1-a", "web-1-b"}}}},
		},
		"a StatefulSet owns its pods": {
			objects: []any{statefulSet("db"), newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"))},
			want:    []summary{{Workload: "apps/v1 StatefulSet db", UID: "db", Groups: [][]string{{"db-0"}}}},
		},
		"a DaemonSet owns its pods": {
			objects: []any{daemonSet("log"), newPod("log-a", ownedBy("apps/v1", "DaemonSet", "log"))},
			want:    []summary{{Workload: "apps/v1 DaemonSet log", UID: "log", Groups: [][]string{{"log-a"}}}},
		},
		"a CronJob is found through its Job": {
			objects: []any{
				cronJob("tidy"), job("tidy-1", controller("batch/v1", "CronJob", "tidy", "tidy")...),
				newPod("tidy-1-a", ownedBy("batch/v1", "Job", "tidy-1")),
			},
			want: []summary{{Workload: "batch/v1 CronJob tidy", UID: "tidy", Groups: [][]string{{"tidy-1-a"}}}},
		},
		"a Job of its own is a workload": {
			objects: []any{job("load"), newPod("load-a", ownedBy("batch/v1", "Job", "load"))},
			want:    []summary{{Workload: "batch/v1 Job load", UID: "load", Groups: [][]string{{"load-a"}}}},
		},
		"a ReplicaSet of its own is a workload": {
			objects: []any{replicaSet("rs"), newPod("rs-a", ownedBy("apps/v1", "ReplicaSet", "rs"))},
			want:    []summary{{Workload: "apps/v1 ReplicaSet rs", UID: "rs", Groups: [][]string{{"rs-a"}}}},
		},
		"a ReplicationController is a workload": {
			objects: []any{replicationController("rc"), newPod("rc-a", ownedBy("v1", "ReplicationController", "rc"))},
			want:    []summary{{Workload: "v1 ReplicationController rc", UID: "rc", Groups: [][]string{{"rc-a"}}}},
		},
		"a bare pod is its own workload": {
			objects: []any{newPod("alone")},
			want:    []summary{{Workload: "v1 Pod alone", UID: "alone", Groups: [][]string{{"alone"}}}},
		},
		"a reference that is no controller does not own the pod": {
			objects: []any{newPod("alone", readyOnly)},
			want:    []summary{{Workload: "v1 Pod alone", UID: "alone", Groups: [][]string{{"alone"}}}},
		},
		"a static pod is its own workload, not its node's": {
			objects: []any{newPod("etcd-one", static)},
			want:    []summary{{Workload: "v1 Pod etcd-one", UID: "etcd-one", Groups: [][]string{{"etcd-one"}}}},
		},
		"a kind that is not read owns its pods by their reference": {
			objects: []any{newPod("kafka-0", ownedBy("strimzi.io/v1", "StrimziPodSet", "kafka"))},
			want:    []summary{{Workload: "strimzi.io/v1 StrimziPodSet kafka", UID: "kafka", Groups: [][]string{{"kafka-0"}}}},
		},
		"a kind that is not read owns ReplicaSets": {
			objects: []any{
				replicaSet("web-1", controller("argoproj.io/v1alpha1", "Rollout", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
			},
			want: []summary{{Workload: "argoproj.io/v1alpha1 Rollout web", UID: "web", Groups: [][]string{{"web-1-a"}}}},
		},
		"a custom resource above a Deployment is not climbed": {
			objects: []any{
				deployment("web", controller("shop.example/v1", "Shop", "main", "main")...),
				replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
			},
			want: []summary{{Workload: "apps/v1 Deployment web", UID: "web", Groups: [][]string{{"web-1-a"}}}},
		},
		"a pod waits for an owner that has not been seen": {
			objects: []any{deployment("web"), newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1"))},
			want:    []summary{{Workload: "apps/v1 Deployment web", UID: "web", Template: true}},
			waiting: 1,
		},
		"an owner that arrives after its pod takes it over": {
			objects: []any{
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
				replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
			},
			want: []summary{{Workload: "apps/v1 Deployment web", UID: "web", Groups: [][]string{{"web-1-a"}}}},
		},
		"a pod waits while its owner's name belongs to another object": {
			objects: []any{newPod("rs-a", ownedByUID("apps/v1", "ReplicaSet", "rs", "old")), replicaSet("rs")},
			want:    []summary{{Workload: "apps/v1 ReplicaSet rs", UID: "rs", Template: true}},
			waiting: 1,
		},
		"owners that own each other end nowhere": {
			objects: []any{
				replicaSet("a", controller("apps/v1", "ReplicaSet", "b", "b")...),
				replicaSet("b", controller("apps/v1", "ReplicaSet", "a", "a")...),
				newPod("a-1", ownedBy("apps/v1", "ReplicaSet", "a")),
			},
			waiting: 1,
		},
		"an orphaned ReplicaSet becomes a workload": {
			objects: []any{
				replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")), replicaSet("web-1"),
			},
			want: []summary{{Workload: "apps/v1 ReplicaSet web-1", UID: "web-1", Groups: [][]string{{"web-1-a"}}}},
		},
		"a ReplicaSet that is adopted is no workload any more": {
			objects: []any{
				replicaSet("web-1"), newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
				replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
			},
			want: []summary{{Workload: "apps/v1 Deployment web", UID: "web", Groups: [][]string{{"web-1-a"}}}},
		},
		"finished pods are left out": {
			objects: []any{
				job("load"), newPod("load-a", ownedBy("batch/v1", "Job", "load"), inPhase(corev1.PodSucceeded)),
				newPod("alone", inPhase(corev1.PodFailed)), newPod("late", inPhase(corev1.PodRunning)), newPod("late", inPhase(corev1.PodFailed)),
			},
			want: []summary{{Workload: "batch/v1 Job load", UID: "load", Template: true}},
		},
		"a finished Job is left out": {objects: []any{job("load"), finished(job("load"))}},
		"a finished Job is a workload while it has a pod": {
			objects: []any{finished(job("load")), newPod("load-a", ownedBy("batch/v1", "Job", "load"))},
			want:    []summary{{Workload: "batch/v1 Job load", UID: "load", Groups: [][]string{{"load-a"}}}},
		},
		"a workload that is scaled to zero keeps its template": {
			objects: []any{deployment("web"), replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...)},
			want:    []summary{{Workload: "apps/v1 Deployment web", UID: "web", Template: true}},
		},
		"a CronJob between its runs keeps its template": {
			objects: []any{
				cronJob("tidy"), finished(job("tidy-1", controller("batch/v1", "CronJob", "tidy", "tidy")...)),
				newPod("tidy-1-a", ownedBy("batch/v1", "Job", "tidy-1"), inPhase(corev1.PodSucceeded)),
			},
			want: []summary{{Workload: "batch/v1 CronJob tidy", UID: "tidy", Template: true}},
		},
		"terminating pods are counted apart": {
			objects: []any{
				statefulSet("db"), newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"), terminating),
				newPod("db-1", ownedBy("apps/v1", "StatefulSet", "db")),
			},
			want: []summary{{Workload: "apps/v1 StatefulSet db", UID: "db", Groups: [][]string{{"db-1"}}, Terminating: 1}},
		},
		"terminating pods are looked at where nothing else runs": {
			objects: []any{statefulSet("db"), newPod("db-0", ownedBy("apps/v1", "StatefulSet", "db"), terminating)},
			want:    []summary{{Workload: "apps/v1 StatefulSet db", UID: "db", Groups: [][]string{{"db-0"}}, Terminating: 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(test.objects...)
			wantDiff(t, "workloads", test.want, summaries(t, s))
			wantDiff(t, "waiting pods", test.waiting, s.Waiting())
		})
	}
}

func TestForbiddenSourceEndsTheChainAtTheReference(t *testing.T) {
	s := synced(newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")))
	wantDiff(t, "workloads", []summary(nil), summaries(t, s))
	wantDiff(t, "affected workloads", Affected{key("apps", "ReplicaSet", "web-1")}, s.SetSource(ReplicaSets, Forbidden))
	wantDiff(t, "workloads", []summary{
		{Workload: "apps/v1 ReplicaSet web-1", UID: "web-1", Groups: [][]string{{"web-1-a"}}},
	}, summaries(t, s))
	wantDiff(t, "affected workloads", Affected{key("apps", "ReplicaSet", "web-1")}, s.SetSource(ReplicaSets, Synced))
	wantDiff(t, "waiting pods", 1, s.Waiting())
}

func TestForbiddenSourceInTheMiddleOfAChain(t *testing.T) {
	s := synced(
		newPod("a", ownedBy("apps/v1", "ReplicaSet", "rs")), replicaSet("rs", controller("batch/v1", "Job", "load", "load")...),
	)
	wantDiff(t, "affected workloads", Affected{key("batch", "Job", "load")}, s.SetSource(Jobs, Forbidden))
	wantDiff(t, "waiting pods", 0, s.Waiting())
}

func TestOwnerEventsAffectExactlyTheirWorkloads(t *testing.T) {
	web, old := key("apps", "Deployment", "web"), key("apps", "ReplicaSet", "web-1")
	load := key("batch", "Job", "load")
	again := func() any { d := deployment("web"); d.UID = "web-again"; return d }
	leaving := func() any { j := finished(job("load")); j.DeletionTimestamp = ptr.To(metav1.Unix(1, 0)); return j }
	scaled := func() any { d := deployment("web"); d.Spec.Replicas = ptr.To[int32](3); return d }
	bystander := statefulSet("bystander")
	for name, test := range map[string]struct {
		before []any
		event  func(*Snapshot) Affected
		want   Affected
	}{
		"a Deployment that is created again under its name keeps its key": {
			before: []any{deployment("web")}, event: func(s *Snapshot) Affected { return upsert(s, again()) }, want: Affected{web},
		},
		"a Deployment that is scaled affects nobody": {
			before: []any{deployment("web")}, event: func(s *Snapshot) Affected { return upsert(s, scaled()) },
		},
		"a ReplicaSet that is orphaned affects where its pods come from and go to": {
			before: []any{
				deployment("web"), replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
			},
			event: func(s *Snapshot) Affected { return upsert(s, replicaSet("web-1")) }, want: Affected{web, old},
		},
		"a ReplicaSet without pods affects nobody": {
			before: []any{deployment("web")},
			event: func(s *Snapshot) Affected {
				return upsert(s, replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...))
			},
		},
		"a ReplicaSet that goes before its pods": {
			before: []any{
				replicaSet("web-1", controller("apps/v1", "Deployment", "web", "web")...),
				newPod("web-1-a", ownedBy("apps/v1", "ReplicaSet", "web-1")),
			},
			event: func(s *Snapshot) Affected { return s.DeleteOwner(old) }, want: Affected{web},
		},
		"a Deployment that is deleted": {
			before: []any{deployment("web")}, event: func(s *Snapshot) Affected { return s.DeleteOwner(web) }, want: Affected{web},
		},
		"an owner that is not known and goes affects nobody": {
			event: func(s *Snapshot) Affected { return s.DeleteOwner(web) },
		},
		"a Job that finishes": {
			before: []any{job("load")}, event: func(s *Snapshot) Affected { return upsert(s, finished(job("load"))) }, want: Affected{load},
		},
		"a finished Job that is being deleted while a pod is left": {
			before: []any{finished(job("load")), newPod("load-a", ownedBy("batch/v1", "Job", "load"))},
			event:  func(s *Snapshot) Affected { return upsert(s, leaving()) }, want: Affected{load},
		},
		"a finished Job without pods affects nobody": {
			event: func(s *Snapshot) Affected { return upsert(s, finished(job("load"))) },
		},
		"a pod whose owner gets a new version of its API": {
			before: []any{newPod("kafka-0", ownedBy("strimzi.io/v1", "StrimziPodSet", "kafka"))},
			event: func(s *Snapshot) Affected {
				return upsert(s, newPod("kafka-0", ownedBy("strimzi.io/v2", "StrimziPodSet", "kafka")))
			},
			want: Affected{key("strimzi.io", "StrimziPodSet", "kafka")},
		},
		"a pod that changes hands affects both": {
			before: []any{newPod("a")},
			event:  func(s *Snapshot) Affected { return upsert(s, newPod("a", ownedBy("apps/v1", "StatefulSet", "db"))) },
			want:   Affected{key("", "Pod", "a"), key("apps", "StatefulSet", "db")},
		},
		"a status that changes nothing affects nobody": {
			before: []any{newPod("a", onNode("one"), inPhase(corev1.PodPending))},
			event:  func(s *Snapshot) Affected { return upsert(s, newPod("a", onNode("one"), inPhase(corev1.PodRunning))) },
		},
		"a pod that is placed on a node": {
			before: []any{newPod("a")}, event: func(s *Snapshot) Affected { return upsert(s, newPod("a", onNode("one"))) },
			want: Affected{key("", "Pod", "a")},
		},
		"a pod that begins to terminate": {
			before: []any{newPod("a")}, event: func(s *Snapshot) Affected { return upsert(s, newPod("a", terminating)) },
			want: Affected{key("", "Pod", "a")},
		},
		"a pod that finishes": {
			before: []any{newPod("a")}, event: func(s *Snapshot) Affected { return upsert(s, newPod("a", inPhase(corev1.PodFailed))) },
			want: Affected{key("", "Pod", "a")},
		},
		"a finished pod that was never seen affects nobody": {
			event: func(s *Snapshot) Affected { return upsert(s, newPod("a", inPhase(corev1.PodFailed))) },
		},
		"a pod that is deleted": {
			before: []any{newPod("a")},
			event:  func(s *Snapshot) Affected { return s.DeletePod(types.NamespacedName{Namespace: shop, Name: "a"}) },
			want:   Affected{key("", "Pod", "a")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := synced(append([]any{bystander, newPod("bystander")}, test.before...)...)
			wantDiff(t, "affected workloads", test.want, test.event(s))
		})
	}
}
