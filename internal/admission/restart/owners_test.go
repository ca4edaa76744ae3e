package restart

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestPodsAreJudgedByWhatTheirOwnerMakes(t *testing.T) {
	baseline := enforcing("baseline")
	rollout := replicaSet("canary-1", hostNetwork)
	rollout.OwnerReferences = ownedBy("argoproj.io/v1alpha1", "Rollout", "canary")
	ofCronJob := func(j *batchv1.Job) *batchv1.Job {
		j.Name, j.UID, j.OwnerReferences = "tidy-1", "tidy-1", ownedBy("batch/v1", "CronJob", "tidy")
		return j
	}
	bareReplicaSet := replicaSet("web-1", hostNetwork)
	bareReplicaSet.OwnerReferences = nil
	verdicts{
		"a Deployment": {
			all(baseline, web(hostNetwork)), deniedByBaseline(podsOf("web-1", 2)...),
		},
		"a Deployment that nothing stands against": {
			all(baseline, web()), of(Admitted, podsOf("web-1", 2)...),
		},
		"a Deployment that is scaled to zero": {
			all(baseline, deployment(hostNetwork)), deniedByBaseline(),
		},
		"a Deployment without pods that nothing stands against": {
			all(baseline, deployment()), of(Admitted),
		},
		"a ReplicaSet of its own": {
			all(baseline, bareReplicaSet, running(1, "apps/v1", "ReplicaSet", "web-1", hostNetwork)), deniedByBaseline(podsOf("web-1", 1)...),
		},
		"a StatefulSet": {
			all(baseline, statefulSet(hostNetwork), running(2, "apps/v1", "StatefulSet", "db", hostNetwork)), deniedByBaseline("db-0", "db-1"),
		},
		"a DaemonSet": {
			all(baseline, daemonSet(hostNetwork), running(2, "apps/v1", "DaemonSet", "log", hostNetwork)), deniedByBaseline(podsOf("log", 2)...),
		},
		"a ReplicationController": {
			all(baseline, replicationController(hostNetwork), running(1, "v1", "ReplicationController", "rc", hostNetwork)),
			deniedByBaseline(podsOf("rc", 1)...),
		},
		"a Job, as its next retry": {
			all(baseline, job(hostNetwork), running(1, "batch/v1", "Job", "load", hostNetwork)), deniedByBaseline(podsOf("load", 1)...),
		},
		"a CronJob between its runs": {
			all(baseline, cronJob(hostNetwork)), deniedByBaseline(),
		},
		"a CronJob that runs, as the retry of its Job": {
			all(baseline, cronJob(hostNetwork), ofCronJob(job()), running(1, "batch/v1", "Job", "tidy-1")), of(Admitted, podsOf("tidy-1", 1)...),
		},
		"a kind that is not read and owns ReplicaSets, by their template": {
			all(baseline, rollout, running(1, "apps/v1", "ReplicaSet", "canary-1")),
			deniedByBaseline(podsOf("canary-1", 1)...).lives(Admitted, "hostNetwork is false, in the template true"),
		},
		"a kind that is not read and owns pods, as they live": {
			all(baseline, running(1, "strimzi.io/v1", "StrimziPodSet", "kafka", hostNetwork)), deniedByBaseline(podsOf("kafka", 1)...),
		},
		"a bare pod that would be admitted": {
			all(baseline, barePod()), of(NotRecreated, "alone").because(ReasonBarePod, "No controller creates the pod again."),
		},
		"a bare pod that would be refused": {
			all(baseline, barePod(hostNetwork)),
			of(NotRecreated, "alone").refused(hostNetworkRefused()).
				because(ReasonBarePod, "No controller creates the pod again. Nor would it be admitted: "+hostNetworkMessage),
		},
		"a bare pod of which something is not known": {
			all(source{snapshot.LimitRanges, snapshot.Forbidden}, barePod()),
			of(NotRecreated, "alone").
				because(ReasonBarePod, "No controller creates the pod again. Nor is it known whether it would be admitted: "+
					"LimitRange: limitranges cannot be read (Forbidden).").
				unasked(NotAsked{ReasonSourceUnavailable, "LimitRange", "", "limitranges cannot be read (Forbidden).", true}),
		},
		"a static pod, which asks nobody": {
			all(baseline, edited([]*corev1.Pod{barePod(hostNetwork)}, func(p *corev1.Pod) {
				p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"}
				p.OwnerReferences = ownedBy("v1", "Node", "one")
			})),
			of(Admitted, "alone").because(ReasonStaticPod, "The kubelet starts it again without asking anybody."),
		},
		"a kind that is not read and has only pods on their way out": {
			all(edited(running(1, "strimzi.io/v1", "StrimziPodSet", "kafka"), func(p *corev1.Pod) { p.DeletionTimestamp = &later })),
			of(Unknown).because(ReasonNoTemplate, "No pod runs, and what would be made is not readable."),
		},
	}.test(t)
}

func TestPodsOfOneWorkloadThatAreReplacedDifferently(t *testing.T) {
	baseline := enforcing("baseline")
	partitioned := statefulSet(hostNetwork)
	partitioned.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To[int32](1)}
	partitioned.Status = appsv1.StatefulSetStatus{CurrentRevision: "old", UpdateRevision: "new"}
	ofRevision := func(revision string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Labels[appsv1.StatefulSetRevisionLabel] = revision }
	}
	half := deniedByBaseline("db-1")
	half.Pods[Admitted], half.Named["db-0"] = 1, Admitted

	rollout := deniedByBaseline(podsOf("web-2", 1)...)
	rollout.Pods[Admitted], rollout.Named["web-1-bcdfg"] = 1, Admitted

	earlier := edited(running(1, "apps/v1", "StatefulSet", "db", hostNetwork), func(p *corev1.Pod) { p.OwnerReferences[0].UID = "earlier" })
	verdicts{
		"two ReplicaSets of a rollout, each by its own template": {
			all(baseline, deployment(hostNetwork), replicaSet("web-1"), replicaSet("web-2", hostNetwork),
				running(1, "apps/v1", "ReplicaSet", "web-1"), running(1, "apps/v1", "ReplicaSet", "web-2", hostNetwork)),
			rollout,
		},
		"pods that a partition keeps back come back as they live": {
			all(baseline, partitioned,
				edited(running(1, "apps/v1", "StatefulSet", "db"), ofRevision("old")),
				edited(running(2, "apps/v1", "StatefulSet", "db", hostNetwork)[1:], ofRevision("new"))),
			half,
		},
		"a StatefulSet that was created again replaces the pods of the earlier one": {
			all(baseline, statefulSet(), earlier),
			of(Admitted, "db-0").because("", "The running pod would be refused as it lives: "+hostNetworkMessage).
				lives(Denied, "hostNetwork is true, in the template false"),
		},
	}.test(t)
}

// Without its claims the pod would mount a volume that it does not have: no API server takes it.
func TestTheFirstPodOfAStatefulSetHasItsNamesAndItsClaims(t *testing.T) {
	set := statefulSet(func(p *corev1.PodTemplateSpec) {
		p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "data", MountPath: "/data"}}
	})
	set.Spec.ServiceName, set.Spec.Ordinals, set.Status.UpdateRevision = "db-all", &appsv1.StatefulSetOrdinals{Start: 3}, "db-1"
	set.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{{ObjectMeta: metav1.ObjectMeta{Name: "data"}}}
	refusal := refusedBy("no-claims")
	refusal.NewerThanPods = false
	verdicts{
		"a policy against claims": {
			all(policy("no-claims", "object.spec.volumes.all(v, !has(v.persistentVolumeClaim))"), set),
			of(Denied).because("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicy no-claims: not here").refused(refusal),
		},
		"policies that want what such a pod has": {
			all(policy("claim", "object.spec.volumes.exists(v, v.name == 'data' && v.persistentVolumeClaim.claimName == 'data-db-3')"),
				policy("names", "object.metadata.name == 'db-3' && object.spec.hostname == 'db-3' && object.spec.subdomain == 'db-all'"),
				policy("revision", "object.metadata.labels['controller-revision-hash'] == 'db-1'"), set),
			of(Admitted),
		},
	}.test(t)
}

func TestAFinishedJobIsNotJudged(t *testing.T) {
	finished := job(hostNetwork)
	finished.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	w := newWorld(enforcing("baseline"), finished, edited(running(1, "batch/v1", "Job", "load", hostNetwork), func(p *corev1.Pod) {
		p.Status.Phase = corev1.PodSucceeded
	}))
	if got := w.snapshot.Workloads(); len(got) > 0 {
		t.Errorf("workloads: %v", got)
	}
}

func TestTheOldestPodTellsWhetherAPolicyIsNewer(t *testing.T) {
	mixed := running(2, "apps/v1", "ReplicaSet", "web-1", hostNetwork)
	mixed[1].CreationTimestamp = metav1.NewTime(later.Add(1))
	young := edited(running(2, "apps/v1", "ReplicaSet", "web-1", hostNetwork), func(p *corev1.Pod) {
		p.CreationTimestamp = metav1.NewTime(later.Add(1))
	})
	for name, test := range map[string]struct {
		pods  []*corev1.Pod
		newer bool
	}{
		"one pod is older":       {mixed, true},
		"no pod is older":        {young, false},
		"there is no pod at all": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := newWorld(enforcing("baseline"), deployment(hostNetwork), replicaSet("web-1", hostNetwork), test.pods).judge(t)
			if len(got.Refusals) != 1 || got.Refusals[0].NewerThanPods != test.newer {
				t.Errorf("refusals: %v", got.Refusals)
			}
		})
	}
}
