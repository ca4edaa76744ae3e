package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/testing/golden"
)

func TestGoldenDrain(t *testing.T) {
	for name, args := range map[string][]string{"one": {"worker-1"}, "selected": {"-l", "disk=fast"}, "all": {"control-1", "spare", "worker-1", "node/worker-2"}} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{outputTable, outputWide, outputJSON} {
				got := run(t, "", append([]string{"drain", "-f", filepath.Join("testdata", "drain"), "-o", format}, args...)...)
				if got.code != exitFound {
					t.Errorf("exit code %d: %s", got.code, got.err)
				}
				golden.Compare(t, filepath.Join("testdata", "drain."+name+"."+format+".golden"), got.out)
				golden.Compare(t, filepath.Join("testdata", "drain."+name+".notes.golden"), got.err)
			}
		})
	}
}

func TestATableFitsATerminal(t *testing.T) {
	got := run(t, "", "drain", "-f", filepath.Join("testdata", "drain"), "worker-1")
	for line := range strings.Lines(got.out) {
		if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > 80 {
			t.Errorf("%d columns: %s", width, line)
		}
	}
}

func TestDrainInYAMLSaysWhatJSONSays(t *testing.T) {
	args := []string{"drain", "worker-1", "-f", "testdata/drain", "-o"}
	asJSON, asYAML := run(t, "", append(args, outputJSON)...), run(t, "", append(args, outputYAML)...)
	converted, err := yaml.YAMLToJSON([]byte(asYAML.out))
	if err != nil {
		t.Fatal(err)
	}
	var a, b drain.Result
	for text, into := range map[string]*drain.Result{asJSON.out: &a, string(converted): &b} {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(a, b); diff != "" || a.Pods.Total == 0 {
		t.Errorf("(-json +yaml):\n%s", diff)
	}
}

func TestADrainThatLosesNothing(t *testing.T) {
	got := run(t, "", "drain", "spare", "-f", "testdata/drain")
	want := "Note: " + ordinaryCluster + "\nNote: No pods run on spare.\n"
	if got.code != exitClean || got.out != "" || got.err != want {
		t.Errorf("exit code %d, output %q, errors %q", got.code, got.out, got.err)
	}
}

func TestBadUsageOfDrain(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no node", []string{}, "say which nodes: NODE..., or --selector LABELS"},
		{"an empty name", []string{""}, "the name of a node must not be empty"},
		{"nodes and labels", []string{"worker-1", "-l", "disk=fast"}, `unexpected argument "worker-1": --selector says which nodes`},
		{"no labels", []string{"-l", "disk in"}, `--selector "disk in": unable to parse requirement`},
		{"labels that no node has", []string{"-l", "disk=slow"}, `--selector "disk=slow": no node has these labels`},
		{"nodes that are not there", []string{"worker-1", "worker-9", "worker-8"}, "there is no such node: worker-9, worker-8"},
		{"a format", []string{"worker-1", "-o", "sarif"}, `--output "sarif": must be one of table, wide, json, yaml`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"drain", "-f", "testdata/drain"}, test.args...)...)
			if got.code != exitError || got.out != "" || !strings.Contains(got.err, "Error: "+test.want) {
				t.Errorf("exit code %d, output %q, errors %q", got.code, got.out, got.err)
			}
		})
	}
}

func TestEscapeSequencesOfADrainDoNotReachTheTerminal(t *testing.T) {
	const manifest = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a\u001b[2J","namespace":"\u202egnp","labels":{"a":"b"}},` +
		`"spec":{"nodeName":"n\u0007","containers":[]}}` +
		`{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b\r","namespace":"\u202egnp"},` +
		`"spec":{"selector":{"matchLabels":{"a":"b"}},"maxUnavailable":0}}`
	for _, format := range []string{outputTable, outputWide} {
		got := run(t, manifest, "drain", "n\a", "-f", "-", "-o", format)
		if got.code != exitFound || strings.ContainsAny(got.out+got.err, "\x1b\x07\r\u202e") || !strings.Contains(got.out, `\u202egnp  Pod/a\x1b[2J`) {
			t.Errorf("exit code %d: %q %q", got.code, got.out, got.err)
		}
	}
}

// nodeServer serves two nodes, one of which runs a bare pod, and refuses the resources that are named.
func nodeServer(t *testing.T, refused ...string) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body := `{"items":[]}`
		switch r.URL.Path {
		case "/api/v1/pods", "/api/v1/namespaces/shop/pods":
			body = `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"shop"},` +
				`"spec":{"nodeName":"worker-1","containers":[{"name":"a","image":"b"}]}}]}`
		case "/version":
			body = `{"major":"1","minor":"37"}`
		case "/api/v1/namespaces":
			body = `{"kind":"NamespaceList","apiVersion":"v1","items":[{"metadata":{"name":"shop"}}]}`
		case "/api/v1/serviceaccounts", "/api/v1/namespaces/shop/serviceaccounts":
			body = `{"kind":"ServiceAccountList","apiVersion":"v1","items":[{"metadata":{"name":"default","namespace":"shop"}}]}`
		case "/api/v1/nodes":
			body = `{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"worker-1"}},{"metadata":{"name":"worker-2"}}]}`
			if strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadataList") {
				body = strings.NewReplacer("NodeList", "PartialObjectMetadataList", `"v1"`, `"meta.k8s.io/v1"`).Replace(body)
			}
		}
		for _, resource := range refused {
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

func TestALiveDrain(t *testing.T) {
	const lost = "FATE  NAMESPACE  WORKLOAD  PODS  LEFT  WHY\nLost  shop       Pod/a     1     0/1   BarePod\n"
	const noted = "Note: kubectl drain asks for --force here.\n" +
		"Note: Pods that would not come back: 1 (0 refused, 1 that nobody creates again).\n"
	for _, test := range []struct {
		name              string
		args, refused     []string
		code              int
		wantOut, wantNote string
	}{
		{"all namespaces are read", []string{"worker-1"}, nil, exitFound, lost, noted},
		{"a node without pods", []string{"worker-2"}, nil, exitClean, "", "Note: No pods run on worker-2.\n"},
		{
			"one namespace",
			[]string{"worker-1", "-n", "shop"},
			[]string{"api/v1/pods"},
			exitFound, lost,
			"Note: Only pods of the namespace shop were looked at. A drain takes those of all namespaces.\n" + noted,
		},
		{
			"budgets that may not be read",
			[]string{"worker-1"},
			[]string{"poddisruptionbudgets"},
			exitFound, lost,
			"Note: poddisruptionbudgets cannot be read (Forbidden): what would block or delay the drain is not known.\n" + noted,
		},
		{
			"nodes that may not be read are known by their pods",
			[]string{"worker-1"},
			[]string{"nodes"},
			exitFound, lost,
			"Note: nodes cannot be read (Forbidden): answers that need them are Unknown.\n" + noted,
		},
		{"a node that is not there", []string{"worker-9"}, nil, exitError, "", "Error: there is no such node: worker-9\n"},
		{
			"pods that may not be read",
			[]string{"worker-1"},
			[]string{"pods"},
			exitError, "",
			"Error: pods cannot be read (Forbidden)\nNote: No pods run on worker-1.\n" +
				"Error: what could not be read is missing in the result; errors: 1\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"drain", "--server", nodeServer(t, test.refused...)}, test.args...)...)
			if diff := cmp.Diff(outcome{test.code, test.wantOut, test.wantNote}, got, cmp.AllowUnexported(outcome{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNodesAreCompleted(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"of a cluster", []string{"--server", nodeServer(t), ""}, "worker-1\nworker-2\n:4\n"},
		{"those that are not named yet", []string{"--server", nodeServer(t), "worker-1", "w"}, "worker-2\n:4\n"},
		{"of files", []string{"-f", "testdata/drain", "s"}, "spare\n:4\n"},
		{"of a cluster that does not answer", []string{"--server", nodeServer(t, "nodes"), ""}, ":1\n"},
		{"formats", []string{"-o", "w"}, "table\nwide\njson\nyaml\n:4\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, "", append([]string{"__complete", "drain"}, test.args...)...)
			if diff := cmp.Diff(test.want, got.out); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProgressIsToldOfALargeClusterOnATerminal(t *testing.T) {
	var b strings.Builder
	p := &progress{w: &b}
	p.begin("Objects read")
	for range progressFrom + progressEvery {
		p.step()
	}
	p.begin("Workloads judged")
	for range progressFrom - 1 {
		p.step()
	}
	p.end()
	want := fmt.Sprintf("%[1]sObjects read: 5000%[1]sObjects read: 5500%[1]s", clearLine)
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if quiet := newProgress(&b); quiet.w != nil {
		t.Error("a pipe is taken for a terminal")
	}
}
