package e2e

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// restricted makes a spec one that the restricted level admits.
func restricted(spec *corev1.PodSpec) {
	spec.Containers[0].SecurityContext = &corev1.SecurityContext{
		AllowPrivilegeEscalation: ptr.To(false), RunAsNonRoot: ptr.To(true),
		Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
	}
}

// registryPolicy refuses pods of a namespace whose images come from elsewhere than a parameter says. In all namespaces it would
// refuse the pods of those without the parameter, and the reports of whatever other specs left there would be written as well.
func registryPolicy(name, namespace string) (
	*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding,
) {
	pods := admissionregistrationv1.NamedRuleWithOperations{RuleWithOperations: admissionregistrationv1.RuleWithOperations{
		Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
		Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
	}}
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: meta("", name), Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
		ParamKind:        &admissionregistrationv1.ParamKind{APIVersion: "v1", Kind: "ConfigMap"},
		MatchConstraints: &admissionregistrationv1.MatchResources{ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{pods}},
		Validations: []admissionregistrationv1.Validation{{
			Expression:        "object.spec.containers.all(c, c.image.startsWith(params.data.registry))",
			MessageExpression: "'images must come from ' + params.data.registry",
		}},
	}}
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: meta("", name), Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: name,
		ParamRef:   &admissionregistrationv1.ParamRef{Name: "registry", ParameterNotFoundAction: ptr.To(admissionregistrationv1.DenyAction)},
		MatchResources: &admissionregistrationv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{
			MatchLabels: map[string]string{corev1.LabelMetadataName: namespace},
		}},
		ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}}
	return policy, binding
}

// restartOf is the verdict of a report on what would become of its pods, as "Verdict Reason".
func restartOf(namespace, name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		r, err := report(namespace, name)(ctx)
		if err != nil || r == nil {
			return "", err
		}
		return string(r.Status.Restart.Verdict) + " " + r.Status.Restart.Reason, nil
	}
}

var _ = Describe("Day 6", Ordered, func() {
	const namespace = "day6"
	policy, binding := registryPolicy("day6-registry", namespace)
	var drained string

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		legacy, modern, foreign := deployment(namespace, "legacy", 4), deployment(namespace, "modern", 4), deployment(namespace, "foreign", 4)
		hostPath(&legacy.Spec.Template.Spec, "/var/log")
		restricted(&modern.Spec.Template.Spec)
		restricted(&foreign.Spec.Template.Spec)
		foreign.Spec.Template.Spec.Containers[0].Image = "docker.io/library/nginx:1.27"
		alone := pod(namespace, "alone")
		restricted(&alone.Spec)
		create(ctx, legacy, modern, foreign, alone)
		create(ctx, &corev1.ConfigMap{ObjectMeta: meta(namespace, "registry"), Data: map[string]string{"registry": "registry.example.com/"}})
		role := &rbacv1.ClusterRole{ObjectMeta: meta("", "day6-read-configmaps"), Rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"get", "list", "watch"}},
		}}
		role.Labels = map[string]string{"daysix.dev/aggregate-to-policy-params": "true"}
		create(ctx, role)
		DeferCleanup(func(ctx SpecContext) {
			for _, object := range []client.Object{policy, binding, role} {
				Expect(client.IgnoreNotFound(admin.Delete(ctx, object))).To(Succeed())
			}
			Expect(control.Kubectl(ctx, "uncordon", drained)).Error().NotTo(HaveOccurred())
			// The API server goes by the policy for a second or so after it is gone.
			Eventually(func(ctx context.Context) error {
				return admin.Create(ctx, pod("default", "day7"), client.DryRunAll)
			}).WithContext(ctx).Should(Succeed())
		})
		waitForPods(ctx, namespace, 13)
		startReadyManager(ctx)
		for _, name := range []string{"deployment-legacy", "deployment-modern", "deployment-foreign"} {
			Eventually(restartOf(namespace, name)).WithContext(ctx).Should(Equal("Admitted "), name)
		}
		Eventually(restartOf(namespace, "pod-alone")).WithContext(ctx).Should(Equal("NotRecreated BarePod"))
		quiet(ctx)
	})

	It("day 4: a label is seen within a second", SpecTimeout(patience), func(ctx SpecContext) {
		begin := time.Now()
		update(ctx, &corev1.Namespace{ObjectMeta: meta("", namespace)}, func(n *corev1.Namespace) {
			n.Labels["pod-security.kubernetes.io/enforce"] = "restricted"
		})
		Eventually(restartOf(namespace, "deployment-legacy")).WithContext(ctx).WithPolling(5 * time.Millisecond).Should(Equal("Denied PodSecurity"))
		took := time.Since(begin)
		AddReportEntry("label to report", ReportEntryVisibilityAlways, took.String())
		Expect(took).To(BeNumerically("<", time.Second))
		r := waitForReport(ctx, namespace, "deployment-legacy")
		Expect(r.Status.Restart.RefusedBy).To(HaveLen(1))
		refusal := r.Status.Restart.RefusedBy[0]
		Expect(refusal.Name).To(Equal("restricted:latest"))
		Expect(refusal.NewerThanPods).To(BeTrue())
		Expect(refusal.Since.Time).To(BeTemporally("~", begin, 2*time.Second))
		Expect(refusal.Fields).To(ContainElement(ContainSubstring("spec.volumes[0].hostPath")))
		Expect(r.Status.Restart.Pods).To(Equal(daysixv1alpha1.RestartPods{Denied: 4}))
		Expect(condition(r, "Restartable")).To(Equal("False PodSecurity"))
		Expect(restartOf(namespace, "deployment-modern")(ctx)).To(Equal("Admitted "))
		Eventually(eventsAbout(namespace, "legacy")).WithContext(ctx).Should(ContainElement("RestartDenied"))
	})

	It("day 4: a policy with parameters is seen within three seconds", SpecTimeout(patience), func(ctx SpecContext) {
		begin := time.Now()
		create(ctx, policy, binding)
		Eventually(restartOf(namespace, "deployment-foreign")).WithContext(ctx).WithPolling(5 * time.Millisecond).
			Should(Equal("Denied ValidatingAdmissionPolicy"))
		took := time.Since(begin)
		AddReportEntry("policy to report", ReportEntryVisibilityAlways, took.String())
		Expect(took).To(BeNumerically("<", 3*time.Second))
		r := waitForReport(ctx, namespace, "deployment-foreign")
		Expect(r.Status.Restart.RefusedBy).To(HaveLen(1))
		Expect(r.Status.Restart.RefusedBy[0].Name).To(Equal(policy.Name))
		Expect(r.Status.Restart.RefusedBy[0].Binding).To(Equal(binding.Name))
		Expect(r.Status.Restart.RefusedBy[0].Message).To(Equal("images must come from registry.example.com/"))
		Expect(r.Status.Restart.RefusedBy[0].NewerThanPods).To(BeTrue())
		// Until the parameters are read, it is unknown.
		Eventually(restartOf(namespace, "deployment-modern")).WithContext(ctx).Should(Equal("Admitted "))
	})

	It("days 5 and 6: exactly the pods that were named do not come back", SpecTimeout(3*patience), func(ctx SpecContext) {
		enforced(ctx, namespace)
		verdicts := map[string]string{}
		for _, name := range []string{"legacy", "modern", "foreign"} {
			verdicts[name] = string(waitForReport(ctx, namespace, "deployment-"+name).Status.Restart.Verdict)
		}
		Expect(verdicts).To(Equal(map[string]string{"legacy": "Denied", "modern": "Admitted", "foreign": "Denied"}))
		var before map[string]int
		drained, before = busiest(ctx, namespace)
		Expect(control.Kubectl(ctx, "drain", drained, "--ignore-daemonsets", "--force",
			"--pod-selector", "app in (legacy, modern, foreign)")).Error().NotTo(HaveOccurred())
		Expect(admin.Delete(ctx, pod(namespace, "alone"))).To(Succeed())
		for _, name := range []string{"legacy", "foreign"} {
			if before[name] == 0 {
				continue
			}
			Eventually(replicaFailure(namespace, name)).WithContext(ctx).Should(BeTrue(), name)
		}
		want := 4
		Eventually(runningOf(namespace, "modern")).WithContext(ctx).Should(Equal(want))
		Consistently(func(g Gomega, ctx context.Context) {
			for _, name := range []string{"legacy", "foreign"} {
				g.Expect(runningOf(namespace, name)(ctx)).To(Equal(want-before[name]), name)
			}
			g.Expect(runningOf(namespace, "modern")(ctx)).To(Equal(want))
		}).WithContext(ctx).Should(Succeed())
		Eventually(reportNames(namespace)).WithContext(ctx).ShouldNot(ContainElement("pod-alone"))
		AddReportEntry("drained", ReportEntryVisibilityAlways, fmt.Sprintf("%s: %v", drained, before))
	})
})

func hostPath(spec *corev1.PodSpec, path string) {
	spec.Volumes = append(spec.Volumes, corev1.Volume{Name: "host", VolumeSource: corev1.VolumeSource{
		HostPath: &corev1.HostPathVolumeSource{Path: path},
	}})
	spec.Containers[0].VolumeMounts = append(spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "host", MountPath: "/host"})
}

// enforced waits until the API server itself refuses what the reports say that it would.
func enforced(ctx context.Context, namespace string) {
	GinkgoHelper()
	canary := pod(namespace, "canary")
	restricted(&canary.Spec)
	canary.Spec.Containers[0].Image = "docker.io/library/nginx:1.27"
	Eventually(func() error { return admin.Create(ctx, canary.DeepCopy(), client.DryRunAll) }).Should(MatchError(ContainSubstring("images must come from")))
}

// busiest is the node that runs most of the pods of a namespace, and how many of each workload.
func busiest(ctx context.Context, namespace string) (node string, counts map[string]int) {
	GinkgoHelper()
	var pods corev1.PodList
	Expect(admin.List(ctx, &pods, client.InNamespace(namespace))).To(Succeed())
	byNode := map[string]map[string]int{}
	total := map[string]int{}
	for i := range pods.Items {
		p := &pods.Items[i]
		if byNode[p.Spec.NodeName] == nil {
			byNode[p.Spec.NodeName] = map[string]int{}
		}
		byNode[p.Spec.NodeName][p.Labels["app"]]++
		if total[p.Spec.NodeName]++; node == "" || total[p.Spec.NodeName] > total[node] {
			node = p.Spec.NodeName
		}
	}
	return node, byNode[node]
}

// runningOf counts the running pods with a label app.
func runningOf(namespace, app string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		var pods corev1.PodList
		err := admin.List(ctx, &pods, client.InNamespace(namespace), client.MatchingLabels{"app": app})
		running := 0
		for i := range pods.Items {
			if pods.Items[i].Status.Phase == corev1.PodRunning && pods.Items[i].DeletionTimestamp == nil {
				running++
			}
		}
		return running, err
	}
}

// replicaFailure tells whether the ReplicaSet controller says that it cannot create pods.
func replicaFailure(namespace, name string) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		var d appsv1.Deployment
		if err := admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &d); err != nil {
			return false, err
		}
		for _, c := range d.Status.Conditions {
			if c.Type == appsv1.DeploymentReplicaFailure {
				return c.Status == corev1.ConditionTrue, nil
			}
		}
		return false, nil
	}
}

// eventsAbout lists the reasons of the events on an object of that name.
func eventsAbout(namespace, name string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		var list eventsv1.EventList
		err := admin.List(ctx, &list, client.InNamespace(namespace))
		var reasons []string
		for i := range list.Items {
			if list.Items[i].Regarding.Name == name {
				reasons = append(reasons, list.Items[i].Reason)
			}
		}
		return reasons, err
	}
}
