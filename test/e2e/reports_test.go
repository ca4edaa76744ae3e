package e2e

import (
	"context"
	"encoding/json"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// reports lists the reports of a namespace, or of all where it is empty.
func reports(ctx context.Context, namespace string) ([]daysixv1alpha1.PodSecurityReport, error) {
	var list daysixv1alpha1.PodSecurityReportList
	err := admin.List(ctx, &list, client.InNamespace(namespace))
	return list.Items, err
}

// reportNames lists the names of the reports of a namespace.
func reportNames(namespace string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		items, err := reports(ctx, namespace)
		names := make([]string, 0, len(items))
		for i := range items {
			names = append(names, items[i].Name)
		}
		return names, err
	}
}

// report reads a report; it is nil where there is none.
func report(namespace, name string) func(context.Context) (*daysixv1alpha1.PodSecurityReport, error) {
	return func(ctx context.Context) (*daysixv1alpha1.PodSecurityReport, error) {
		var r daysixv1alpha1.PodSecurityReport
		err := admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, &r)
		if apierrors.IsNotFound(err) {
			return nil, nil
		}
		return &r, err
	}
}

// waitForReport waits until there is a report, and returns it.
func waitForReport(ctx context.Context, namespace, name string) *daysixv1alpha1.PodSecurityReport {
	GinkgoHelper()
	var r *daysixv1alpha1.PodSecurityReport
	Eventually(func(ctx context.Context) (err error) {
		r, err = report(namespace, name)(ctx)
		if err == nil && r == nil {
			err = apierrors.NewNotFound(daysixv1alpha1.SchemeGroupVersion.WithResource("podsecurityreports").GroupResource(), name)
		}
		return err
	}).WithContext(ctx).Should(Succeed())
	return r
}

// said is all that a report says, without what the API server keeps about it.
func said(r *daysixv1alpha1.PodSecurityReport) string {
	GinkgoHelper()
	if r == nil {
		return "no report"
	}
	encoded, err := json.Marshal(map[string]any{
		"labels": r.Labels, "owners": r.OwnerReferences, "finalizers": r.Finalizers, "spec": r.Spec, "status": r.Status,
	})
	Expect(err).NotTo(HaveOccurred())
	return string(encoded)
}

// sayings is said of a report as it is now.
func sayings(namespace, name string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		r, err := report(namespace, name)(ctx)
		if err != nil {
			return "", err
		}
		return said(r), nil
	}
}

// condition is a condition of a report, as "Status Reason".
func condition(r *daysixv1alpha1.PodSecurityReport, kind string) string {
	for _, c := range r.Status.Conditions {
		if c.Type == kind {
			return string(c.Status) + " " + c.Reason
		}
	}
	return ""
}

// answer is the answer to a question, as "Verdict Reason".
func answer(r *daysixv1alpha1.PodSecurityReport, question string) string {
	for _, a := range r.Status.Answers {
		if string(a.Question) == question {
			return string(a.Answer) + " " + a.Reason
		}
	}
	return ""
}

// checks are the names of the checks that found something, as often as they did, worst first.
func checks(r *daysixv1alpha1.PodSecurityReport) []string {
	var names []string
	for i := range r.Status.Findings {
		names = append(names, r.Status.Findings[i].Check)
	}
	return names
}
