package e2e

import (
	"context"
	"net/http"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

var _ = Describe("A manager that is started again", func() {
	It("writes nothing where nothing has changed", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "restarted")
		bad := deployment(namespace, "bad", 1)
		privileged(&bad.Spec.Template.Spec)
		create(ctx, deployment(namespace, "good", 2), bad, pod(namespace, "lonely"))
		waitForPods(ctx, namespace, 4)
		first := startReadyManager(ctx)
		settled(ctx, namespace, "deployment-good", 2)
		settled(ctx, namespace, "deployment-bad", 1)
		settled(ctx, namespace, "pod-lonely", 1)
		quiet(ctx)
		Expect(first.Stop()).To(Succeed())
		Expect(first.Err()).To(MatchError(ContainSubstring("exit status 0")), "a graceful stop")

		since := mark()
		startReadyManager(ctx)
		Consistently(writesSince(since)).WithContext(ctx).Should(BeEmpty())
	})
})

var _ = Describe("Of several managers", func() {
	const namespace = "elected"
	flags := []string{"--leader-elect", "--leader-election-namespace", cluster.SystemNamespace}
	lease := &coordinationv1.Lease{ObjectMeta: meta(cluster.SystemNamespace, "manager.daysix.dev")}

	It("only the leader publishes, and another one takes its place", func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		web := deployment(namespace, "web", 1)
		create(ctx, web)
		waitForPods(ctx, namespace, 1)

		By("waiting while somebody else holds the lease: ready, and without a write")
		foreign := lease.DeepCopy()
		foreign.Spec = heldByAnother(3600)
		create(ctx, foreign)
		since := mark()
		first := startReadyManager(ctx, flags...)
		Consistently(writesSince(since)).WithContext(ctx).Should(BeEmpty())
		Expect(reportNames(namespace)(ctx)).To(BeEmpty())

		By("publishing once the lease is free")
		Expect(admin.Delete(ctx, lease.DeepCopy())).To(Succeed())
		settled(ctx, namespace, "deployment-web", 1)

		By("publishing alone while a second one stands by")
		second := startReadyManager(ctx, append(flags, "--kubeconfig", newStandby(ctx))...)
		since = mark()
		update(ctx, web, func(d *appsv1.Deployment) { d.Spec.Template.Spec.HostPID = true })
		Eventually(writesSince(since)).WithContext(ctx).Should(ContainElement("patch podsecurityreports elected/deployment-web"))
		quiet(ctx)
		Expect(writesBy(standby, since)()).To(BeEmpty())

		By("taking over where the leader is killed")
		Expect(syscall.Kill(first.Pid(), syscall.SIGKILL)).To(Succeed())
		Eventually(first.Exited()).Should(BeClosed())
		update(ctx, web, func(d *appsv1.Deployment) { d.Spec.Replicas = ptr.To[int32](3) })
		settled(ctx, namespace, "deployment-web", 3)
		Expect(writesBy(standby, since)()).To(ContainElement("patch podsecurityreports elected/deployment-web"))

		By("ending where the lease is taken away")
		third := startReadyManager(ctx, flags...)
		update(ctx, lease.DeepCopy(), func(l *coordinationv1.Lease) { l.Spec = heldByAnother(15) })
		Eventually(second.Exited()).Should(BeClosed())
		Expect(second.Err()).To(MatchError(ContainSubstring("leader election lost")))
		since = mark()
		update(ctx, web, func(d *appsv1.Deployment) { d.Spec.Replicas = ptr.To[int32](2) })
		settled(ctx, namespace, "deployment-web", 2)
		Expect(writesSince(since)()).To(ContainElement("patch podsecurityreports elected/deployment-web"))
		Expect(writesBy(standby, since)()).To(BeEmpty())
		Expect(third.readiness(ctx)).To(Equal(http.StatusOK))
	})
})

// heldByAnother is a lease that nobody here can take for a while.
func heldByAnother(seconds int32) coordinationv1.LeaseSpec {
	return coordinationv1.LeaseSpec{
		HolderIdentity: ptr.To("somebody-else"), LeaseDurationSeconds: &seconds,
		AcquireTime: ptr.To(metav1.NowMicro()), RenewTime: ptr.To(metav1.NowMicro()),
	}
}

// standby is a ServiceAccount with the rights of the manager's, so that the API server can tell two managers apart.
const standby = "standby"

// newStandby makes the ServiceAccount and returns the path of its kubeconfig.
func newStandby(ctx context.Context) string {
	GinkgoHelper()
	create(ctx, &corev1.ServiceAccount{ObjectMeta: meta(cluster.SystemNamespace, standby)})
	var everywhere rbacv1.ClusterRoleBindingList
	Expect(admin.List(ctx, &everywhere)).To(Succeed())
	for i := range everywhere.Items {
		if b := &everywhere.Items[i]; isManager(b.Subjects) {
			create(ctx, &rbacv1.ClusterRoleBinding{
				ObjectMeta: meta("", "standby-"+b.Name), RoleRef: b.RoleRef, Subjects: standbySubject(),
			})
		}
	}
	var here rbacv1.RoleBindingList
	Expect(admin.List(ctx, &here, client.InNamespace(cluster.SystemNamespace))).To(Succeed())
	for i := range here.Items {
		if b := &here.Items[i]; isManager(b.Subjects) {
			create(ctx, &rbacv1.RoleBinding{
				ObjectMeta: meta(b.Namespace, "standby-"+b.Name), RoleRef: b.RoleRef, Subjects: standbySubject(),
			})
		}
	}
	config, err := control.RestConfigFor(ctx, cluster.SystemNamespace, standby)
	Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(control.Dir(), "standby.kubeconfig")
	Expect(cluster.WriteKubeconfig(config, path)).To(Succeed())
	return path
}

func isManager(subjects []rbacv1.Subject) bool {
	return len(subjects) == 1 && subjects[0].Name == cluster.ManagerAccount
}

func standbySubject() []rbacv1.Subject {
	return []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: cluster.SystemNamespace, Name: standby}}
}
