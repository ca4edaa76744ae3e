package e2e

import (
	"context"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var _ = Describe("Kinds that somebody installs later", Ordered, func() {
	const (
		namespace, edge = "extended", "extended-edge"
		named           = "CiliumNetworkPolicy.cilium.io extended/allow is not evaluated."
	)
	crds := []string{
		"ciliumnetworkpolicies.cilium.io", "httproutes.gateway.networking.k8s.io", "referencegrants.gateway.networking.k8s.io",
	}
	object := func(apiVersion, kind, namespace, name string, spec map[string]any) *unstructured.Unstructured {
		o := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
		o.SetAPIVersion(apiVersion)
		o.SetKind(kind)
		o.SetNamespace(namespace)
		o.SetName(name)
		return o
	}
	policy := func() *unstructured.Unstructured {
		return object("cilium.io/v2", "CiliumNetworkPolicy", namespace, "allow", map[string]any{"endpointSelector": map[string]any{}})
	}
	// says is the answer to a question with its summary, and the exposure.
	says := func(question string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			r, err := report(namespace, "deployment-web")(ctx)
			if r == nil || err != nil {
				return "", err
			}
			for _, a := range r.Status.Answers {
				if string(a.Question) == question {
					return string(a.Answer) + ": " + a.Summary, nil
				}
			}
			return "", nil
		}
	}
	exposed := func(ctx context.Context) (string, error) {
		r, err := report(namespace, "deployment-web")(ctx)
		if r == nil || err != nil {
			return "", err
		}
		return string(r.Status.Exposure) + " " + string(r.Status.Priority), nil
	}
	install := func(ctx context.Context) {
		GinkgoHelper()
		_, err := control.Kubectl(ctx, "apply", "--server-side", "-f", filepath.Join(root, "test", "e2e", "testdata", "extensions.yaml"))
		Expect(err).NotTo(HaveOccurred())
		_, err = control.Kubectl(ctx, append([]string{"wait", "--for=condition=Established", "--timeout=60s", "crd"}, crds...)...)
		Expect(err).NotTo(HaveOccurred())
	}
	uninstall := func(ctx context.Context) {
		GinkgoHelper()
		_, err := control.Kubectl(ctx, append([]string{"delete", "crd", "--ignore-not-found", "--wait", "--timeout=60s"}, crds...)...)
		Expect(err).NotTo(HaveOccurred())
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		newNamespace(ctx, edge)
		create(ctx, deployment(namespace, "web", 2), deployment(namespace, "closed", 1), &corev1.Service{
			ObjectMeta: meta(namespace, "web"),
			Spec:       corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{{Port: 80}}},
		}, &networkingv1.NetworkPolicy{
			ObjectMeta: meta(namespace, "closed"), Spec: networkingv1.NetworkPolicySpec{
				PodSelector: *selector("closed"), PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeEgress},
			},
		})
		waitForPods(ctx, namespace, 3)
		startReadyManager(ctx)
		Eventually(says("ReachPods")).WithContext(ctx).Should(Equal("Yes: It can connect to other pods."))
		Eventually(exposed).WithContext(ctx).Should(HavePrefix("Cluster "))
		DeferCleanup(uninstall)
	})

	It("a policy that is not evaluated makes the answers Conditional and is named", func(ctx SpecContext) {
		install(ctx)
		create(ctx, policy())
		for _, question := range []string{"ReachPods", "ReachExternal"} {
			Eventually(says(question)).WithContext(ctx).Should(Equal("Conditional: " + named))
		}
		Expect(answer(waitForReport(ctx, namespace, "deployment-closed"), "ReachPods")).To(Equal("Conditional "))
	})

	It("the answers are as before once it is deleted", func(ctx SpecContext) {
		Expect(admin.Delete(ctx, policy())).To(Succeed())
		Eventually(says("ReachPods")).WithContext(ctx).Should(Equal("Yes: It can connect to other pods."))
		Expect(answer(waitForReport(ctx, namespace, "deployment-closed"), "ReachPods")).To(Equal("No "))
	})

	It("a route that hangs on a Gateway exposes the pods behind it", func(ctx SpecContext) {
		create(ctx, object("gateway.networking.k8s.io/v1", "HTTPRoute", edge, "front", map[string]any{
			"parentRefs": []any{map[string]any{"name": "gateway"}},
			"rules":      []any{map[string]any{"backendRefs": []any{map[string]any{"namespace": namespace, "name": "web", "port": int64(80)}}}},
		}))
		Consistently(exposed).WithContext(ctx).Should(HavePrefix("Cluster "), "no ReferenceGrant lets it")
		create(ctx, object("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", namespace, "in", map[string]any{
			"from": []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": edge}},
			"to":   []any{map[string]any{"group": "", "kind": "Service"}},
		}))
		Eventually(exposed).WithContext(ctx).Should(HavePrefix("External "))
	})

	It("the kinds go with all that they said", func(ctx SpecContext) {
		create(ctx, policy())
		Eventually(says("ReachPods")).WithContext(ctx).Should(HavePrefix("Conditional"))
		uninstall(ctx)
		Eventually(says("ReachPods")).WithContext(ctx).Should(Equal("Yes: It can connect to other pods."))
		Eventually(exposed).WithContext(ctx).Should(HavePrefix("Cluster "))
	})

	It("a kind that may not be read makes No Unknown, lowers nothing and stops nobody", func(ctx SpecContext) {
		role := &rbacv1.ClusterRole{ObjectMeta: meta("", "daysix-manager-role")}
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(role), role)).To(Succeed())
		complete := role.DeepCopy().Rules
		DeferCleanup(func(ctx SpecContext) { update(ctx, role, func(r *rbacv1.ClusterRole) { r.Rules = complete }) })
		before := waitForReport(ctx, namespace, "deployment-web")
		update(ctx, role, func(r *rbacv1.ClusterRole) {
			r.Rules = slices.DeleteFunc(r.Rules, func(rule rbacv1.PolicyRule) bool { return slices.Contains(rule.APIGroups, "cilium.io") })
		})
		install(ctx)
		Eventually(func(ctx context.Context) (string, error) {
			r, err := report(namespace, "deployment-closed")(ctx)
			if r == nil || err != nil {
				return "", err
			}
			return answer(r, "ReachPods") + ", " + condition(r, "Complete"), nil
		}).WithContext(ctx).Should(Equal("Unknown SourceForbidden, False SourceForbidden"))
		after := waitForReport(ctx, namespace, "deployment-web")
		Expect(answer(after, "ReachPods")).To(Equal("Yes "))
		Expect(after.Status.Score).To(Equal(before.Status.Score))
		update(ctx, role, func(r *rbacv1.ClusterRole) { r.Rules = complete })
		Eventually(func(ctx context.Context) (string, error) {
			r, err := report(namespace, "deployment-closed")(ctx)
			if r == nil || err != nil {
				return "", err
			}
			return answer(r, "ReachPods") + ", " + condition(r, "Complete"), nil
		}, 2*patience).WithContext(ctx).Should(Equal("No , True AllSourcesRead"))
	})
})
