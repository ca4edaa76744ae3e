package browser

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/cli"
	"github.com/daysix/daysix/internal/printer/html"
)

// kept writes the page of a small cluster in which Daysix keeps reports, so that it is known since when: of the first workload
// everything is an hour older than of the next one, and of the last nothing is known.
func kept(t *testing.T) string {
	t.Helper()
	streams, _, out, said := genericiooptions.NewTestIOStreams()
	if code := cli.Run(t.Context(), streams, []string{"scan", "-f", attack, "-o", "json"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, said)
	}
	var list daysixv1alpha1.PodSecurityReportList
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	reports := make([]*daysixv1alpha1.PodSecurityReport, len(list.Items))
	for i := range list.Items {
		reports[i] = &list.Items[i]
		s, at := &list.Items[i].Status, func(minute int) metav1.Time {
			return metav1.NewTime(time.Date(2026, 11, 24, 10+i, minute, 0, 0, time.UTC))
		}
		if i == len(list.Items)-1 {
			continue
		}
		s.SeveritySince, s.Restart.VerdictSince = at(1), at(2)
		for j := range s.Findings {
			s.Findings[j].Since = at(3)
		}
	}
	var page bytes.Buffer
	if err := html.Write(&page, reports, &html.Source{Name: "kept"}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, page.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAPageOfReportsThatAreKeptSaysSinceWhen(t *testing.T) {
	const times = `[...document.querySelectorAll("tbody tr")].map((row) => row.cells[9].textContent).join(", ")`
	p := open(t, "file://"+kept(t)+"#/workloads", screen{1600, 900, "light"})
	shows(p, `document.querySelector("th:nth-child(10)").innerText`, "Since")
	click := func() {
		js[bool](p, `[...document.querySelectorAll("th button")].find((b) => b.textContent === "Since").click() || true`)
	}
	click()
	const newest = "2026-11-24 12:01 UTC, 2026-11-24 11:01 UTC, 2026-11-24 10:01 UTC, –"
	shows(p, times, newest)
	click()
	words := strings.Split(newest, ", ")
	shows(p, times, strings.Join([]string{words[3], words[2], words[1], words[0]}, ", "))

	js[bool](p, `document.querySelector("tbody tr:nth-child(2) a").click() || true`)
	p.until(`!!document.querySelector("ul.findings")`)
	body := js[string](p, `document.body.innerText`)
	for _, part := range []string{"since 2026-11-24 10:01 UTC", "observed since 2026-11-24 10:02 UTC", "since 2026-11-24 10:03 UTC"} {
		if !strings.Contains(body, part) {
			t.Errorf("the page of the workload does not say %q", part)
		}
	}
}

func TestAPageThatDoesNotKnowSinceWhenHasNoSuchColumn(t *testing.T) {
	p := open(t, "file://"+report(t, "", "-f", attack)+"#/workloads", desktop)
	shows(p, `document.querySelector("thead").textContent.includes("Since")`, false)
	js[bool](p, `document.querySelector("tbody a").click() || true`)
	p.until(`!!document.querySelector("ul.findings")`)
	shows(p, `document.querySelector("main").innerText.includes("since 2026-11-24")`, false)
}
