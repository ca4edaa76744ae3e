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
		within    = time.Second // as the third issue asks
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

	// change makes a change of RBAC and returns how long the report of the operator took to follow. Workloads that get at its
	// token, by a node or by rights over pods, become cluster-admin with it; their reports follow as well.
	change := func(ctx context.Context, act func()) time.Duration {
		GinkgoHelper()
		over := gettingOut(ctx, namespace, "deployment-operator")
		watched, err := admin.Watch(ctx, &daysixv1alpha1.PodSecurityReportList{}, client.InNamespace(namespace))
		Expect(err).NotTo(HaveOccurred())
		defer watched.Stop()
		since := mark()
		begin := time.Now()
		act()
		took := firstModified(ctx, watched, "deployment-operator", begin)
		Expect(took).To(BeNumerically("<", within))
		quiet(ctx)
		writes, err := reportWrites(since)()
		Expect(err).NotTo(HaveOccurred())
		written := map[string]int{}
		for _, w := range writes {
			written[w.Namespace+"/"+w.Name]++
		}
		Expect(written).To(HaveKeyWithValue(namespace+"/deployment-operator", 1))
		for name, times := range written {
			Expect(times).To(Equal(1), name)
			Expect(over).To(ContainElement(name), "nothing is written but of those who get there over the operator")
		}
		return took
	}

	It("shows within a second, with the binding, and nobody else's report is written", SpecTimeout(patience), func(ctx SpecContext) {
		took := change(ctx, func() { Expect(admin.Create(ctx, binding.DeepCopy())).To(Succeed()) })
		AddReportEntry("binding to report", ReportEntryVisibilityAlways, took.String())
		r := waitForReport(ctx, namespace, "deployment-operator")
		Expect(r.Status.Severity).To(BeEquivalentTo("Critical"))
		Expect(r.Status.Reach).To(BeEquivalentTo("Cluster"))
		Expect(answer(r, "BecomeClusterAdmin")).To(HavePrefix("Yes"))
		Expect(r.Status.Findings[0].Check).To(Equal("RBACClusterAdmin"))
		Expect(r.Status.Findings[0].Field).To(Equal("ClusterRoleBinding granted-admin -> ClusterRole cluster-admin rules[0]"))
	})

	It("is gone as soon as the binding is", SpecTimeout(patience), func(ctx SpecContext) {
		took := change(ctx, func() { Expect(admin.Delete(ctx, binding.DeepCopy())).To(Succeed()) })
		AddReportEntry("unbinding to report", ReportEntryVisibilityAlways, took.String())
		r := waitForReport(ctx, namespace, "deployment-operator")
		Expect(checks(r)).NotTo(ContainElement(HavePrefix("RBAC")))
		Expect(r.Status.Severity).To(BeEquivalentTo("Low"))
	})
})

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
