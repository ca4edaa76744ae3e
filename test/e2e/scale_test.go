package e2e

import (
	"context"
	"fmt"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

var _ = Describe("A thousand pods of two hundred workloads", Ordered, func() {
	const (
		namespace = "many"
		workloads = 200
		replicas  = 5
		creators  = 10
		idle      = time.Minute
		within    = time.Second
	)

	BeforeAll(func(ctx SpecContext) {
		newNamespace(ctx, namespace)
		var group sync.WaitGroup
		for creator := range creators {
			group.Go(func() {
				defer GinkgoRecover()
				for i := creator; i < workloads; i += creators {
					create(ctx, deployment(namespace, fmt.Sprintf("web-%03d", i), replicas))
				}
			})
		}
		group.Wait()
		Eventually(runningPods(namespace), 3*patience, time.Second).WithContext(ctx).Should(Equal(workloads * replicas))
		startReadyManager(ctx)
		Eventually(reportNames(namespace)).WithContext(ctx).Should(HaveLen(workloads))
		quiet(ctx)
	})

	It("have a report each, and nothing is written while nothing happens", func(ctx SpecContext) {
		items, err := reports(ctx, namespace)
		Expect(err).NotTo(HaveOccurred())
		Expect(items).To(HaveLen(workloads))
		for i := range items {
			Expect(items[i].Status.Pods).To(Equal(daysixv1alpha1.PodCounts{Running: replicas}), items[i].Name)
		}
		Consistently(writesSince(mark())).WithContext(ctx).WithTimeout(idle).WithPolling(time.Second).Should(BeEmpty())
	})

	It("cost one report where one workload is edited, within a second", SpecTimeout(4*patience), func(ctx SpecContext) {
		const name = "web-100"
		reports, err := admin.Watch(ctx, &daysixv1alpha1.PodSecurityReportList{}, client.InNamespace(namespace))
		Expect(err).NotTo(HaveOccurred())
		defer reports.Stop()
		since := mark()
		edited := &appsv1.Deployment{ObjectMeta: meta(namespace, name)}
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(edited), edited)).To(Succeed())
		edited.Spec.Template.Spec.Containers[0].SecurityContext = &corev1.SecurityContext{ReadOnlyRootFilesystem: ptr.To(true)}
		begin := time.Now()
		Expect(admin.Update(ctx, edited)).To(Succeed())
		took := firstModified(ctx, reports, "deployment-"+name, begin)
		AddReportEntry("edit to report", ReportEntryVisibilityAlways, took.String())
		Expect(took).To(BeNumerically("<", within))

		settled(ctx, namespace, "deployment-"+name, replicas)
		quiet(ctx)
		Expect(writesSince(since)()).To(HaveEach("patch podsecurityreports many/deployment-" + name))
	})
})

// firstModified is how long after begin the first change of a report arrives.
func firstModified(ctx context.Context, reports watch.Interface, name string, begin time.Time) time.Duration {
	GinkgoHelper()
	for {
		select {
		case <-ctx.Done():
			Fail("the report was not written")
		case event := <-reports.ResultChan():
			r, ok := event.Object.(*daysixv1alpha1.PodSecurityReport)
			Expect(ok).To(BeTrue(), "the watch has ended: %v", event.Object)
			if event.Type == watch.Modified && r.Name == name {
				return time.Since(begin)
			}
		}
	}
}
