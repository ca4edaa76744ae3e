package e2e

import (
	"context"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/loader/live"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// The policy wants a label that no template has, and the mutating one, of v1beta1, gives it.
const ownersOfPods = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: owners}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "has(object.metadata.labels.owner)"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: owners}
spec: {policyName: owners, validationActions: [Deny]}
---
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicy
metadata: {name: give-owner}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  reinvocationPolicy: Never
  mutations:
  - patchType: JSONPatch
    jsonPatch: {expression: '[JSONPatch{op: "add", path: "/metadata/labels/owner", value: "team"}]'}
---
apiVersion: admissionregistration.k8s.io/v1beta1
kind: MutatingAdmissionPolicyBinding
metadata: {name: everywhere}
spec: {policyName: give-owner}
`

// As Kubernetes 1.34 and 1.35 do, where they are told to. In a later one the plugin is off: it reads v1.
var _ = Describe("On an API server that serves MutatingAdmissionPolicies as v1beta1 alone", Ordered, func() {
	const namespace = "older"
	var older *cluster.Cluster
	var c client.Client

	BeforeAll(func(ctx SpecContext) {
		beta, err := control.BetaMutatingPolicies()
		Expect(err).NotTo(HaveOccurred())
		options := cluster.Options{NoAudit: true}
		if !beta {
			options.APIServerFlags = map[string][]string{
				"runtime-config": {"admissionregistration.k8s.io/v1beta1=true,admissionregistration.k8s.io/v1/mutatingadmissionpolicies=false," +
					"admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings=false"},
				"disable-admission-plugins": {"MutatingAdmissionPolicy"},
			}
		}
		older, err = cluster.Start(ctx, options)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() error { return older.Stop() })
		Expect(older.InstallRights(ctx, root)).To(Succeed())
		Expect(older.ApplyYAML(ctx, ownersOfPods)).To(Succeed())
		c, err = client.New(older.Config(), client.Options{})
		Expect(err).NotTo(HaveOccurred())
		for _, object := range []client.Object{
			&corev1.Namespace{ObjectMeta: meta("", namespace)}, &corev1.ServiceAccount{ObjectMeta: meta(namespace, "default")},
			deployment(namespace, "web", 1),
		} {
			Expect(c.Create(ctx, object)).To(Succeed())
		}
		config, err := older.ManagerConfig(ctx)
		Expect(err).NotTo(HaveOccurred())
		path := filepath.Join(older.Dir(), "daysix.kubeconfig")
		Expect(cluster.WriteKubeconfig(config, path)).To(Succeed())
		process, err := older.Run("daysix", binary, "--kubeconfig", path, "--health-probe-bind-address", freeAddress())
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() {
			AddReportEntry("the manager's log", ReportEntryVisibilityFailureOrVerbose, process.LogTail())
			Expect(process.Stop()).To(Succeed())
		})
	})

	verdict := func(ctx context.Context) (string, error) {
		var r daysixv1alpha1.PodSecurityReport
		err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "deployment-web"}, &r)
		return string(r.Status.Restart.Verdict) + " " + r.Status.Restart.Reason, client.IgnoreNotFound(err)
	}

	It("the manager applies them, and follows them", func(ctx SpecContext) {
		Eventually(verdict).WithContext(ctx).Should(Equal("Admitted "))
		_, err := older.Kubectl(ctx, "delete", "mutatingadmissionpolicybinding.v1beta1.admissionregistration.k8s.io", "everywhere")
		Expect(err).NotTo(HaveOccurred())
		Eventually(verdict).WithContext(ctx).Should(Equal("Denied ValidatingAdmissionPolicy"))
		Expect(older.ApplyYAML(ctx, ownersOfPods)).To(Succeed())
		Eventually(verdict).WithContext(ctx).Should(Equal("Admitted "))
	})

	It("the command line lists them", func(ctx SpecContext) {
		clients, err := kubernetes.NewForConfig(older.Config())
		Expect(err).NotTo(HaveOccurred())
		m := model.New()
		Expect(live.List(ctx, live.Clients{Kubernetes: clients}, namespace, m)).To(Succeed())
		var names []string
		for _, o := range m.Policies.Objects() {
			names = append(names, string(o.Ref.Kind)+" "+o.Ref.Name+" "+o.Binding)
		}
		Expect(names).To(ContainElements("MutatingAdmissionPolicy give-owner ", "MutatingAdmissionPolicy give-owner everywhere"))
	})
})
