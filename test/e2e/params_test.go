package e2e

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var _ = Describe("The parameters of a policy", func() {
	It("count from when they may be read, without a restart", SpecTimeout(3*patience), func(ctx SpecContext) {
		const namespace, report = "parameters", "deployment-foreign"
		newNamespace(ctx, namespace)
		foreign := deployment(namespace, "foreign", 1)
		foreign.Spec.Template.Spec.Containers[0].Image = "docker.io/library/nginx:1.27"
		registry := &corev1.ConfigMap{ObjectMeta: meta(namespace, "registry"), Data: map[string]string{"registry": "docker.io/"}}
		create(ctx, foreign, registry)
		waitForPods(ctx, namespace, 1)
		policy, binding := registryPolicy("late-parameters", namespace)
		create(ctx, policy, binding)
		role := &rbacv1.ClusterRole{ObjectMeta: meta("", "late-read-configmaps"), Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list", "watch"}},
		}}
		role.Labels = map[string]string{"daysix.dev/aggregate-to-policy-params": "true"}
		DeferCleanup(func(ctx SpecContext) {
			for _, object := range []client.Object{binding, policy, role} {
				Expect(client.IgnoreNotFound(admin.Delete(ctx, object))).To(Succeed())
			}
		})
		startReadyManager(ctx)
		Eventually(restartOf(namespace, report)).WithContext(ctx).Should(HavePrefix("Unknown"))

		By("granting the right to read them")
		create(ctx, role)
		Eventually(restartOf(namespace, report)).WithContext(ctx).Should(Equal("Admitted "))
		update(ctx, registry, func(c *corev1.ConfigMap) { c.Data["registry"] = "registry.example.com/" })
		Eventually(restartOf(namespace, report)).WithContext(ctx).Should(Equal("Denied ValidatingAdmissionPolicy"))

		By("replacing the policy by one of the same name")
		Expect(admin.Delete(ctx, policy)).To(Succeed())
		Eventually(restartOf(namespace, report)).WithContext(ctx).Should(Equal("Admitted "))
		update(ctx, registry, func(c *corev1.ConfigMap) { c.Data["registry"] = "docker.io/" })
		again, _ := registryPolicy("late-parameters", namespace)
		create(ctx, again)
		Consistently(restartOf(namespace, report)).WithContext(ctx).Should(Or(Equal("Admitted "), HavePrefix("Unknown")))
		Eventually(restartOf(namespace, report)).WithContext(ctx).Should(Equal("Admitted "))
	})
})
