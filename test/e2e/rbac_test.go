package e2e

import (
	"context"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

var _ = Describe("What a ServiceAccount may do", Ordered, func() {
	const (
		namespace = "granted"
		within    = time.Second // of a change that is alone
	)
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: meta("", "granted-admin"),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "operator"}},
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		operator := deployment(namespace, "operator", 1)
		operator.Spec.Template.Spec.ServiceAccountName = "operator"
		operator.Spec.Template.Spec.AutomountServiceAccountToken = ptr.To(true)
		create(ctx, &corev1.ServiceAccount{ObjectMeta: meta(namespace, "operator")}, operator, deployment(namespace, "bystander", 1))
		waitForPods(ctx, namespace, 2)
		startReadyManager(ctx)
		settled(ctx, namespace, "deployment-operator", 1)
		settled(ctx, namespace, "deployment-bystander", 1)
		quiet(ctx)
	})

	// Workloads that get at the operator's token, by a node or by rights over pods, become cluster-admin with it.
	change := func(ctx context.Context, what string, act func()) *daysixv1alpha1.PodSecurityReport {
		GinkgoHelper()
		return followed(ctx, namespace, "deployment-operator", what, within, act)
	}

	It("shows within a second, with the binding, and nobody else's report is written", SpecTimeout(patience), func(ctx SpecContext) {
		r := change(ctx, "binding to report", func() { Expect(admin.Create(ctx, binding.DeepCopy())).To(Succeed()) })
		Expect(r.Status.Severity).To(BeEquivalentTo("Critical"))
		Expect(r.Status.Reach).To(BeEquivalentTo("Cluster"))
		Expect(answer(r, "BecomeClusterAdmin")).To(HavePrefix("Yes"))
		Expect(r.Status.Findings[0].Check).To(Equal("RBACClusterAdmin"))
		Expect(r.Status.Findings[0].Field).To(Equal("ClusterRoleBinding granted-admin -> ClusterRole cluster-admin rules[0]"))
	})

	It("is gone as soon as the binding is", SpecTimeout(patience), func(ctx SpecContext) {
		r := change(ctx, "unbinding to report", func() { Expect(admin.Delete(ctx, binding.DeepCopy())).To(Succeed()) })
		Expect(checks(r)).NotTo(ContainElement(HavePrefix("RBAC")))
		Expect(r.Status.Severity).To(BeEquivalentTo("Low"))
	})
})

// followed makes a change, and sees to it that a report follows it within a time, written once. Reports of those who get
// where it leads over the workload, such as Daysix's own, may follow as well, once each, and nobody else's. It returns the
// report; what names the time that it took.
func followed(
	ctx context.Context, namespace, name, what string, within time.Duration, act func(),
) *daysixv1alpha1.PodSecurityReport {
	GinkgoHelper()
	over := gettingOut(ctx, namespace, name)
	watched, err := admin.Watch(ctx, &daysixv1alpha1.PodSecurityReportList{}, client.InNamespace(namespace))
	Expect(err).NotTo(HaveOccurred())
	defer watched.Stop()
	since, begin := mark(), time.Now()
	act()
	took := firstModified(ctx, watched, name, begin)
	AddReportEntry(what, ReportEntryVisibilityAlways, took.String())
	Expect(took).To(BeNumerically("<", within))
	quiet(ctx)
	writes, err := reportWrites(since)()
	Expect(err).NotTo(HaveOccurred())
	written := map[string]int{}
	for _, w := range writes {
		written[w.Namespace+"/"+w.Name]++
	}
	Expect(written).To(HaveKeyWithValue(namespace+"/"+name, 1))
	for other, times := range written {
		Expect(times).To(Equal(1), other)
		Expect(over).To(ContainElement(other), "nothing is written but of those who get there over the workload")
	}
	return waitForReport(ctx, namespace, name)
}

// gettingOut lists the reports of the workloads that lead, or may lead, to more than their pod and what the network reaches,
// and one more.
func gettingOut(ctx context.Context, namespace, name string) []string {
	GinkgoHelper()
	all, err := reports(ctx, "")
	Expect(err).NotTo(HaveOccurred())
	var names []string
	for i := range all {
		leads := slices.ContainsFunc(all[i].Status.Answers, func(a daysixv1alpha1.Answer) bool {
			return a.Question != "ReachPods" && a.Question != "ReachExternal" && a.Answer != "No"
		})
		if leads || all[i].Name == name && all[i].Namespace == namespace {
			names = append(names, all[i].Namespace+"/"+all[i].Name)
		}
	}
	return names
}

var _ = Describe("Daysix's own ServiceAccount", func() {
	It("may do none of what Daysix warns about", func(ctx SpecContext) {
		for _, attributes := range []authorizationv1.ResourceAttributes{
			{Verb: "get", Resource: "secrets"},
			{Verb: "list", Resource: "secrets"},
			{Verb: "watch", Resource: "secrets"},
			{Verb: "create", Resource: "pods"},
			{Verb: "create", Resource: "pods", Subresource: "exec"},
			{Verb: "get", Resource: "nodes", Subresource: "proxy"},
			{Verb: "create", Group: "apps", Resource: "deployments"},
			{Verb: "patch", Group: "apps", Resource: "daemonsets"},
			{Verb: "impersonate", Resource: "users"},
			{Verb: "impersonate", Resource: "serviceaccounts"},
			{Verb: "create", Resource: "serviceaccounts", Subresource: "token"},
			{Verb: "escalate", Group: rbacv1.GroupName, Resource: "clusterroles"},
			{Verb: "bind", Group: rbacv1.GroupName, Resource: "clusterroles"},
		} {
			for _, namespace := range []string{"", "kube-system", cluster.SystemNamespace} {
				attributes.Namespace = namespace
				review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
					User:               cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount),
					Groups:             []string{"system:serviceaccounts", "system:serviceaccounts:" + cluster.SystemNamespace, "system:authenticated"},
					ResourceAttributes: &attributes,
				}}
				Expect(admin.Create(ctx, review)).To(Succeed())
				Expect(review.Status.Allowed).To(BeFalse(), "%+v", attributes)
			}
		}
	})
})
