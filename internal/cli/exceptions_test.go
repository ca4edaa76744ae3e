package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/golden"
)

// at is when the commands of these tests run.
var at = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// runAt runs a verb that reads a clock.
func runAt(t *testing.T, verb func(genericiooptions.IOStreams, clock.PassiveClock) *cobra.Command, stdin string, args ...string) outcome {
	t.Helper()
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	streams, in, out, errOut := genericiooptions.NewTestIOStreams()
	in.WriteString(stdin)
	cmd := verb(streams, clocktesting.NewFakePassiveClock(at))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	if err != nil {
		complain(errOut, err)
	}
	return outcome{code: exitCode(err), out: out.String(), err: errOut.String()}
}

// serving serves bodies by path, refuses where there is none of them to be told, and does not know any other path.
func serving(t *testing.T, bodies map[string]string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body, known := bodies[r.URL.Path]
		switch {
		case !known:
			w.WriteHeader(http.StatusNotFound)
			body = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`
		case body == "":
			w.WriteHeader(http.StatusForbidden)
			body = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","message":"they are secret","code":403}`
		}
		if _, err := io.WriteString(w, body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func fits(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 80 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
}

func TestGoldenExceptions(t *testing.T) {
	for _, format := range tableOutputs() {
		got := runAt(t, newExceptionsCommand, "", "-f", filepath.Join("testdata", "exceptions"), "-o", format)
		if got.code != exitClean {
			t.Errorf("exit code %d: %s", got.code, got.err)
		}
		golden.Compare(t, filepath.Join("testdata", "exceptions."+format+".golden"), got.out)
		golden.Compare(t, filepath.Join("testdata", "exceptions.notes.golden"), got.err)
		if format == outputTable {
			fits(t, got.out)
		}
	}
}

func TestExceptionsFailOnStates(t *testing.T) {
	for states, want := range map[string]outcome{
		"expired":       {code: exitFound, err: "Error: Exceptions: 1 expired.\n"},
		"inert,expired": {code: exitFound, err: "Error: Exceptions: 1 expired, 2 inert.\n"},
		"active":        {code: exitError, err: "Error: --fail-on \"active\": must be one of expired, inert\n"},
	} {
		got := runAt(t, newExceptionsCommand, "", "-f", filepath.Join("testdata", "exceptions"), "--fail-on", states)
		if got.code != want.code || !strings.HasSuffix(got.err, want.err) {
			t.Errorf("%s: exit code %d: %s", states, got.code, got.err)
		}
	}
}

const exceptionsPath = "/apis/daysix.dev/v1alpha1/auditexceptions"

func TestExceptionsOfACluster(t *testing.T) {
	const list = `{"items":[
		{"metadata":{"name":"active","generation":2},"spec":{"reason":"It must.","checks":["HostPID"],"namespaceSelector":{}},
		 "status":{"observedGeneration":2,"matchedWorkloads":7,"conditions":[{"type":"Active","status":"True","reason":"Accepting"}]}},
		{"metadata":{"name":"changed","generation":3},"spec":{"reason":"It must.","checks":["HostPID"],"namespaceSelector":{}},
		 "status":{"observedGeneration":2,"matchedWorkloads":7,"conditions":[{"type":"Active","status":"True","reason":"Accepting"}]}},
		{"metadata":{"name":"over","generation":1},"spec":{"reason":"It did.","checks":["HostPID"],"namespaceSelector":{},"expiresAt":"2026-11-24T10:30:00Z"}}
	]}`
	got := runAt(t, newExceptionsCommand, "", "--server", serving(t, map[string]string{exceptionsPath: list}), "--fail-on", "expired")
	want := outcome{exitFound, "NAME     STATE    WORKLOADS  EXPIRES         WHY\n" +
		"active   active   7          never           It must.\n" +
		"changed  unknown  -          never           It must.\n" +
		"over     expired  -          90 minutes ago  It did.\n", "Error: Exceptions: 1 expired.\n"}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(outcome{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, test := range map[string]struct {
		bodies map[string]string
		want   string
	}{
		"not installed": {nil, "Error: the cluster serves no auditexceptions: Daysix is not installed there\n"},
		"forbidden":     {map[string]string{exceptionsPath: ""}, "Error: listing auditexceptions: they are secret\n"},
	} {
		if got := runAt(t, newExceptionsCommand, "", "--server", serving(t, test.bodies)); got.code != exitError || got.err != test.want {
			t.Errorf("%s: exit code %d: %q", name, got.code, got.err)
		}
	}
}

func TestAScanKnowsWhatIsAccepted(t *testing.T) {
	list, notes := scanJSON(t, exitClean, "", "-f", filepath.Join("testdata", "exceptions"))
	got := map[string]string{}
	for i := range list.Items {
		s := &list.Items[i].Status
		got[list.Items[i].Name] = string(s.Severity) + " " + string(s.UnacceptedSeverity)
		for _, f := range s.Findings {
			if f.AcceptedBy != "" {
				got[list.Items[i].Name] += " " + f.Check + " by " + f.AcceptedBy
			}
		}
	}
	want := map[string]string{
		"daemonset-log-agent": "Low Low HostPathLogs by log-collectors ImageNotPinned by misspelt",
		"deployment-tool":     "High High ImageNotPinned by misspelt",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, note := range []string{
		"Note: AuditException misspelt: there is no such check: HostPathLog.\n",
		"Note: AuditException privileged-tool: it ended at 2020-01-01T00:00:00Z.\n",
	} {
		if !strings.Contains(notes, note) {
			t.Errorf("no %q in %s", note, notes)
		}
	}
}

func TestALiveScanReadsExceptionsWhereItMay(t *testing.T) {
	if _, notes := scanJSON(t, exitClean, "", "--server", refusing(t, "auditexceptions"), "-n", "shop"); notes !=
		"Note: auditexceptions cannot be read (Forbidden): what they accept counts.\n" {
		t.Errorf("notes: %s", notes)
	}
}

func TestExceptionsAsAList(t *testing.T) {
	got := runAt(t, newExceptionsCommand, "", "-f", filepath.Join("testdata", "exceptions"), "-o", "json")
	var list struct {
		APIVersion, Kind string
		Items            []daysixv1alpha1.AuditException
	}
	if err := json.Unmarshal([]byte(got.out), &list); err != nil {
		t.Fatal(err)
	}
	if list.APIVersion != "v1" || list.Kind != "List" || len(list.Items) != 4 || list.Items[0].Kind != "AuditException" {
		t.Errorf("a %s %s of %d", list.APIVersion, list.Kind, len(list.Items))
	}
}
