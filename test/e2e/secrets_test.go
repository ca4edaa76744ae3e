package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

var _ = Describe("Which Secrets are tokens", Ordered, func() {
	const (
		namespace = "tokens"
		component = "secret-metadata"
		within    = time.Second
		// The values of Secrets that the manager must never see, and one that kubectl keeps in an annotation.
		value   = "canary-8c1f0b7e-value"
		applied = "canary-8c1f0b7e-applied"
	)
	builderToken := &corev1.Secret{
		ObjectMeta: meta(namespace, "builder-token"), Type: corev1.SecretTypeServiceAccountToken,
		Data: map[string][]byte{"note": []byte(value)},
	}
	builderToken.Annotations = map[string]string{
		corev1.ServiceAccountNameKey: "builder", corev1.LastAppliedConfigAnnotation: `{"stringData":{"note":"` + applied + `"}}`,
	}
	self := cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount)
	own := "deployment-" + cluster.ManagerAccount

	// taking is a Deployment without a token of its own, with a Secret mounted that need not be there.
	taking := func(name, secret string) client.Object {
		d := deployment(namespace, name, 1)
		spec := &d.Spec.Template.Spec
		optional := true
		spec.Volumes = []corev1.Volume{{Name: "secret", VolumeSource: corev1.VolumeSource{
			Secret: &corev1.SecretVolumeSource{SecretName: secret, Optional: &optional},
		}}}
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "secret", MountPath: "/secret"}}
		return d
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		create(ctx,
			&corev1.ServiceAccount{ObjectMeta: meta(namespace, "builder")},
			&rbacv1.ClusterRoleBinding{
				ObjectMeta: meta("", "tokens-builder"), RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
				Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: "builder"}},
			},
			&corev1.Secret{ObjectMeta: meta(namespace, "plain"), Data: map[string][]byte{"password": []byte(value)}},
			taking("thief", "builder-token"), taking("bystander", "plain"),
		)
		waitForPods(ctx, namespace, 2)
		// Daysix judges itself by what is installed, though the manager here is a process beside the cluster.
		Expect(control.Install(ctx, root)).To(Succeed())
		waitForPods(ctx, cluster.SystemNamespace, 1)
		DeferCleanup(func(ctx SpecContext) error {
			_, err := control.Kubectl(ctx, "delete", "deployment", "--namespace", cluster.SystemNamespace, cluster.ManagerAccount)
			return err
		})
	})

	Context("without the component", Ordered, func() {
		var since cluster.Mark

		BeforeAll(func(ctx SpecContext) {
			since = mark()
			startReadyManager(ctx)
			settled(ctx, namespace, "deployment-thief", 1)
			settled(ctx, cluster.SystemNamespace, own, 1)
			quiet(ctx)
		})

		It("nothing is asked about Secrets", func() {
			Expect(control.SecretReads(since, self)).To(BeEmpty())
		})

		It("what a Secret may be stays open, and the report is complete", func(ctx SpecContext) {
			r := waitForReport(ctx, namespace, "deployment-thief")
			Expect(answer(r, "BecomeClusterAdmin")).To(Equal("Unknown SourceNotEnabled"))
			Expect(checks(r)).NotTo(ContainElement(HavePrefix("RBAC")))
			Expect(condition(r, daysixv1alpha1.ConditionComplete)).To(Equal("True " + daysixv1alpha1.ReasonAllSourcesRead))
		})

		It("Daysix is harmless by its own report", func(ctx SpecContext) {
			r := waitForReport(ctx, cluster.SystemNamespace, own)
			AddReportEntry("own score", ReportEntryVisibilityAlways, r.Status.Score)
			Expect(checks(r)).NotTo(ContainElement(HavePrefix("RBACListSecrets")))
			Expect(r.Status.Severity).To(BeEquivalentTo("Low"), "it may connect to the API server, and so to any address on its port")
		})
	})

	Context("with the configuration of the component and without its right", Ordered, func() {
		It("the reports are incomplete and say why", func(ctx SpecContext) {
			configuration := filepath.Join(GinkgoT().TempDir(), "config.yaml")
			Expect(os.WriteFile(configuration, []byte("apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\nsecretMetadata: true\n"), 0o600)).To(Succeed())
			startReadyManager(ctx, "--config", configuration)
			Eventually(func(ctx context.Context) (string, error) {
				r, err := report(namespace, "deployment-thief")(ctx)
				if r == nil || err != nil {
					return "", err
				}
				return condition(r, daysixv1alpha1.ConditionComplete) + ", " + answer(r, "BecomeClusterAdmin"), nil
			}).WithContext(ctx).Should(Equal("False SourceForbidden, Unknown SourceForbidden"))
		})
	})

	Context("with the component", Ordered, func() {
		var (
			since   cluster.Mark
			running *manager
			metrics string
		)

		BeforeAll(func(ctx SpecContext) {
			Expect(control.Install(ctx, root, component)).To(Succeed())
			DeferCleanup(func(ctx SpecContext) error {
				_, err := control.Kubectl(ctx, "delete", "clusterrolebindings,clusterroles", "-l", "daysix.dev/component="+component)
				Expect(err).NotTo(HaveOccurred())
				return control.InstallRights(ctx, root)
			})
			waitForPods(ctx, cluster.SystemNamespace, 1)
			var installed corev1.ConfigMap
			name := client.ObjectKey{Namespace: cluster.SystemNamespace, Name: "daysix-audit-configuration"}
			Expect(admin.Get(ctx, name, &installed)).To(Succeed())
			configuration := filepath.Join(GinkgoT().TempDir(), "config.yaml")
			Expect(os.WriteFile(configuration, []byte(installed.Data["config.yaml"]), 0o600)).To(Succeed())
			since, metrics = mark(), freeAddress()
			running = startReadyManager(ctx, "--config", configuration, "--metrics-bind-address", metrics, "--metrics-secure=false")
			settled(ctx, namespace, "deployment-thief", 1)
			settled(ctx, cluster.SystemNamespace, own, 1)
			quiet(ctx)
		})

		It("they are listed and watched, and nothing else", func() {
			reads, err := control.SecretReads(since, self)
			Expect(err).NotTo(HaveOccurred())
			Expect(reads).NotTo(BeEmpty())
			for _, read := range reads {
				Expect(read.Verb).To(BeElementOf("list", "watch"))
				Expect(read.Name).To(BeEmpty())
			}
		})

		It("a Secret that is no token leaves nothing open", func(ctx SpecContext) {
			r := waitForReport(ctx, namespace, "deployment-bystander")
			Expect(answer(r, "BecomeClusterAdmin")).NotTo(ContainSubstring("Source"))
		})

		// Those who get at the Secret of the one that takes it become cluster-admin with it.
		change := func(ctx context.Context, what string, act func()) *daysixv1alpha1.PodSecurityReport {
			GinkgoHelper()
			return followed(ctx, namespace, "deployment-thief", what, within, act)
		}

		It("a token that comes is named within a second, with what it gives", SpecTimeout(patience), func(ctx SpecContext) {
			r := change(ctx, "token to report", func() { create(ctx, builderToken.DeepCopy()) })
			Expect(r.Status.Severity).To(BeEquivalentTo("Critical"))
			Expect(answer(r, "BecomeClusterAdmin")).To(HavePrefix("Yes"))
			Expect(r.Status.Findings[0].Check).To(Equal("RBACClusterAdmin"))
			Expect(r.Status.Findings[0].Field).To(Equal(
				"Secret builder-token -> ServiceAccount builder -> ClusterRoleBinding tokens-builder -> ClusterRole cluster-admin rules[0]"))
			Expect(checks(r)).To(ContainElement("ServiceAccountTokenFromSecret"))
		})

		It("no value is in the manager's memory, nor in what it says", func(ctx SpecContext) {
			var filled corev1.Secret
			Eventually(func(ctx context.Context) ([]byte, error) {
				err := admin.Get(ctx, client.ObjectKeyFromObject(builderToken), &filled)
				return filled.Data[corev1.ServiceAccountTokenKey], err
			}).WithContext(ctx).ShouldNot(BeEmpty())
			token := string(filled.Data[corev1.ServiceAccountTokenKey])
			held, err := inMemory(running.Pid(), "builder-token", value, base64.StdEncoding.EncodeToString([]byte(value)), token)
			Expect(err).NotTo(HaveOccurred())
			Expect(held).To(Equal([]string{"builder-token"}), "the name is known, and no value is")

			items, err := reports(ctx, "")
			Expect(err).NotTo(HaveOccurred())
			said, err := json.Marshal(items)
			Expect(err).NotTo(HaveOccurred())
			log, err := running.log()
			Expect(err).NotTo(HaveOccurred())
			series, err := get(ctx, "http://"+metrics, "")
			Expect(err).NotTo(HaveOccurred())
			for _, text := range []string{string(said), log, series.body} {
				for _, secret := range []string{value, applied, token} {
					Expect(text).NotTo(ContainSubstring(secret))
				}
			}
		})

		It("is forgotten within a second once it is deleted", SpecTimeout(patience), func(ctx SpecContext) {
			r := change(ctx, "deletion to report", func() { Expect(admin.Delete(ctx, builderToken.DeepCopy())).To(Succeed()) })
			Expect(checks(r)).NotTo(ContainElement(HavePrefix("RBAC")))
			Expect(checks(r)).NotTo(ContainElement("ServiceAccountTokenFromSecret"))
		})

		It("Daysix says of itself what the component costs", func(ctx SpecContext) {
			r := waitForReport(ctx, cluster.SystemNamespace, own)
			AddReportEntry("own score", ReportEntryVisibilityAlways, r.Status.Score)
			at := slices.IndexFunc(r.Status.Findings, func(f daysixv1alpha1.Finding) bool { return f.Check == "RBACListSecrets" })
			Expect(at).To(BeNumerically(">=", 0))
			Expect(r.Status.Findings[at].Field).To(
				Equal("ClusterRoleBinding daysix-secret-metadata-rolebinding -> ClusterRole daysix-secret-metadata-role rules[0]"))
			Expect(r.Status.Severity).To(BeEquivalentTo("High"))
			Expect(r.Status.Reach).To(BeEquivalentTo("Cluster"))
			Expect(answer(r, "ReadSecrets")).To(HavePrefix("Yes"))
		})
	})
})
