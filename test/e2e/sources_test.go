package e2e

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

const crd = "podsecurityreports.daysix.dev"

var _ = Describe("Without the kind of reports", Ordered, func() {
	const namespace = "unserved"
	var running *manager

	removeKind := func(ctx context.Context) {
		GinkgoHelper()
		_, err := control.Kubectl(ctx, "delete", "crd", crd, "--wait", "--timeout=60s")
		Expect(err).NotTo(HaveOccurred())
	}
	restoreKind := func(ctx context.Context) {
		GinkgoHelper()
		Expect(control.Apply(ctx, filepath.Join(root, "config", "crd"))).To(Succeed())
		_, err := control.Kubectl(ctx, "wait", "--for=condition=Established", "--timeout=60s", "crd", crd)
		Expect(err).NotTo(HaveOccurred())
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		create(ctx, deployment(namespace, "web", 1), pod(namespace, "lonely"))
		waitForPods(ctx, namespace, 2)
		removeKind(ctx)
		DeferCleanup(restoreKind)
		running = startManager()
	})

	It("the manager says so and is not ready", func(ctx SpecContext) {
		Eventually(running.log).WithContext(ctx).Should(MatchRegexp(`"msg":"Source is not served[^"]*","source":"podsecurityreports"`))
		Eventually(running.readiness).WithContext(ctx).Should(Equal(http.StatusInternalServerError))
		Consistently(running.readiness).WithContext(ctx).Should(Equal(http.StatusInternalServerError))
	})

	It("it recovers by itself once the kind is served", func(ctx SpecContext) {
		restoreKind(ctx)
		running.waitReady(ctx)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf("deployment-web", "pod-lonely"))
	})

	It("it does the same where the kind is gone for a while", func(ctx SpecContext) {
		removeKind(ctx)
		Eventually(running.readiness).WithContext(ctx).Should(Equal(http.StatusInternalServerError))
		restoreKind(ctx)
		running.waitReady(ctx)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf("deployment-web", "pod-lonely"))
	})
})

var _ = Describe("Without the right to read nodes and Services", Ordered, ContinueOnFailure, func() {
	const namespace = "nodeless"
	role := &rbacv1.ClusterRole{ObjectMeta: meta("", "daysix-manager-role")}
	var before *daysixv1alpha1.PodSecurityReport
	var metrics string

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		onControlPlane := pod(namespace, "tool")
		privileged(&onControlPlane.Spec)
		onControlPlane.Spec.NodeName = "control-plane-0"
		create(ctx, onControlPlane, deployment(namespace, "web", 1))
		waitForPods(ctx, namespace, 2)
		first := startReadyManager(ctx)
		settled(ctx, namespace, "deployment-web", 1)
		before = settled(ctx, namespace, "pod-tool", 1)
		Expect(answer(before, "BecomeClusterAdmin")).To(Equal("Yes "))
		Expect(before.Status.Severity).To(BeEquivalentTo("Critical"))
		Expect(first.Stop()).To(Succeed())

		Expect(admin.Get(ctx, client.ObjectKeyFromObject(role), role)).To(Succeed())
		complete := role.DeepCopy().Rules
		DeferCleanup(func(ctx SpecContext) { update(ctx, role, func(r *rbacv1.ClusterRole) { r.Rules = complete }) })
		update(ctx, role, func(r *rbacv1.ClusterRole) {
			for i := range r.Rules {
				r.Rules[i].Resources = slices.DeleteFunc(r.Rules[i].Resources, func(resource string) bool {
					return resource == "nodes" || resource == "services"
				})
			}
		})
		metrics = freeAddress()
		startReadyManager(ctx, "--metrics-bind-address", metrics, "--metrics-secure=false")
	})

	conditionOf := func(name string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			r, err := report(namespace, name)(ctx)
			if r == nil || err != nil {
				return "", err
			}
			return condition(r, daysixv1alpha1.ConditionComplete), nil
		}
	}

	It("the reports are incomplete and say why", func(ctx SpecContext) {
		for _, name := range []string{"deployment-web", "pod-tool"} {
			Eventually(conditionOf(name)).WithContext(ctx).Should(Equal("False " + daysixv1alpha1.ReasonSourceForbidden))
		}
		Expect(answer(waitForReport(ctx, namespace, "deployment-web"), "BecomeClusterAdmin")).
			To(Equal("Unknown " + daysixv1alpha1.ReasonSourceForbidden))
	})

	It("an exposure is not known, and no priority falls", func(ctx SpecContext) {
		Expect(before.Status.Exposure).To(BeEquivalentTo("Cluster"))
		after := waitForReport(ctx, namespace, "pod-tool")
		Expect(after.Status.Exposure).To(Equal(daysixv1alpha1.ExposureUnknown))
		Expect(after.Status.Priority).To(BeEquivalentTo("P1"))
	})

	It("a gauge says so", func(ctx SpecContext) {
		Eventually(scrape("http://" + metrics)).WithContext(ctx).Should(SatisfyAll(
			ContainElement(`daysix_source_state{source="nodes",state="Forbidden"} 1`),
			ContainElement(`daysix_source_state{source="nodes",state="Synced"} 0`),
			ContainElement(`daysix_source_state{source="services",state="Forbidden"} 1`),
			ContainElement(`daysix_source_state{source="auditexceptions",state="Synced"} 1`),
			ContainElement(`daysix_source_state{source="pods",state="Synced"} 1`),
		))
	})

	It("a score that was published is not lowered", func(ctx SpecContext) {
		after := waitForReport(ctx, namespace, "pod-tool")
		Expect(after.Status.Score).To(Equal(before.Status.Score))
		Expect(after.Status.Severity).To(Equal(before.Status.Severity))
		sum := int32(0)
		for _, part := range after.Status.ScoreBreakdown {
			sum += part.Points
		}
		Expect(sum).To(Equal(after.Status.Score), "the breakdown adds up")
	})

	It("the reports are complete again once the right is given back, without a restart", func(ctx SpecContext) {
		update(ctx, role, func(r *rbacv1.ClusterRole) {
			r.Rules = append(r.Rules, rbacv1.PolicyRule{
				APIGroups: []string{corev1.GroupName}, Resources: []string{"nodes", "services"}, Verbs: []string{"get", "list", "watch"},
			})
		})
		for _, name := range []string{"deployment-web", "pod-tool"} {
			Eventually(conditionOf(name), 2*patience).WithContext(ctx).Should(Equal("True " + daysixv1alpha1.ReasonAllSourcesRead))
		}
		Eventually(sayings(namespace, "pod-tool")).WithContext(ctx).Should(Equal(said(before)))
	})
})
