package e2e

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// auditException accepts checks in one namespace.
func auditException(name, namespace string, checks ...string) *daysixv1alpha1.AuditException {
	return &daysixv1alpha1.AuditException{ObjectMeta: meta("", name), Spec: daysixv1alpha1.AuditExceptionSpec{
		Reason: "The test says so.", Checks: checks,
		NamespaceSelector: &daysixv1alpha1.Selector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": namespace}},
	}}
}

// acceptance is what a report says of one check, and what is left.
type acceptance struct {
	By, Severity, Unaccepted string
	Score                    int32
}

func acceptanceOf(namespace, report, check string) func(context.Context) (acceptance, error) {
	return func(ctx context.Context) (acceptance, error) {
		var r daysixv1alpha1.PodSecurityReport
		if err := admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: report}, &r); err != nil {
			return acceptance{}, err
		}
		out := acceptance{Severity: string(r.Status.Severity), Unaccepted: string(r.Status.UnacceptedSeverity), Score: r.Status.Score}
		for i := range r.Status.Findings {
			if r.Status.Findings[i].Check == check {
				out.By = r.Status.Findings[i].AcceptedBy
			}
		}
		return out, nil
	}
}

// conditionsOf are the reasons of an exception's conditions that hold, and its count of workloads.
func conditionsOf(name string) func(context.Context) (map[string]any, error) {
	return func(ctx context.Context) (map[string]any, error) {
		var e daysixv1alpha1.AuditException
		if err := admin.Get(ctx, client.ObjectKey{Name: name}, &e); err != nil {
			return nil, err
		}
		out := map[string]any{"workloads": int(e.Status.MatchedWorkloads), "observed": e.Status.ObservedGeneration == e.Generation}
		for _, c := range e.Status.Conditions {
			if c.Status == daysixv1alpha1.ConditionTrue {
				out[c.Type] = c.Reason
			}
		}
		return out, nil
	}
}

var _ = Describe("An exception", func() {
	It("accepts findings until it ends, and changes no score", func(ctx SpecContext) {
		const second = time.Second
		namespace := newNamespace(ctx, "accepted")
		other := newNamespace(ctx, "not-accepted")
		for _, in := range []string{namespace, other} {
			bad := deployment(in, "bad", 1)
			privilegedApart(&bad.Spec.Template.Spec)
			create(ctx, bad)
			waitForPods(ctx, in, 1)
		}
		first := startReadyManager(ctx)
		settled(ctx, namespace, "deployment-bad", 1)
		settled(ctx, other, "deployment-bad", 1)
		report := acceptanceOf(namespace, "deployment-bad", "PrivilegedContainer")
		before, err := report(ctx)
		Expect(err).NotTo(HaveOccurred())
		Expect(before).To(Equal(acceptance{Severity: "High", Unaccepted: "High", Score: before.Score}))

		By("marking the findings within a second")
		quiet(ctx)
		since := mark()
		e := auditException("privileged-here", namespace, "PrivilegedContainer")
		create(ctx, e)
		DeferCleanup(func(ctx context.Context) error { return client.IgnoreNotFound(admin.Delete(ctx, e)) })
		Eventually(report).WithContext(ctx).WithTimeout(second).Should(SatisfyAll(
			HaveField("By", "privileged-here"), HaveField("Severity", "High"), HaveField("Score", before.Score),
			HaveField("Unaccepted", Not(Equal("High")))))
		Eventually(conditionsOf(e.Name)).WithContext(ctx).Should(Equal(
			map[string]any{"workloads": 1, "observed": true, "Active": "Accepting"}))

		By("asking for nothing that it does not select")
		Expect(writesSince(since)()).To(ConsistOf(
			"patch podsecurityreports accepted/deployment-bad", "patch auditexceptions /privileged-here"))

		By("writing nothing after a restart")
		Expect(first.Stop()).To(Succeed())
		since = mark()
		startReadyManager(ctx)
		Consistently(writesSince(since)).WithContext(ctx).WithTimeout(second).Should(BeEmpty())

		By("ending at its time")
		// The API keeps seconds: the end is a whole one, some seconds from now.
		end := metav1.NewTime(time.Now().Add(4 * second).Truncate(second))
		update(ctx, e, func(e *daysixv1alpha1.AuditException) { e.Spec.ExpiresAt = end })
		Eventually(report).WithContext(ctx).Should(Equal(before))
		Expect(time.Now()).To(BeTemporally(">=", end.Time), "not before")
		Eventually(conditionsOf(e.Name)).WithContext(ctx).Should(Equal(
			map[string]any{"workloads": 1, "observed": true, "Expired": "Expired"}))

		By("accepting again where it is renewed, and no more where it is deleted")
		update(ctx, e, func(e *daysixv1alpha1.AuditException) { e.Spec.ExpiresAt = metav1.Time{} })
		Eventually(report).WithContext(ctx).Should(HaveField("By", "privileged-here"))
		Expect(admin.Delete(ctx, e)).To(Succeed())
		Eventually(report).WithContext(ctx).Should(Equal(before))
	})

	It("that has no effect says what has none", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "inert")
		good := deployment(namespace, "good", 1)
		create(ctx, good)
		startReadyManager(ctx)
		settled(ctx, namespace, "deployment-good", 1)
		unknown := auditException("unknown-check", namespace, "ImageNotPinned", "NoSuchCheck")
		nobody := auditException("nobody", "no-such-namespace", "HostPID")
		nothing := auditException("nothing", namespace, "HostPID")
		create(ctx, unknown, nobody, nothing)
		DeferCleanup(func(ctx context.Context) {
			for _, e := range []client.Object{unknown, nobody, nothing} {
				Expect(admin.Delete(ctx, e)).To(Succeed())
			}
		})
		Eventually(conditionsOf("unknown-check")).WithContext(ctx).Should(Equal(
			map[string]any{"workloads": 1, "observed": true, "Active": "Accepting", "Inert": "UnknownCheck"}))
		Eventually(conditionsOf("nobody")).WithContext(ctx).Should(Equal(
			map[string]any{"workloads": 0, "observed": true, "Inert": "NoWorkload"}))
		Eventually(conditionsOf("nothing")).WithContext(ctx).Should(Equal(
			map[string]any{"workloads": 1, "observed": true, "Inert": "NoFinding"}))
		var live daysixv1alpha1.AuditException
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(unknown), &live)).To(Succeed())
		Expect(live.Status.Conditions).To(ContainElement(HaveField("Message", "There is no such check: NoSuchCheck.")))
	})

	DescribeTable("that makes no sense is refused",
		func(ctx SpecContext, name string, change func(*daysixv1alpha1.AuditExceptionSpec), message string) {
			e := auditException(name, "default", "HostPID")
			change(&e.Spec)
			err := admin.Create(ctx, e)
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%v", err)
			Expect(err).To(MatchError(ContainSubstring(message)))
		},
		Entry("without a reason", "r1", func(s *daysixv1alpha1.AuditExceptionSpec) { s.Reason = "" }, "spec.reason"),
		Entry("with a blank one", "r2", func(s *daysixv1alpha1.AuditExceptionSpec) { s.Reason = " \t" }, "the reason must not be blank"),
		Entry("without a check", "r3", func(s *daysixv1alpha1.AuditExceptionSpec) { s.Checks = nil }, "spec.checks"),
		Entry("with a check twice", "r4", func(s *daysixv1alpha1.AuditExceptionSpec) { s.Checks = []string{"HostPID", "HostPID"} }, "Duplicate value"),
		Entry("without a selector", "r5", func(s *daysixv1alpha1.AuditExceptionSpec) { s.NamespaceSelector = nil }, "give a selector"),
		Entry("with a requirement that has no values", "r6", func(s *daysixv1alpha1.AuditExceptionSpec) {
			s.NamespaceSelector.MatchExpressions = []daysixv1alpha1.SelectorRequirement{{Key: "a", Operator: "In"}}
		}, "only In and NotIn have values"),
		Entry("with values that a requirement must not have", "r7", func(s *daysixv1alpha1.AuditExceptionSpec) {
			s.NamespaceSelector.MatchExpressions = []daysixv1alpha1.SelectorRequirement{{Key: "a", Operator: "Exists", Values: []string{"b"}}}
		}, "only In and NotIn have values"),
		Entry("with a pattern that is none", "r8", func(s *daysixv1alpha1.AuditExceptionSpec) {
			s.WorkloadSelector = &daysixv1alpha1.WorkloadSelector{Names: []string{"c[a"}}
		}, "spec.workloadSelector.names"),
		Entry("with an end before any beginning", "r9", func(s *daysixv1alpha1.AuditExceptionSpec) {
			s.ExpiresAt = metav1.Unix(0, 0)
		}, "leave it out"),
	)
})

var _ = Describe("Since when a report says something", func() {
	It("outlives a restart, and is now for what is new", func(ctx SpecContext) {
		namespace := newNamespace(ctx, "since")
		web := deployment(namespace, "web", 1)
		create(ctx, web)
		waitForPods(ctx, namespace, 1)
		first := startReadyManager(ctx)
		settled(ctx, namespace, "deployment-web", 1)
		quiet(ctx)
		before := waitForReport(ctx, namespace, "deployment-web")
		Expect(before.Status.SeveritySince.IsZero()).To(BeFalse())
		Expect(before.Status.Restart.VerdictSince.IsZero()).To(BeFalse())
		Expect(before.Status.Findings).To(HaveEach(HaveField("Since", Equal(before.Status.SeveritySince))))

		By("finding something new after a restart, in another second")
		Expect(first.Stop()).To(Succeed())
		startReadyManager(ctx)
		Eventually(func() bool { return time.Since(before.Status.SeveritySince.Time) > 2*time.Second }).Should(BeTrue())
		update(ctx, web, func(d *appsv1.Deployment) { privilegedApart(&d.Spec.Template.Spec) })
		Eventually(func(g Gomega) {
			after := waitForReport(ctx, namespace, "deployment-web").Status
			g.Expect(string(after.Severity)).To(Equal("High"))
			g.Expect(after.SeveritySince.After(before.Status.SeveritySince.Time)).To(BeTrue())
			g.Expect(after.Restart.VerdictSince).To(Equal(before.Status.Restart.VerdictSince))
			g.Expect(after.Findings).To(ContainElement(SatisfyAll(
				HaveField("Check", "PrivilegedContainer"), HaveField("Since", after.SeveritySince))))
			g.Expect(after.Findings).To(ContainElement(SatisfyAll(
				HaveField("Check", "ImageNotPinned"), HaveField("Since", before.Status.SeveritySince))))
		}).WithContext(ctx).Should(Succeed())
	})
})
