package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// refusing serves one privileged pod in the namespace shop and refuses the resources that are named.
func refusing(t *testing.T, resources ...string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"items":[]}`
		if r.URL.Path == "/api/v1/pods" || r.URL.Path == "/api/v1/namespaces/shop/pods" {
			body = `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"shop"},` +
				`"spec":{"containers":[{"name":"a","image":"b","securityContext":{"privileged":true}}]}}]}`
		}
		for _, resource := range resources {
			if strings.HasSuffix(r.URL.Path, "/"+resource) {
				w.WriteHeader(http.StatusForbidden)
				body = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`
			}
		}
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestALiveScan(t *testing.T) {
	for _, test := range []struct {
		name     string
		refused  []string
		wantCode int
		want     []string
		wantErr  string
	}{
		{
			name: "all is read", wantCode: exitFound, want: []string{"shop/pod-a"},
			wantErr: "Note: Workloads of severity High or worse: 1.\n",
		},
		{
			name: "a source that is refused is told, the others go on", refused: []string{"nodes"}, wantCode: exitFound,
			want: []string{"shop/pod-a"},
			wantErr: "Note: nodes cannot be read (Forbidden): answers that need them are Unknown.\n" +
				"Note: Workloads of severity High or worse: 1.\n",
		},
		{
			name: "the pods of one namespace may be seen", refused: []string{"v1/pods"}, wantCode: exitFound,
			want: []string{"shop/pod-a"},
			wantErr: "Note: Pods of other namespaces cannot be read (Forbidden): answers that may lead through them are Unknown.\n" +
				"Note: Workloads of severity High or worse: 1.\n",
		},
		{
			name: "a scan that may not see pods is not clean", refused: []string{"pods"}, wantCode: exitError, want: []string{},
			wantErr: "Error: pods cannot be read (Forbidden)\n" +
				"Note: Pods of other namespaces cannot be read (Forbidden): answers that may lead through them are Unknown.\n" +
				"Note: No workloads found.\n" +
				"Error: what could not be read is missing in the result; errors: 1\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, notes := scanJSON(t, test.wantCode, "", "--server", refusing(t, test.refused...), "-n", "shop", "--fail-on", "High")
			if diff := cmp.Diff(test.want, names(list)); diff != "" {
				t.Errorf("reports (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.wantErr, notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPageOfAClusterSaysWhenItWasReadAndWhatIsMissing(t *testing.T) {
	got := run(t, "", "report", "--server", refusing(t, "nodes"), "-n", "shop")
	if got.code != exitClean {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	data := regexp.MustCompile(`(?s) id="data">(.*?)</script>`).FindStringSubmatch(got.out)[1]
	var page struct {
		Source, Scope, Read string
		Texts               []string
		Missing             []struct{ Text, Workloads int }
	}
	if err := json.Unmarshal([]byte(data), &page); err != nil {
		t.Fatal(err)
	}
	if page.Source != "Cluster" || page.Scope != "namespace shop" {
		t.Errorf("it is about %q, %q", page.Source, page.Scope)
	}
	if _, err := time.Parse("2006-01-02 15:04 UTC", page.Read); err != nil {
		t.Error(err)
	}
	if len(page.Missing) != 1 || page.Missing[0].Workloads != 1 || page.Texts[page.Missing[0].Text] != "Not readable: nodes (Forbidden)." {
		t.Errorf("missing: %+v", page.Missing)
	}
}
