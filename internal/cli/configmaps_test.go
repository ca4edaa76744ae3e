package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/testing/golden"
)

func TestScanNamesTheSystemsThatConfigMapsName(t *testing.T) {
	for _, format := range scanOutputs() {
		got := run(t, "", "scan", "-f", filepath.Join("testdata", "configmaps"), "-o", format)
		if got.code != exitClean {
			t.Errorf("exit code %d: %s", got.code, got.err)
		}
		if strings.Contains(got.out+got.err, "canary") {
			t.Errorf("-o %s shows a value", format)
		}
		golden.Compare(t, filepath.Join("testdata", "configmaps.notes.golden"), got.err)
		if format == outputJSON {
			golden.Compare(t, filepath.Join("testdata", "configmaps.json.golden"), got.out)
		}
	}
}

func TestExplainShowsNoValueOfAConfigMap(t *testing.T) {
	got := run(t, "", "explain", "pod/app", "-n", "shop", "-f", filepath.Join("testdata", "configmaps"), "-o", "json")
	if got.code != exitClean || strings.Contains(got.out+got.err, "canary") || !strings.Contains(got.out, "db.example.com:5432") {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
}

const (
	podWithConfigMap = `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"shop"},"spec":{"containers":[{` +
		`"name":"a","image":"b","env":[{"name":"DB","valueFrom":{"configMapKeyRef":{"name":"settings","key":"db"}}}]}]}}]}`
	listOfConfigMaps = `{"kind":"ConfigMapList","apiVersion":"v1","items":[{"metadata":{"name":"settings","namespace":"shop"},` +
		`"data":{"db":"mysql://app:canary@db.example.com/canary"}}]}`
)

func TestConfigMapsOfALiveCluster(t *testing.T) {
	const pod = `{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a","namespace":"shop"},"spec":{"containers":[{"name":"a"}]}}]}`
	const named = " Its configuration names db.example.com:3306 (MySQL)."
	for name, test := range map[string]struct {
		verb            []string
		pods            string
		refused, asked  bool
		wantErr, inText string
	}{
		"a scan reads them":  {verb: []string{"scan", "-o", "json"}, pods: podWithConfigMap, asked: true, inText: named},
		"explain reads them": {verb: []string{"explain", "a", "-o", "json"}, pods: podWithConfigMap, asked: true, inText: named},
		"that they may not be read is told": {
			verb: []string{"scan", "-o", "json"}, pods: podWithConfigMap, refused: true, asked: true, inText: "to systems outside of the cluster.\"",
			wantErr: "Note: configmaps cannot be read (Forbidden): hosts that they name for the environment of pods are not reported.\n",
		},
		"nobody asks where no pod takes from one": {verb: []string{"scan", "-o", "json"}, pods: pod},
		"other verbs print no hosts, and do not ask": {
			verb: []string{"graph"}, pods: podWithConfigMap,
			wantErr: "Note: No path was found in what was read. The verb explain tells which answers are Conditional or Unknown.\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked := false
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				body := `{"items":[]}`
				switch r.URL.Path {
				case "/api/v1/pods":
					body = test.pods
				case "/api/v1/configmaps":
					asked, body = true, listOfConfigMaps
					if selector := r.URL.Query().Get("fieldSelector"); selector != "metadata.name!=kube-root-ca.crt" {
						t.Errorf("ConfigMaps are selected by %q", selector)
					}
					if test.refused {
						w.WriteHeader(http.StatusForbidden)
						body = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403}`
					}
				}
				if _, err := io.WriteString(w, body); err != nil {
					t.Error(err)
				}
			}))
			t.Cleanup(server.Close)
			got := run(t, "", append(test.verb, "--server", server.URL, "-n", "shop")...)
			if diff := cmp.Diff(test.wantErr, got.err); diff != "" || got.code != exitClean || asked != test.asked {
				t.Errorf("exit code %d, asked %v, notes (-want +got):\n%s", got.code, asked, diff)
			}
			if !strings.Contains(got.out, test.inText) || strings.Contains(got.out, "canary") {
				t.Errorf("%q is not in, or a value is: %s", test.inText, got.out)
			}
		})
	}
}
