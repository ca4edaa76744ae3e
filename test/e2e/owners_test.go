package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// unknownReport is the report of the Argo Rollout "canary": the digits are those of the SHA-256 of its group, kind and name.
const unknownReport = "rollout-canary.068f7a5f50"

var _ = Describe("The workload of a pod", Ordered, ContinueOnFailure, func() {
	var namespace string

	BeforeAll(func(ctx SpecContext) {
		namespace = newNamespace(ctx, "owners")
		operated := deployment(namespace, "operated", 1)
		ownedByUnknown(operated, "application")
		canary := pod(namespace, "canary-7f9c")
		ownedByUnknown(canary, "canary")
		nightly := &batchv1.CronJob{ObjectMeta: meta(namespace, "nightly"), Spec: batchv1.CronJobSpec{
			Schedule: "0 3 * * *", JobTemplate: batchv1.JobTemplateSpec{Spec: job(namespace, "", true).Spec},
		}}
		finished := job(namespace, "finished", false)
		create(ctx,
			deployment(namespace, "web", 2), deployment(namespace, "idle", 0), operated, nightly, finished,
			&appsv1.StatefulSet{ObjectMeta: meta(namespace, "db"), Spec: appsv1.StatefulSetSpec{
				Replicas: ptr.To[int32](2), Selector: selector("db"), Template: template("db"),
			}},
			&appsv1.DaemonSet{ObjectMeta: meta(namespace, "agent"), Spec: appsv1.DaemonSetSpec{
				Selector: selector("agent"), Template: template("agent"),
			}},
			&appsv1.ReplicaSet{ObjectMeta: meta(namespace, "bare"), Spec: appsv1.ReplicaSetSpec{
				Replicas: ptr.To[int32](1), Selector: selector("bare"), Template: template("bare"),
			}},
			&corev1.ReplicationController{ObjectMeta: meta(namespace, "old"), Spec: corev1.ReplicationControllerSpec{
				Replicas: ptr.To[int32](1), Selector: map[string]string{"app": "old"}, Template: ptr.To(template("old")),
			}},
			job(namespace, "import", true), pod(namespace, "lonely"), canary,
		)
		_, err := control.Kubectl(ctx, "create", "job", "--namespace", namespace, "--from=cronjob/nightly", "nightly-by-hand")
		Expect(err).NotTo(HaveOccurred())
		waitForPods(ctx, namespace, 14)
		Eventually(func(g Gomega) {
			g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(finished), finished)).To(Succeed())
			g.Expect(finished.Status.Succeeded).To(BeEquivalentTo(1))
			g.Expect(finished.Status.CompletionTime).NotTo(BeNil())
		}).Should(Succeed())
		startReadyManager(ctx)
	})

	// Each report by its name, with the pods that it counts. A finished Job has none.
	want := map[string]int32{
		"cronjob-nightly": 1, "daemonset-agent": 3, "deployment-idle": 0, "deployment-operated": 1, "deployment-web": 2,
		"job-import": 1, "pod-lonely": 1, "replicaset-bare": 1, "replicationcontroller-old": 1, unknownReport: 1,
		"statefulset-db": 2,
	}
	counts := func(ctx context.Context) (map[string]int32, error) {
		items, err := reports(ctx, namespace)
		got := map[string]int32{}
		for i := range items {
			got[items[i].Name] = items[i].Status.Pods.Running
		}
		return got, err
	}

	It("is the top of the chain of controllers that built-in kinds make, and each has one report", func(ctx SpecContext) {
		Eventually(counts).WithContext(ctx).Should(Equal(want))
		Consistently(counts).WithContext(ctx).Should(Equal(want))
	})

	It("is named by the report and owns it", func(ctx SpecContext) {
		items, err := reports(ctx, namespace)
		Expect(err).NotTo(HaveOccurred())
		for i := range items {
			ref := items[i].Spec.WorkloadRef
			Expect(ref.UID).NotTo(BeEmpty(), items[i].Name)
			Expect(items[i].OwnerReferences).To(HaveLen(1), items[i].Name)
			owner := items[i].OwnerReferences[0]
			Expect([]any{owner.APIVersion, owner.Kind, owner.Name, string(owner.UID), *owner.Controller, *owner.BlockOwnerDeletion}).
				To(Equal([]any{ref.APIVersion, ref.Kind, ref.Name, ref.UID, false, false}), items[i].Name)
		}
	})

	It("loses its report when it is a Job that finishes", func(ctx SpecContext) {
		create(ctx, job(namespace, "short", true))
		waitForReport(ctx, namespace, "job-short")
		var pods corev1.PodList
		Expect(admin.List(ctx, &pods, client.InNamespace(namespace), client.MatchingLabels{"job-name": "short"})).To(Succeed())
		Expect(pods.Items).To(HaveLen(1))
		update(ctx, &pods.Items[0], func(p *corev1.Pod) { delete(p.Annotations, keepRunning) })
		Eventually(counts).WithContext(ctx).Should(Equal(want))
	})
})
