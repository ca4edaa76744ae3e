package monitoring

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	prometheusv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/monitoring"
)

// shop is the namespace of the workload that is made dangerous.
const (
	shop     = "alerting"
	workload = "cart"
	enforce  = "pod-security.kubernetes.io/enforce"
)

var _ = Describe("promtool", func() {
	promtool := func(ctx context.Context, args ...string) {
		GinkgoHelper()
		output, err := exec.CommandContext(ctx, tool("promtool"), args...).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(output))
	}

	It("finds nothing wrong with the rules that are shipped", func(ctx SpecContext) {
		promtool(ctx, "check", "rules", "--lint=all", "--lint-fatal", filepath.Join(root, "config", "prometheus", "rules.yaml"))
	})

	It("tells each alert when it should and not before", func(ctx SpecContext) {
		for _, cases := range []string{"rules_test.yaml", "silence_test.yaml"} {
			promtool(ctx, "test", "rules", filepath.Join(root, "internal", "monitoring", "testdata", cases))
		}
	})
})

var _ = Describe("A workload", Ordered, func() {
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "alerting-cart"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: shop, Name: "default"}},
	}
	alerts := []string{
		"DaysixClusterAdminPathAppeared", "DaysixPodsDeniedOnRestart", "DaysixPolicyNewerThanPods", "DaysixRootLikePodAppeared",
		"DaysixWorkloadBecameCritical",
	}

	BeforeAll(func(ctx SpecContext) {
		Expect(admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop}})).To(Succeed())
		Expect(admin.Create(ctx, deployment())).To(Succeed())
		By("waiting until what is there is not new any more")
		Eventually(value(fmt.Sprintf("daysix:namespace_workloads:max{namespace=%q, severity=%q} offset %s", shop, "Critical", quick().New))).
			WithContext(ctx).Should(BeZero())
	})

	It("that is safe raises no alert", func(ctx SpecContext) {
		Expect(firing(ctx)).To(BeEmpty())
	})

	It("that is made dangerous is told", func(ctx SpecContext) {
		change(ctx, deployment(), func(d *appsv1.Deployment) { privileged(d, true) })
		Expect(admin.Create(ctx, binding.DeepCopy())).To(Succeed())
		Eventually(value(fmt.Sprintf("daysix_root_like_workloads{namespace=%q}", shop))).WithContext(ctx).Should(BeEquivalentTo(1))
		By("waiting for the second after the pods were made: times are stored in seconds")
		Eventually(ageOfTheNewestPod).WithContext(ctx).Should(BeNumerically(">", time.Second))
		change(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop}}, func(n *corev1.Namespace) {
			n.Labels[enforce] = "baseline"
		})
		Eventually(firing).WithContext(ctx).Should(ConsistOf(alerts))
	})

	It("has every panel of every dashboard filled", func(ctx SpecContext) { panels(ctx) })

	It("that is repaired is told no more", func(ctx SpecContext) {
		change(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: shop}}, func(n *corev1.Namespace) { delete(n.Labels, enforce) })
		change(ctx, deployment(), func(d *appsv1.Deployment) { privileged(d, false) })
		Expect(admin.Delete(ctx, binding.DeepCopy())).To(Succeed())
		Eventually(firing).WithContext(ctx).Should(BeEmpty())
		// Not because time has passed: the workload is not Critical any more.
		severity := fmt.Sprintf("%s{namespace=%q, workload=%q}", monitoring.SeverityRecord, shop, workload)
		Expect(value(severity)(ctx)).To(BeNumerically("<", 4))
		Expect(value(fmt.Sprintf("daysix_root_like_workloads{namespace=%q}", shop))(ctx)).To(BeZero())
	})

	It("leaves no rule that cannot be evaluated", func(ctx SpecContext) {
		result, err := prometheus.Rules(ctx, nil)
		Expect(err).NotTo(HaveOccurred())
		count := 0
		for _, group := range result.Groups {
			for _, rule := range group.Rules {
				count++
				switch r := rule.(type) {
				case prometheusv1.AlertingRule:
					Expect(string(r.Health)).To(Equal("ok"), "%s: %s", r.Name, r.LastError)
				case prometheusv1.RecordingRule:
					Expect(string(r.Health)).To(Equal("ok"), "%s: %s", r.Name, r.LastError)
				}
			}
		}
		Expect(count).To(Equal(len(monitoring.Records(quick())) + len(monitoring.Alerts(quick()))))
	})

	It("is timed in native histograms", func(ctx SpecContext) {
		for _, family := range []string{metrics.AssessmentDuration, metrics.EventToReport, metrics.PublishDuration} {
			Expect(value("histogram_count("+family+")")(ctx)).To(BeNumerically(">", 0), family)
		}
	})

	It("costs few series and little time", func(ctx SpecContext) {
		for expr, most := range map[string]float64{"scrape_samples_scraped": 5000, "scrape_duration_seconds": 10} {
			got, err := value(expr)(ctx)
			Expect(err).NotTo(HaveOccurred())
			AddReportEntry(expr, got, ReportEntryVisibilityAlways)
			Expect(got).To(BeNumerically("<", most), expr)
		}
	})
})

func deployment() *appsv1.Deployment {
	labels := map[string]string{"app": workload}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: workload},
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To[int32](1),
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "registry.example/cart@sha256:" + strings.Repeat("0", 64)}}},
			},
		},
	}
}

func privileged(d *appsv1.Deployment, is bool) {
	d.Spec.Template.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(is)}
}

// change patches an object as it is in the cluster.
func change[O client.Object](ctx context.Context, object O, how func(O)) {
	GinkgoHelper()
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(object), object)).To(Succeed())
	before, ok := object.DeepCopyObject().(client.Object)
	Expect(ok).To(BeTrue())
	how(object)
	Expect(admin.Patch(ctx, object, client.MergeFrom(before))).To(Succeed())
}

// query asks Prometheus for what is now.
func query(ctx context.Context, expr string) (model.Value, error) {
	answer, _, _, err := prometheus.Query(ctx, expr, time.Time{})
	return answer, err
}

// value asks for the one sample of an expression.
func value(expr string) func(context.Context) (float64, error) {
	return func(ctx context.Context) (float64, error) {
		answer, err := query(ctx, expr)
		if err != nil {
			return 0, err
		}
		samples, ok := answer.(model.Vector)
		if !ok || len(samples) != 1 {
			return 0, fmt.Errorf("%s is %s", expr, answer)
		}
		return float64(samples[0].Value), nil
	}
}

// ageOfTheNewestPod is that in the shop, by the second in which it was made.
func ageOfTheNewestPod(ctx context.Context) (time.Duration, error) {
	var pods corev1.PodList
	if err := admin.List(ctx, &pods, client.InNamespace(shop)); err != nil {
		return 0, err
	}
	newest := time.Time{}
	for i := range pods.Items {
		if made := pods.Items[i].CreationTimestamp.Time; made.After(newest) {
			newest = made
		}
	}
	return time.Since(newest), nil
}

// firing lists the alerts about the namespace that fire.
func firing(ctx context.Context) ([]string, error) {
	answer, err := prometheus.Alerts(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, alert := range answer.Alerts {
		if alert.State == prometheusv1.AlertStateFiring && alert.Labels["namespace"] == shop {
			names = append(names, string(alert.Labels[model.AlertNameLabel]))
		}
	}
	return names, nil
}
