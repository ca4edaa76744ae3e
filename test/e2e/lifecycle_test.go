package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

var _ = Describe("A report", Ordered, ContinueOnFailure, func() {
	BeforeAll(func(ctx SpecContext) { startReadyManager(ctx) })

	It("shows during a rollout which pods differ, and no other report is written", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "rollout")
		web := deployment(namespace, "web", 2)
		create(ctx, web, deployment(namespace, "other", 1))
		waitForPods(ctx, namespace, 3)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf("deployment-other", "deployment-web"))
		before := settled(ctx, namespace, "deployment-web", 2)
		settled(ctx, namespace, "deployment-other", 1)
		quiet(ctx)

		since := mark()
		// New pods never count as available, so that the rollout stops half-way.
		update(ctx, web, func(d *appsv1.Deployment) {
			d.Spec.MinReadySeconds = 500
			privileged(&d.Spec.Template.Spec)
		})
		divergent := func(ctx context.Context) ([]string, error) {
			r, err := report(namespace, "deployment-web")(ctx)
			if r == nil {
				return nil, err
			}
			var checks []string
			for _, pod := range r.Status.Pods.Divergent {
				checks = append(checks, pod.NotHere...)
			}
			return checks, err
		}
		Eventually(divergent).WithContext(ctx).Should(ContainElement("PrivilegedContainer"))
		during := waitForReport(ctx, namespace, "deployment-web")
		Expect(during.Status.Score).To(BeNumerically(">", before.Status.Score))
		Expect(during.Status.Pods.Worst).NotTo(BeEmpty())

		update(ctx, web, func(d *appsv1.Deployment) { d.Spec.MinReadySeconds = 0 })
		Eventually(divergent).WithContext(ctx).Should(BeEmpty())
		after := settled(ctx, namespace, "deployment-web", 2)
		Expect(after.UID).To(Equal(before.UID))
		Expect(after.Status.Score).To(BeNumerically(">", before.Status.Score), "how much more depends on the nodes")
		Expect(writesSince(since)()).To(HaveEach(Or(
			Equal("patch podsecurityreports rollout/deployment-web"), MatchRegexp("^(create|patch) events rollout/"),
		)))
	})

	It("goes with its workload", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "collected")
		web, lonely := deployment(namespace, "web", 1), pod(namespace, "lonely")
		create(ctx, web, lonely)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf("deployment-web", "pod-lonely"))
		Expect(admin.Delete(ctx, web, client.PropagationPolicy(metav1.DeletePropagationForeground))).To(Succeed())
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf("pod-lonely"))
		Expect(admin.Delete(ctx, lonely)).To(Succeed())
		Eventually(reportNames(namespace)).WithContext(ctx).Should(BeEmpty())
		Consistently(reportNames(namespace)).WithContext(ctx).Should(BeEmpty())
	})

	It("is another one for a workload that is created again under the same name", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "again")
		first := deployment(namespace, "web", 1)
		create(ctx, first)
		before := waitForReport(ctx, namespace, "deployment-web")
		Expect(before.Spec.WorkloadRef.UID).To(BeEquivalentTo(first.UID))
		Expect(admin.Delete(ctx, first, client.PropagationPolicy(metav1.DeletePropagationBackground))).To(Succeed())
		second := deployment(namespace, "web", 1)
		create(ctx, second)
		identity := func(ctx context.Context) ([]string, error) {
			r, err := report(namespace, "deployment-web")(ctx)
			if r == nil || err != nil {
				return nil, err
			}
			return []string{r.Spec.WorkloadRef.UID, string(r.OwnerReferences[0].UID)}, nil
		}
		want := []string{string(second.UID), string(second.UID)}
		Eventually(identity).WithContext(ctx).Should(Equal(want))
		Consistently(identity).WithContext(ctx).Should(Equal(want))
		Expect(waitForReport(ctx, namespace, "deployment-web").UID).NotTo(Equal(before.UID))
	})

	It("passes to the ReplicaSet where a Deployment leaves its pods behind", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "orphans")
		web := deployment(namespace, "web", 1)
		create(ctx, web)
		waitForPods(ctx, namespace, 1)
		waitForReport(ctx, namespace, "deployment-web")
		var sets appsv1.ReplicaSetList
		Expect(admin.List(ctx, &sets, client.InNamespace(namespace))).To(Succeed())
		Expect(sets.Items).To(HaveLen(1))
		Expect(admin.Delete(ctx, web, client.PropagationPolicy(metav1.DeletePropagationOrphan))).To(Succeed())
		want := ConsistOf("replicaset-" + sets.Items[0].Name)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(want)
		Consistently(reportNames(namespace)).WithContext(ctx).Should(want)
	})

	It("of an owner that cannot be read goes with the last of its pods", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "unread")
		pods := []*corev1.Pod{pod(namespace, "canary-1"), pod(namespace, "canary-2")}
		for _, p := range pods {
			ownedByUnknown(p, "canary")
			create(ctx, p)
		}
		settled(ctx, namespace, unknownReport, 2)
		Expect(admin.Delete(ctx, pods[0])).To(Succeed())
		settled(ctx, namespace, unknownReport, 1)
		Expect(admin.Delete(ctx, pods[1])).To(Succeed())
		Eventually(reportNames(namespace)).WithContext(ctx).Should(BeEmpty())
	})

	It("does not hold up its namespace", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "leaving")
		create(ctx, deployment(namespace, "web", 1), pod(namespace, "lonely"))
		Eventually(reportNames(namespace)).WithContext(ctx).Should(HaveLen(2))
		object := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
		Expect(admin.Delete(ctx, object)).To(Succeed())
		Eventually(func(ctx context.Context) bool {
			return apierrors.IsNotFound(admin.Get(ctx, client.ObjectKeyFromObject(object), object))
		}).WithContext(ctx).Should(BeTrue())
	})
})

// settled waits until a report counts that many pods that all look the same, and returns it.
func settled(ctx context.Context, namespace, name string, running int32) *daysixv1alpha1.PodSecurityReport {
	GinkgoHelper()
	Eventually(func(ctx context.Context) (daysixv1alpha1.PodCounts, error) {
		r, err := report(namespace, name)(ctx)
		if r == nil || err != nil {
			return daysixv1alpha1.PodCounts{}, err
		}
		return r.Status.Pods, nil
	}).WithContext(ctx).Should(Equal(daysixv1alpha1.PodCounts{Running: running}))
	return waitForReport(ctx, namespace, name)
}
