package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/policyreport"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// policyReport is what other tools read of a report; nil where there is none.
func policyReport(ctx context.Context, format policyreport.Format, kind, namespace, name string) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	object.SetAPIVersion(format.Resource().GroupVersion().String())
	object.SetKind(kind)
	err := admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "daysix-" + name}, object)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	return object, err
}

// policiesOf are the failed policies of a report.
func policiesOf(object *unstructured.Unstructured) []string {
	var out []string
	results, _, _ := unstructured.NestedSlice(object.Object, "results")
	for _, r := range results {
		if result, ok := r.(map[string]any); ok && result["result"] == "fail" {
			out = append(out, fmt.Sprint(result["policy"], " ", result["severity"]))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var _ = Describe("Policy reports of other tools", Ordered, func() {
	const (
		namespace = "told"
		component = "policy-reports"
	)
	self := cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount)
	failing := func(format policyreport.Format, kind string) func(context.Context) ([]string, error) {
		return func(ctx context.Context) ([]string, error) {
			object, err := policyReport(ctx, format, kind, namespace, "deployment-agent")
			if object == nil || err != nil {
				return nil, err
			}
			return policiesOf(object), nil
		}
	}
	start := func(ctx context.Context, value string) *manager {
		configuration := filepath.Join(GinkgoT().TempDir(), "config.yaml")
		text := "apiVersion: daysix.dev/v1alpha1\nkind: AuditConfiguration\npolicyReports: " + value + "\n"
		Expect(os.WriteFile(configuration, []byte(text), 0o600)).To(Succeed())
		return startReadyManager(ctx, "--config", configuration)
	}

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		agent := deployment(namespace, "agent", 1)
		privileged(&agent.Spec.Template.Spec)
		create(ctx, agent)
		waitForPods(ctx, namespace, 1)
	})

	It("without the kind, ours are written all the same, and the log says why others are not", func(ctx SpecContext) {
		m := start(ctx, "openreports")
		waitForReport(ctx, namespace, "deployment-agent")
		Eventually(m.log).WithContext(ctx).Should(ContainSubstring("Policy reports are not written for now"))
	})

	Context("with the component and the kinds", Ordered, func() {
		BeforeAll(func(ctx SpecContext) {
			kinds, err := os.ReadFile(filepath.Join("testdata", "policy-reports.yaml"))
			Expect(err).NotTo(HaveOccurred())
			Expect(control.ApplyYAML(ctx, string(kinds))).To(Succeed())
			_, err = control.Kubectl(ctx, "wait", "--for=condition=Established", "--timeout=30s", "crd/reports.openreports.io", "crd/policyreports.wgpolicyk8s.io")
			Expect(err).NotTo(HaveOccurred())
			Expect(control.InstallRights(ctx, root, component)).To(Succeed())
			DeferCleanup(func(ctx SpecContext) error {
				_, err := control.Kubectl(ctx, "delete", "clusterrolebindings,clusterroles", "-l", "daysix.dev/component="+component)
				Expect(err).NotTo(HaveOccurred())
				_, err = control.Kubectl(ctx, "delete", "crd", "reports.openreports.io", "policyreports.wgpolicyk8s.io")
				Expect(err).NotTo(HaveOccurred())
				return control.InstallRights(ctx, root)
			})
		})

		It("a Report says what ours says, and follows it", func(ctx SpecContext) {
			start(ctx, "openreports")
			Eventually(failing(policyreport.OpenReports, "Report")).WithContext(ctx).Should(ContainElement("PrivilegedContainer high"))
			ours := waitForReport(ctx, namespace, "deployment-agent")
			object, err := policyReport(ctx, policyreport.OpenReports, "Report", namespace, "deployment-agent")
			Expect(err).NotTo(HaveOccurred())
			Expect(object.GetOwnerReferences()).To(HaveLen(1))
			Expect(object.GetOwnerReferences()[0].UID).To(Equal(ours.UID))
			scope, _, _ := unstructured.NestedString(object.Object, "scope", "uid")
			Expect(scope).To(Equal(ours.Spec.WorkloadRef.UID))

			update(ctx, deployment(namespace, "agent", 1), func(d *appsv1.Deployment) {
				d.Spec.Template.Spec.Containers[0].SecurityContext = nil
			})
			Eventually(failing(policyreport.OpenReports, "Report")).WithContext(ctx).Should(
				And(Not(BeEmpty()), Not(ContainElement(HavePrefix("PrivilegedContainer")))))
		})

		It("another start writes none of them, for nothing has changed", func(ctx SpecContext) {
			quiet(ctx)
			since := mark()
			m := start(ctx, "openreports")
			Eventually(m.log).WithContext(ctx).Should(ContainSubstring("Writing policy reports"))
			told := func() ([]string, error) {
				requests, err := control.Writes(since, self)
				var out []string
				for _, r := range requests {
					if r.Resource == "reports" || r.Resource == "policyreports" {
						out = append(out, fmt.Sprint(r))
					}
				}
				return out, err
			}
			Consistently(told).Should(BeEmpty())
		})

		It("goes with its workload", func(ctx SpecContext) {
			start(ctx, "wgpolicy")
			Eventually(failing(policyreport.WGPolicy, "PolicyReport")).WithContext(ctx).ShouldNot(BeEmpty())
			Expect(admin.Delete(ctx, deployment(namespace, "agent", 1))).To(Succeed())
			Eventually(func(ctx context.Context) (string, error) {
				var left []string
				for format, kind := range map[policyreport.Format]string{policyreport.WGPolicy: "PolicyReport", policyreport.OpenReports: "Report"} {
					object, err := policyReport(ctx, format, kind, namespace, "deployment-agent")
					if err != nil {
						return "", err
					}
					if object != nil {
						left = append(left, kind)
					}
				}
				return strings.Join(left, ", "), nil
			}).WithContext(ctx).Should(BeEmpty(), "the garbage collector takes the one that the mode before left behind")
		})
	})
})
