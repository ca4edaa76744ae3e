package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// largestStored is what an object has at least that is called the largest: etcd takes requests of 1.5 MiB.
	largestStored = 1 << 20
	// largestReport is what a report has at most.
	largestReport = 16 << 10
)

// createLargest creates an object as large as the API server takes it: it is made smaller until it does.
func createLargest(ctx context.Context, largest int, of func(n int) client.Object) client.Object {
	GinkgoHelper()
	for n := largest; ; n -= n / 10 {
		object := of(n)
		err := admin.Create(ctx, object)
		if err == nil {
			Expect(n).To(BeNumerically("<", largest), "a larger one might be taken")
			DeferCleanup(func(ctx context.Context) error { return client.IgnoreNotFound(admin.Delete(ctx, object)) })
			return object
		}
		Expect(n).To(BeNumerically(">", largest/10), "%v", err)
		Expect(apierrors.IsRequestEntityTooLargeError(err) || strings.Contains(err.Error(), "too large")).To(BeTrue(), "%v", err)
	}
}

// hugePod has n paths of the node, n credentials and n pieces of text that nobody reads.
func hugePod(namespace string, n int) *corev1.Pod {
	p := pod(namespace, "huge")
	p.Spec.NodeName = apart
	c := &p.Spec.Containers[0]
	p.Annotations = map[string]string{"example.com/note": strings.Repeat("ä\u202e\x1b[31m", 20<<10)}
	p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "root", VolumeSource: corev1.VolumeSource{
		HostPath: &corev1.HostPathVolumeSource{Path: "/"},
	}})
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "root", MountPath: "/host"})
	for i := range n {
		volume := fmt.Sprintf("v%d", i)
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: "/data/" + volume},
		}})
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: "/" + volume})
		c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("DB_%d_PASSWORD", i), Value: "made-up"})
		c.Args = append(c.Args, strings.Repeat("x", 100))
	}
	return p
}

var _ = Describe("The largest objects that the API server stores", func() {
	It("get reports that are right, small, and say that they leave something out", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "largest")
		startReadyManager(ctx)

		huge := createLargest(ctx, 8_000, func(n int) client.Object { return hugePod(namespace, n) })
		stored := &corev1.Pod{}
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(huge), stored)).To(Succeed())
		Expect(stored.Size()).To(BeNumerically(">", largestStored))

		role := createLargest(ctx, 20_000, func(n int) client.Object {
			role := &rbacv1.ClusterRole{ObjectMeta: meta("", "e2e-huge")}
			for i := range n {
				role.Rules = append(role.Rules, rbacv1.PolicyRule{
					APIGroups: []string{fmt.Sprintf("group-%d.example.com", i)}, Resources: []string{"things", "things/status"},
					Verbs: []string{"get", "list", "watch", "create", "update", "patch", "delete"},
				})
			}
			role.Rules[n-1] = rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"list"}}
			return role
		})
		bound := &rbacv1.ClusterRole{}
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(role), bound)).To(Succeed())
		Expect(bound.Size()).To(BeNumerically(">", largestStored))
		reader := pod(namespace, "reader")
		reader.Spec.ServiceAccountName, reader.Spec.AutomountServiceAccountToken = "reader", nil
		create(ctx, &corev1.ServiceAccount{ObjectMeta: meta(namespace, "reader")}, reader, &rbacv1.ClusterRoleBinding{
			ObjectMeta: meta("", "e2e-huge"), RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "e2e-huge"},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "reader"}},
		})

		r := waitForReport(ctx, namespace, "pod-huge")
		r.ManagedFields = nil // The API server adds them.
		encoded, err := json.Marshal(r)
		Expect(err).NotTo(HaveOccurred())
		Expect(len(encoded)).To(BeNumerically("<=", largestReport))
		Expect(r.Status.Findings[0].Check).To(Equal("HostPathRoot"))
		// A path and a credential each, and what every pod is told.
		paths := len(stored.Spec.Volumes)
		Expect(len(r.Status.Findings) + int(r.Status.FindingsTruncated)).To(BeNumerically(">", 2*(paths-1)))
		Expect(r.Status.FindingsTruncated).To(BeNumerically(">", 0))
		Expect(r.Status.Score).To(BeNumerically(">=", 75))

		last := fmt.Sprintf("rules[%d]", len(bound.Rules)-1)
		Eventually(func(ctx context.Context) ([]string, error) {
			r, err := report(namespace, "pod-reader")(ctx)
			if r == nil || err != nil {
				return nil, err
			}
			var said []string
			for i := range r.Status.Findings {
				said = append(said, r.Status.Findings[i].Check+" "+r.Status.Findings[i].Field)
			}
			return said, nil
		}).WithContext(ctx).Should(ContainElement(SatisfyAll(HavePrefix("RBACListSecrets "), HaveSuffix(last))))
	})
})
