package report

import (
	"encoding/json"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

func aReport() *daysixv1alpha1.PodSecurityReport {
	return Build(&assess.Assessment{
		Workload: snapshot.Workload{
			Key: snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "cart"}, APIVersion: "apps/v1", UID: "uid",
		},
		Basis: assess.RunningPods, Running: 3, Terminating: 1,
		Verdict: assess.Verdict{
			ServiceAccountName: "default", Reach: finding.ReachNode,
			Findings: []finding.Finding{{Check: "PrivilegedContainer", Consequence: finding.NodeRoot, Field: "spec", Message: "m"}},
			Score:    score.Of([]score.Risk{{Class: finding.ClassNODE, Tier: 4}}),
			Answers:  []finding.Answer{{Question: finding.ControlNode, Verdict: finding.Yes}},
		},
		Divergent: []assess.Divergence{{Pod: "cart-1", Score: 3}},
	})
}

func TestDigestSeesEveryChange(t *testing.T) {
	for name, test := range map[string]struct {
		change         func(*daysixv1alpha1.PodSecurityReport)
		whole, lasting bool
	}{
		"nothing":              {func(*daysixv1alpha1.PodSecurityReport) {}, false, false},
		"pods that run":        {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Pods.Running++ }, true, false},
		"pods that terminate":  {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Pods.Terminating++ }, true, false},
		"a pod that diverges":  {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Pods.Divergent[0].Score++ }, true, true},
		"the worst pod":        {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Pods.Worst = "x" }, true, true},
		"the score":            {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Score++ }, true, true},
		"a finding":            {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings[0].Message = "x" }, true, true},
		"an answer":            {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Answers[0].Answer = "No" }, true, true},
		"a condition":          {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Conditions[0].Reason = "x" }, true, true},
		"the restart":          {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Restart.Reason = "x" }, true, true},
		"the workload's UID":   {func(r *daysixv1alpha1.PodSecurityReport) { r.Spec.WorkloadRef.UID = "x" }, true, true},
		"the owner":            {func(r *daysixv1alpha1.PodSecurityReport) { r.OwnerReferences[0].UID = "x" }, true, true},
		"an owner that blocks": {func(r *daysixv1alpha1.PodSecurityReport) { r.OwnerReferences[0].BlockOwnerDeletion = ptr.To(true) }, true, true},
		"our label":            {func(r *daysixv1alpha1.PodSecurityReport) { delete(r.Labels, LabelManagedBy) }, true, true},
		"a finalizer":          {func(r *daysixv1alpha1.PodSecurityReport) { r.Finalizers = []string{"x.io/keep"} }, true, true},
		"what the API server adds": {func(r *daysixv1alpha1.PodSecurityReport) {
			r.ResourceVersion, r.UID, r.Generation = "7", "u", 2
			r.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "daysix"}}
		}, false, false},
		"somebody's annotation": {func(r *daysixv1alpha1.PodSecurityReport) { r.Annotations = map[string]string{"a": "b"} }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			before, r := DigestOf(aReport()), aReport()
			test.change(r)
			after := DigestOf(r)
			if (before.Whole != after.Whole) != test.whole || (before.Lasting != after.Lasting) != test.lasting {
				t.Fatalf("whole changed: %v, lasting changed: %v", before.Whole != after.Whole, before.Lasting != after.Lasting)
			}
		})
	}
}

func TestDigestSurvivesTheWayThroughTheAPIServer(t *testing.T) {
	r := aReport()
	encoded, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back daysixv1alpha1.PodSecurityReport
	if err := json.Unmarshal(encoded, &back); err != nil {
		t.Fatal(err)
	}
	if DigestOf(r) != DigestOf(&back) {
		t.Fatal("a report that was read back has another digest")
	}
}

func TestCutTextFitsInBytes(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a short text stays":         {"0123456789", "0123456789"},
		"a long text":                {"0123456789a", "0123456…"},
		"another script":             {"界界界界", "界界…"},
		"what JSON escapes":          {"<bc>", "<b…"},
		"a quotation mark is two":    {`"""""`, `"""""`},
		"a broken character":         {"a\xff", "a\ufffd"},
		"a character is never split": {"01234界界", "01234…"},
	} {
		t.Run(name, func(t *testing.T) {
			got := cut(test.text, 10)
			encoded, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			if got != test.want || len(encoded)-len(`""`) > 10 {
				t.Fatalf("got %q, in JSON %s, want %q", got, encoded, test.want)
			}
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	a := &assess.Assessment{Workload: snapshot.Workload{Key: snapshot.Key{Kind: "Pod", Name: "x"}, APIVersion: "v1"}, Basis: assess.RunningPods}
	for range 40 {
		a.Findings = append(a.Findings, finding.Finding{Check: "X", Consequence: finding.Hygiene, Message: strings.Repeat("m", 90)})
	}
	b.ReportAllocs()
	for b.Loop() {
		DigestOf(Build(a))
	}
}
