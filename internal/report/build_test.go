package report

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
)

// Whatever an assessment holds, its report is small, explained, and accepted by the API server.
func TestReportProperties(t *testing.T) {
	schema := readSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		a := someAssessment(rapid.SampledFrom([]int{3, 300}).Draw(t, "most findings")).Draw(t, "assessment")
		r := Build(a)
		schema.accepts(t, r)
		assertCounted(t, a, r)
		assertExplained(t, r)
		if diff := cmp.Diff(encode(t, r), encode(t, Build(a))); diff != "" {
			t.Fatalf("the same assessment gives another report:\n%s", diff)
		}
		now := time.Unix(1_700_000_000, 0)
		before := Published{
			Score: rapid.Int32Range(0, 100).Draw(t, "score before"), Severity: "High",
			UnacceptedSeverity: "Low",
		}
		fresh := r.DeepCopy()
		Carry(r, before, now)
		if size := len(encode(t, r)); size > MaxBytes {
			t.Fatalf("report has %d bytes with its times", size)
		}
		schema.accepts(t, r)
		assertExplained(t, r)
		if len(a.Unavailable) == 0 {
			if diff := cmp.Diff(fresh, withoutTimes(r)); diff != "" {
				t.Fatalf("a complete report is held:\n%s", diff)
			}
			return
		}
		if r.Status.Score != max(fresh.Status.Score, before.Score) || rank(r.Status.Severity) != max(rank(fresh.Status.Severity), rank(before.Severity)) ||
			rank(r.Status.UnacceptedSeverity) != max(rank(fresh.Status.UnacceptedSeverity), rank(before.UnacceptedSeverity)) {
			t.Fatalf("held %d %s, before %+v, now %d %s", r.Status.Score, r.Status.Severity, before, fresh.Status.Score, fresh.Status.Severity)
		}
	})
}

// withoutTimes is a report as it is built.
func withoutTimes(r *daysixv1alpha1.PodSecurityReport) *daysixv1alpha1.PodSecurityReport {
	out := r.DeepCopy()
	out.Status.SeveritySince, out.Status.Restart.VerdictSince = metav1.Time{}, metav1.Time{}
	for i := range out.Status.Findings {
		out.Status.Findings[i].Since = metav1.Time{}
	}
	return out
}

// assertCounted: nothing is left out without being counted.
func assertCounted(t *rapid.T, a *assess.Assessment, r *daysixv1alpha1.PodSecurityReport) {
	s := &r.Status
	if size := len(encode(t, r)); size > MaxBytes-headroom+64 {
		t.Fatalf("report has %d bytes", size)
	}
	if got := len(s.Findings) + int(s.FindingsTruncated); got != len(a.Findings) {
		t.Fatalf("%d findings, told of %d", len(a.Findings), got)
	}
	if got := len(s.Pods.Divergent) + int(s.Pods.DivergentTruncated); got != len(a.Divergent) {
		t.Fatalf("%d divergent pods, told of %d", len(a.Divergent), got)
	}
	for i := range s.Answers {
		if got := len(s.Answers[i].Evidence) + int(s.Answers[i].EvidenceTruncated); got != len(a.Answers[i].Evidence) {
			t.Fatalf("%d pieces of evidence, told of %d", len(a.Answers[i].Evidence), got)
		}
	}
	for i := range s.Findings {
		if s.Findings[i].Check != string(a.Findings[i].Check) {
			t.Fatalf("finding %d is %s, want %s", i, s.Findings[i].Check, a.Findings[i].Check)
		}
	}
}

// assertExplained: the breakdown adds up, and no finding claims what is not there.
func assertExplained(t *rapid.T, r *daysixv1alpha1.PodSecurityReport) {
	var parts, points int32
	for _, p := range r.Status.ScoreBreakdown {
		parts += p.Points
	}
	for i := range r.Status.Findings {
		points += r.Status.Findings[i].Points
	}
	if parts != r.Status.Score || points > r.Status.Score {
		t.Fatalf("score %d, parts %d, points of findings %d", r.Status.Score, parts, points)
	}
}

func encode(t *rapid.T, r *daysixv1alpha1.PodSecurityReport) string {
	encoded, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

// crd is the schema that the API server holds our reports against.
type crd struct {
	structural *structuralschema.Structural
	validator  validation.SchemaValidator
}

func readSchema(t *testing.T) crd {
	t.Helper()
	data, err := os.ReadFile("../../config/crd/bases/daysix.dev_podsecurityreports.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &definition); err != nil {
		t.Fatal(err)
	}
	var internal apiextensions.JSONSchemaProps
	err = apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(definition.Spec.Versions[0].Schema.OpenAPIV3Schema, &internal, nil)
	if err != nil {
		t.Fatal(err)
	}
	structural, err := structuralschema.NewStructural(&internal)
	if err != nil {
		t.Fatal(err)
	}
	validator, _, err := validation.NewSchemaValidator(&internal)
	if err != nil {
		t.Fatal(err)
	}
	return crd{structural: structural, validator: validator}
}

// accepts fails where the API server would refuse the report, or drop a part of it.
func (c crd) accepts(t *rapid.T, r *daysixv1alpha1.PodSecurityReport) {
	var object map[string]any
	if err := json.Unmarshal([]byte(encode(t, r)), &object); err != nil {
		t.Fatal(err)
	}
	if errs := validation.ValidateCustomResource(nil, object, c.validator); len(errs) > 0 {
		t.Fatalf("the API server refuses the report: %v", errs)
	}
	dropped := pruning.PruneWithOptions(object, c.structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if len(dropped) > 0 {
		t.Fatalf("the API server drops %v", dropped)
	}
}

func TestSchemaRefusesWhatItShould(t *testing.T) {
	schema := readSchema(t)
	object := map[string]any{"spec": map[string]any{"workloadRef": map[string]any{"apiVersion": "v1", "kind": "Pod", "name": ""}}}
	if errs := validation.ValidateCustomResource(nil, object, schema.validator); len(errs) == 0 {
		t.Fatal("the validator accepts anything")
	}
}
