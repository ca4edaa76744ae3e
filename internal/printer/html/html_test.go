package html

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// nasty would end a script, a comment or an attribute, or turn the direction of writing.
const nasty = "</script><!--<script>\"'&\u2028\u202e\x1b[2J\xff"

// nastyReport is a report that says nasty wherever a manifest or a cluster has a say.
func nastyReport() *daysixv1alpha1.PodSecurityReport {
	r := &daysixv1alpha1.PodSecurityReport{}
	r.Namespace = nasty
	r.Spec.WorkloadRef = daysixv1alpha1.WorkloadReference{APIVersion: nasty, Kind: nasty, Name: nasty}
	refusal := daysixv1alpha1.Refusal{Kind: nasty, Name: nasty, Binding: nasty, Message: nasty, Fields: []string{nasty}}
	r.Status = daysixv1alpha1.PodSecurityReportStatus{
		ScoreModel: nasty, Severity: nasty, UnacceptedSeverity: nasty, Reach: nasty, Exposure: nasty, Priority: nasty, ServiceAccountName: nasty,
		TopFix: &daysixv1alpha1.TopFix{Check: nasty, Change: nasty},
		Answers: []daysixv1alpha1.Answer{{
			Question: nasty, Answer: nasty, Reason: nasty, Summary: nasty, Reached: &daysixv1alpha1.Reached{Pods: nasty},
			Evidence: []daysixv1alpha1.Evidence{{Check: nasty, Field: nasty, Value: nasty}},
			Path:     []daysixv1alpha1.PathStep{{From: nasty, To: nasty, Why: nasty}},
		}},
		Findings: []daysixv1alpha1.Finding{{
			Check: nasty, Severity: nasty, Container: nasty, Field: nasty, Value: nasty, Message: nasty, Condition: nasty, Remediation: nasty,
			AcceptedBy: nasty,
		}},
		ScoreBreakdown: []daysixv1alpha1.ScorePart{{Class: nasty, Check: nasty}},
		Restart: daysixv1alpha1.Restart{
			Verdict: nasty, Reason: nasty, Message: nasty, Live: nasty, Differs: []string{nasty}, RefusedBy: []daysixv1alpha1.Refusal{refusal},
			Forecast: []daysixv1alpha1.Refusal{refusal}, NotAsked: []daysixv1alpha1.NotAsked{{Reason: nasty, Kind: nasty, Name: nasty, Message: nasty}},
		},
		Conditions: []daysixv1alpha1.Condition{{Type: daysixv1alpha1.ConditionComplete, Status: nasty, Reason: nasty, Message: nasty}},
		Pods: daysixv1alpha1.PodCounts{
			Worst: nasty, Divergent: []daysixv1alpha1.DivergentPod{{Name: nasty, OnlyHere: []string{nasty}, NotHere: []string{nasty}}},
		},
	}
	return r
}

func write(t *testing.T, source *Source, reports ...*daysixv1alpha1.PodSecurityReport) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, reports, source); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNoNameBecomesMarkup(t *testing.T) {
	plain, hostile := write(t, &Source{Name: "a"}), write(t, &Source{Name: nasty, Scope: nasty}, nastyReport())
	block := regexp.MustCompile(`(?s)(<script type="application/json" id="data">)(.*?)(</script>)`)
	if diff := cmp.Diff(block.ReplaceAllString(plain, "$1$3"), block.ReplaceAllString(hostile, "$1$3")); diff != "" {
		t.Errorf("outside of the data the page differs (-plain +hostile):\n%s", diff)
	}
	data := block.FindStringSubmatch(hostile)[2]
	if strings.ContainsAny(data, "<>&\u2028\u202e\x1b") {
		t.Errorf("the data hold markup: %s", data)
	}
	var d document
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		t.Fatal(err)
	}
	// One text, told once, in which nothing is lost.
	want := []string{"", `</script><!--<script>"'&\u2028\u202e\x1b[2J\xff`, "Complete"}
	if diff := cmp.Diff(want, d.Texts); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
	if d.Source != want[1] || d.Scope != want[1] || d.ScoreModel != want[1] {
		t.Errorf("source %q, scope %q, model %q", d.Source, d.Scope, d.ScoreModel)
	}
}

func TestThePolicyAllowsThePageItselfAndNothingElse(t *testing.T) {
	page := write(t, &Source{})
	style := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindStringSubmatch(page)[1]
	script := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindStringSubmatch(page)[1]
	want := "default-src 'none'; style-src " + hashOf(style) + "; script-src " + hashOf(script) +
		"; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
	if !strings.Contains(page, `<meta http-equiv="Content-Security-Policy" content="`+want+`">`) {
		t.Errorf("the page does not have the policy %s", want)
	}
	sent, err := Policy()
	if err != nil || sent != want+"; frame-ancestors 'none'" {
		t.Errorf("a server sends %s (%v)", sent, err)
	}
	if found := regexp.MustCompile(`(?i)\b(src|srcset|@import|url)\s*[=(]["']?https?:|<link|innerHTML|insertAdjacent|document\.write|\beval\b`).
		FindString(page); found != "" {
		t.Errorf("the page holds %q", found)
	}
}

func TestEveryPartOfThePageIsInIt(t *testing.T) {
	entries, err := assets.ReadDir("assets")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	listed := slices.Concat([]string{"page.html"}, styles[:], modules[:])
	slices.Sort(listed)
	if diff := cmp.Diff(found, listed); diff != "" {
		t.Errorf("(-assets +listed):\n%s", diff)
	}
	imports := regexp.MustCompile(`(?m)^import .* from "\./(.+)";$`)
	for i, name := range modules {
		text, err := assets.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range imports.FindAllStringSubmatch(string(text), -1) {
			if at := slices.Index(modules[:], m[1]); at < 0 || at >= i {
				t.Errorf("%s imports %s, which does not stand above it", name, m[1])
			}
		}
	}
	if page := write(t, &Source{}); regexp.MustCompile(`(?m)^(import|export) `).MatchString(page) {
		t.Error("the page imports or exports")
	}
}

func TestTheSameReportsGiveTheSamePage(t *testing.T) {
	named := func(name string, score int32) *daysixv1alpha1.PodSecurityReport {
		r := &daysixv1alpha1.PodSecurityReport{}
		r.Namespace, r.Spec.WorkloadRef.Name, r.Status.Score = "shop", name, score
		return r
	}
	source := &Source{Name: "a", Read: time.Date(2026, 11, 24, 18, 5, 9, 0, time.UTC)}
	first := write(t, source, named("a", 1), named("b", 99), named("c", 99))
	if second := write(t, source, named("c", 99), named("a", 1), named("b", 99)); first != second {
		t.Error("the order of the reports changes the page")
	}
	if !strings.Contains(first, `"read":"2026-11-24 18:05 UTC"`) {
		t.Error("the page does not say when the cluster was read")
	}
}

func BenchmarkWrite(b *testing.B) {
	reports := []*daysixv1alpha1.PodSecurityReport{}
	for range 100 {
		reports = append(reports, nastyReport())
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(&bytes.Buffer{}, reports, &Source{}); err != nil {
			b.Fatal(err)
		}
	}
}
