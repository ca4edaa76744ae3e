package e2e

import (
	"context"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/cli"
)

var _ = Describe("An administrator of a namespace who may write reports", Ordered, ContinueOnFailure, func() {
	const namespace, name = "tampered", "deployment-web"
	var (
		mallory client.Client
		truth   string
		running *manager
	)

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		mallory = newMallory(ctx, namespace)
		web := deployment(namespace, "web", 1)
		privileged(&web.Spec.Template.Spec)
		create(ctx, web, &corev1.ConfigMap{ObjectMeta: meta(namespace, "decoy")})
		waitForPods(ctx, namespace, 1)
		running = startReadyManager(ctx)
		truth = said(settled(ctx, namespace, name, 1))
	})

	undone := func(ctx context.Context) {
		GinkgoHelper()
		Eventually(sayings(namespace, name)).WithContext(ctx).Should(Equal(truth))
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf(name))
		Consistently(sayings(namespace, name), "1s").WithContext(ctx).Should(Equal(truth))
	}

	DescribeTable("cannot change what a report says", func(ctx SpecContext, patch string) {
		r := waitForReport(ctx, namespace, name)
		Expect(mallory.Patch(ctx, r, client.RawPatch(types.MergePatchType, []byte(patch)))).To(Succeed())
		Expect(said(r)).NotTo(Equal(truth))
		undone(ctx)
	},
		Entry("by a lower score", `{"status": {"score": 0, "severity": "Minimal", "unacceptedSeverity": "Minimal", "reach": "Pod"}}`),
		Entry("by a higher score", `{"status": {"score": 100, "severity": "Critical"}}`),
		Entry("by a field that Daysix left out", `{"status": {"restart": {"message": "Approved by the security team."}}}`),
		Entry("by removing all findings", `{"status": {"findings": null, "answers": null, "topFix": null}}`),
		Entry("by removing the status", `{"status": null}`),
		Entry("by removing the owner", `{"metadata": {"ownerReferences": null}}`),
		Entry("by removing the label", `{"metadata": {"labels": null}}`),
		Entry("by another label in its place", `{"metadata": {"labels": {"app.kubernetes.io/managed-by": "mallory"}}}`),
		Entry("by an owner that is not there, so that it would be collected as garbage", `{"metadata": {"ownerReferences": [
			{"apiVersion": "apps/v1", "kind": "Deployment", "name": "ghost", "uid": "11111111-2222-3333-4444-555555555555"}]}}`),
		Entry("by a finalizer, so that it could not be replaced", `{"metadata": {"finalizers": ["mallory.example.com/keep"]}}`),
	)

	It("cannot make it belong to something else as well", func(ctx SpecContext) {
		var decoy corev1.ConfigMap
		Expect(mallory.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "decoy"}, &decoy)).To(Succeed())
		r := waitForReport(ctx, namespace, name)
		r.OwnerReferences = append(r.OwnerReferences, metav1.OwnerReference{
			APIVersion: "v1", Kind: "ConfigMap", Name: decoy.Name, UID: decoy.UID,
		})
		Expect(mallory.Update(ctx, r)).To(Succeed())
		undone(ctx)
	})

	It("cannot take fields over by server-side apply", func(ctx SpecContext) {
		r := waitForReport(ctx, namespace, name)
		forged := client.RawPatch(types.ApplyPatchType, []byte(`{"apiVersion": "daysix.dev/v1alpha1", "kind": "PodSecurityReport",
			"status": {"score": 1, "serviceAccountName": "nobody", "pods": {"running": 0}}}`))
		Expect(mallory.Patch(ctx, r, forged, client.FieldOwner("mallory"), client.ForceOwnership)).To(Succeed())
		Expect(said(r)).NotTo(Equal(truth))
		undone(ctx)
	})

	It("cannot delete a report", func(ctx SpecContext) {
		r := waitForReport(ctx, namespace, name)
		Expect(mallory.Delete(ctx, r)).To(Succeed())
		undone(ctx)
	})

	It("cannot delete all reports", func(ctx SpecContext) {
		Expect(mallory.DeleteAllOf(ctx, &daysixv1alpha1.PodSecurityReport{}, client.InNamespace(namespace))).To(Succeed())
		undone(ctx)
	})

	DescribeTable("cannot add a report", func(ctx SpecContext, forgedName, apiVersion, kind, workload string) {
		forged := waitForReport(ctx, namespace, name).DeepCopy()
		forged.ObjectMeta = meta(namespace, forgedName)
		forged.Spec.WorkloadRef = daysixv1alpha1.WorkloadReference{
			APIVersion: apiVersion, Kind: kind, Name: workload, UID: forged.Spec.WorkloadRef.UID,
		}
		forged.Status.Score = 0
		Expect(mallory.Create(ctx, forged)).To(Succeed())
		undone(ctx)
	},
		Entry("for a workload that is not there", "deployment-ghost", "apps/v1", "Deployment", "ghost"),
		Entry("for a kind that nobody knows", "wizard-ghost", "example.com/v1", "Wizard", "ghost"),
		Entry("for its own workload under a name that no report would have", "all-clear", "apps/v1", "Deployment", "web"),
		Entry("under the name that another group's workload would have", "deployment-db", "example.com/v1", "Deployment", "db"),
	)

	It("cannot keep a report about an earlier workload of the name", func(ctx SpecContext) {
		Expect(running.Stop()).To(Succeed())
		r := waitForReport(ctx, namespace, name)
		r.Finalizers = []string{"mallory.example.com/keep"}
		Expect(mallory.Update(ctx, r)).To(Succeed())
		Expect(mallory.Delete(ctx, r)).To(Succeed())
		running = startReadyManager(ctx)
		undone(ctx)
		Expect(waitForReport(ctx, namespace, name).DeletionTimestamp).To(BeNil())
	})

	// The controller says the same of it, minutes later: controllers.TestAPodWhoseOwnerDoesNotTurnUpIsAskedForAtTheSecondLook.
	DescribeTable("cannot hide a pod behind an owner", func(ctx SpecContext, apiVersion, kind string) {
		const elsewhere = "hidden"
		if err := admin.Get(ctx, client.ObjectKey{Name: elsewhere}, &corev1.Namespace{}); err != nil {
			newNamespace(ctx, elsewhere)
		}
		hidden := pod(elsewhere, "hidden-"+strings.ToLower(kind))
		privilegedApart(&hidden.Spec)
		hidden.OwnerReferences = []metav1.OwnerReference{{
			APIVersion: apiVersion, Kind: kind, Name: "ghost", UID: "11111111-2222-3333-4444-555555555555", Controller: ptr.To(true),
		}}
		create(ctx, hidden)
		streams, _, out, errOut := genericiooptions.NewTestIOStreams()
		Expect(cli.Run(ctx, streams, []string{"scan", "-n", elsewhere, "--kubeconfig", control.Kubeconfig()})).To(Equal(0), errOut.String())
		Expect(out.String()).To(MatchRegexp("(?m)^hidden +Pod/"+hidden.Name+" +[0-9]+ +High "), errOut.String())
		Consistently(func(ctx context.Context) error {
			return admin.Get(ctx, client.ObjectKeyFromObject(hidden), hidden)
		}).WithContext(ctx).Should(Succeed(), "the garbage collector leaves it alone")
	},
		Entry("of a version that is not served", "apps/v2", "ReplicaSet"),
		Entry("at the top of a chain", "apps/v2", "Deployment"),
	)

	It("cannot use the time when no manager runs", func(ctx SpecContext) {
		Expect(running.Stop()).To(Succeed())
		r := waitForReport(ctx, namespace, name)
		Expect(mallory.Delete(ctx, r.DeepCopy())).To(Succeed())
		r.ObjectMeta, r.Status.Score = meta(namespace, name), 0
		r.Spec.WorkloadRef.UID = "11111111-2222-3333-4444-555555555555"
		Expect(mallory.Create(ctx, r)).To(Succeed())
		running = startReadyManager(ctx)
		// Since when it says what it says was in the report that is no more: that begins anew.
		truth = times.ReplaceAllString(truth, "")
		Eventually(func(ctx context.Context) (string, error) {
			saying, err := sayings(namespace, name)(ctx)
			return times.ReplaceAllString(saying, ""), err
		}).WithContext(ctx).Should(Equal(truth))
		Eventually(reportNames(namespace)).WithContext(ctx).Should(ConsistOf(name))
	})
})

// times are those since when a report says what it says. The score after a fix follows what others become when the workload is
// assessed again, and after a restart it is.
var times = regexp.MustCompile(`"(severitySince|verdictSince|since)":"[^"]*"|"scoreAfter":\d+`)

// newMallory is a user with the role that users get for a namespace of their own, and with a right that they do not get.
func newMallory(ctx context.Context, namespace string) client.Client {
	GinkgoHelper()
	const user = "mallory"
	create(ctx,
		&rbacv1.Role{ObjectMeta: meta(namespace, "forger"), Rules: []rbacv1.PolicyRule{{
			APIGroups: []string{daysixv1alpha1.SchemeGroupVersion.Group}, Resources: []string{"podsecurityreports"}, Verbs: []string{"*"},
		}}},
		binding(namespace, "forger", "Role", user), binding(namespace, "admin", "ClusterRole", user),
	)
	config, err := control.AddUser(user)
	Expect(err).NotTo(HaveOccurred())
	mallory, err := client.New(config, client.Options{})
	Expect(err).NotTo(HaveOccurred())
	// The authorizer learns of a binding through its own watch.
	Eventually(func(g Gomega) {
		dry := &corev1.ConfigMap{ObjectMeta: meta(namespace, "probe")}
		g.Expect(mallory.Create(ctx, dry, client.DryRunAll)).To(Succeed())
		g.Expect(mallory.DeleteAllOf(ctx, &daysixv1alpha1.PodSecurityReport{}, client.InNamespace(namespace))).To(Succeed())
	}).Should(Succeed())
	return mallory
}

func binding(namespace, role, kind, user string) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: meta(namespace, role),
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: role},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: user}},
	}
}
