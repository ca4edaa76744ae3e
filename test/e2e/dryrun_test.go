package e2e

import (
	"context"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/webhook"
)

// restartReasons lists why a report calls something not asked.
func restartReasons(namespace, name string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		r, err := report(namespace, name)(ctx)
		if err != nil || r == nil {
			return nil, err
		}
		var reasons []string
		for _, n := range r.Status.Restart.NotAsked {
			reasons = append(reasons, n.Reason)
		}
		return reasons, nil
	}
}

var _ = Describe("The dry-run mode", Ordered, func() {
	const namespace, name = "dry-run", "deployment-web"
	var (
		since cluster.Mark
		asked *admission
		quota = &corev1.ResourceQuota{ObjectMeta: meta(namespace, "few"), Spec: corev1.ResourceQuotaSpec{
			Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("2")},
		}}
		metrics string
	)

	BeforeAll(func(ctx SpecContext) {
		folder := filepath.Join(root, "config", "components", "dry-run")
		for _, file := range []string{"guard.yaml", "rbac.yaml"} {
			Expect(control.Apply(ctx, filepath.Join(folder, file))).To(Succeed())
			DeferCleanup(func(ctx SpecContext) {
				Expect(control.Kubectl(ctx, "delete", "--ignore-not-found", "-f", filepath.Join(folder, file))).Error().NotTo(HaveOccurred())
			})
		}
		newNamespace(ctx, namespace)
		asked = serveAdmission()
		configuration := webhook.OfPods(namespace, asked.URL, asked.CABundle)
		create(ctx, configuration, quota, deployment(namespace, "web", 2))
		DeferCleanup(func(ctx SpecContext) error { return client.IgnoreNotFound(admin.Delete(ctx, configuration)) })
		waitForPods(ctx, namespace, 2)
		since, metrics = mark(), freeAddress()
		startReadyManager(ctx, "--config", filepath.Join(folder, "audit_configuration.yaml"),
			"--metrics-bind-address", metrics, "--metrics-secure=false")
	})

	It("settles what cannot be told in process: a webhook that admits, in a quota that is full", SpecTimeout(patience), func(ctx SpecContext) {
		Eventually(restartOf(namespace, name)).WithContext(ctx).Should(Equal("Admitted "))
		Expect(restartReasons(namespace, name)(ctx)).To(BeEmpty())
	})

	It("doubts a refusal by a webhook, which may be about who asks", SpecTimeout(patience), func(ctx SpecContext) {
		asked.refuse.Store(true)
		// What changes inside of a webhook shows nowhere: its registration has to change.
		update(ctx, webhook.OfPods(namespace, "", nil), func(c *admissionregistrationv1.ValidatingWebhookConfiguration) {
			c.Webhooks[0].FailurePolicy = ptr.To(admissionregistrationv1.Ignore)
		})
		Eventually(restartOf(namespace, name)).WithContext(ctx).Should(Equal("Unknown MayDependOnUser"))
		r := waitForReport(ctx, namespace, name)
		Expect(r.Status.Restart.RefusedBy).To(HaveLen(1))
		Expect(r.Status.Restart.RefusedBy[0].Kind).To(Equal("Webhook"))
		Expect(r.Status.Restart.RefusedBy[0].Name).To(Equal("pods.example.com"))
	})

	It("believes a quota of which more is used than it has", SpecTimeout(patience), func(ctx SpecContext) {
		Expect(admin.Delete(ctx, webhook.OfPods(namespace, "", nil))).To(Succeed())
		update(ctx, quota, func(q *corev1.ResourceQuota) { q.Spec.Hard[corev1.ResourcePods] = resource.MustParse("1") })
		Eventually(restartOf(namespace, name)).WithContext(ctx).Should(Equal("Denied ResourceQuota"))
	})

	It("asks again about a workload that has found no room, once there is some", SpecTimeout(patience), func(ctx SpecContext) {
		update(ctx, quota, func(q *corev1.ResourceQuota) { q.Spec.Hard[corev1.ResourcePods] = resource.MustParse("2") })
		create(ctx, deployment(namespace, "idle", 0))
		Eventually(restartOf(namespace, "deployment-idle")).WithContext(ctx).Should(Equal("Denied ResourceQuota"))
		Eventually(restartOf(namespace, name)).WithContext(ctx).Should(Equal("Admitted "))
		update(ctx, &appsv1.Deployment{ObjectMeta: meta(namespace, "web")}, func(d *appsv1.Deployment) { d.Spec.Replicas = ptr.To[int32](1) })
		Eventually(restartOf(namespace, "deployment-idle")).WithContext(ctx).Should(Equal("Admitted "))
	})

	It("has created nothing", func() {
		writes, err := control.Writes(since, cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount))
		Expect(err).NotTo(HaveOccurred())
		writes = slices.DeleteFunc(writes, func(w cluster.Request) bool { return w.Resource != "pods" })
		Expect(writes).NotTo(BeEmpty())
		for _, w := range writes {
			Expect(w.DryRun).To(BeTrue(), "%+v", w)
		}
	})

	It("asks nobody once the guard is gone, and says so", SpecTimeout(patience), func(ctx SpecContext) {
		Expect(restartReasons(namespace, name)(ctx)).NotTo(ContainElement("GuardNotInForce"))
		Expect(scrape("http://" + metrics)(ctx)).To(ContainElement("daysix_dry_run_guard_in_force 1"))
		binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: meta("", dryrun.GuardName)}
		Expect(admin.Delete(ctx, binding)).To(Succeed())
		Eventually(restartReasons(namespace, name)).WithContext(ctx).Should(ContainElement("GuardNotInForce"))
		Expect(scrape("http://" + metrics)(ctx)).To(ContainElement("daysix_dry_run_guard_in_force 0"))
	})
})
