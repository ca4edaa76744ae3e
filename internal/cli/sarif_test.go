package cli

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// hostileScan holds names that would do something to a terminal, a page or a format if they were not told as text.
const hostileScan = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a\u001b[2J</script><script>","namespace":"\u202egnp\"'&<b>"},` +
	`"spec":{"template":{"spec":{"hostPID":true,"containers":[{"name":"javascript:alert(1)","image":"x]]>\u0000\u0085","securityContext":{"privileged":true}}]}}}}`

// sarifOutput is what tests read of a log.
type sarifOutput struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID      string `json:"id"`
					HelpURI string `json:"helpUri"`
				} `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Results []struct {
			RuleID    string `json:"ruleId"`
			RuleIndex int    `json:"ruleIndex"`
			Level     string `json:"level"`
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct {
						URI string `json:"uri"`
					} `json:"artifactLocation"`
					Region struct {
						StartLine int `json:"startLine"`
					} `json:"region"`
				} `json:"physicalLocation"`
				LogicalLocations []struct {
					FullyQualifiedName string `json:"fullyQualifiedName"`
				} `json:"logicalLocations"`
			} `json:"locations"`
			PartialFingerprints map[string]string `json:"partialFingerprints"`
		} `json:"results"`
	} `json:"runs"`
}

// scanSARIF scans, holds the output against the schema and returns it.
func scanSARIF(t *testing.T, stdin string, args ...string) (log sarifOutput, text string) {
	t.Helper()
	got := run(t, stdin, append([]string{"scan", "-o", "sarif"}, args...)...)
	if got.code != exitClean {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile(filepath.Join("testdata", "sarif", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(got.out))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("it is not valid: %v", err)
	}
	if err := json.Unmarshal([]byte(got.out), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 {
		t.Fatalf("%d runs", len(log.Runs))
	}
	return log, got.out
}

func TestSARIFIsValidForWhateverIsScanned(t *testing.T) {
	for name, stdin := range map[string]string{"nothing": "", "hostile names": hostileScan} {
		t.Run(name, func(t *testing.T) {
			_, text := scanSARIF(t, stdin, "-f", "-")
			if strings.ContainsAny(text, "\u202e\x00\u0085") || strings.Contains(text, `\u001b`) {
				t.Errorf("control characters: %q", text)
			}
		})
	}
	for _, directory := range []string{"shop", "attack", "drain", "reach"} {
		t.Run(directory, func(t *testing.T) { scanSARIF(t, "", "-f", filepath.Join("testdata", directory)) })
	}
}

func TestSARIFResultsNameFileAndLine(t *testing.T) {
	log, _ := scanSARIF(t, "", "-f", "testdata/shop/agent.yaml")
	got := map[string]int{}
	for _, r := range log.Runs[0].Results {
		place := r.Locations[0].PhysicalLocation
		if place.ArtifactLocation.URI != "testdata/shop/agent.yaml" {
			t.Errorf("%s is in %q", r.RuleID, place.ArtifactLocation.URI)
		}
		got[r.RuleID] = place.Region.StartLine
		if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID || !strings.HasSuffix(rule.HelpURI, "/"+rule.ID+".md") {
			t.Errorf("the rule of %s is %+v", r.RuleID, rule)
		}
	}
	for check, line := range map[string]int{"PrivilegedContainer": 17, "ImageNotPinned": 15, "ResourceLimitsMissing": 14, "NetworkReachesOutside": 1} {
		if got[check] != line {
			t.Errorf("%s is in line %d, want %d", check, got[check], line)
		}
	}
	log, _ = scanSARIF(t, hostileScan, "-f", "-")
	if place := log.Runs[0].Results[0].Locations[0]; place.PhysicalLocation.ArtifactLocation.URI != "" ||
		place.LogicalLocations[0].FullyQualifiedName != `\u202egnp"'&<b>/Deployment/a\x1b[2J</script><script>/javascript:alert(1)` {
		t.Errorf("of the standard input: %+v", place)
	}
}

// Lines move, and so do files; a finding stays the one that it was.
func TestSARIFFingerprintsOutliveAMove(t *testing.T) {
	manifest := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: b\n    image: c\n"
	prints := func(text string) []string {
		log, _ := scanSARIF(t, text, "-f", "-")
		seen := map[string]bool{}
		for _, r := range log.Runs[0].Results {
			seen[r.PartialFingerprints["daysixFinding/v1"]] = true
		}
		if len(seen) != len(log.Runs[0].Results) {
			t.Errorf("%d fingerprints of %d results", len(seen), len(log.Runs[0].Results))
		}
		return slices.Sorted(maps.Keys(seen))
	}
	if diff := cmp.Diff(prints(manifest), prints("# moved\n\n---\n"+manifest)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestSARIFLevelsFollowTheSeverity(t *testing.T) {
	log, _ := scanSARIF(t, "", "-f", "testdata/shop")
	got := map[string]string{}
	for _, r := range log.Runs[0].Results {
		got[r.Locations[0].LogicalLocations[0].FullyQualifiedName+" "+r.RuleID] = r.Level
	}
	want := map[string]string{
		"monitoring/DaemonSet/agent/agent PrivilegedContainer": "error",
		"shop/CronJob/nightly/dump PrivilegedContainer":        "warning",
		"default/Pod/toolbox NetworkReachesOtherNamespaces":    "note",
	}
	for key, level := range want {
		if got[key] != level {
			t.Errorf("%s is %q, want %q", key, got[key], level)
		}
	}
}
