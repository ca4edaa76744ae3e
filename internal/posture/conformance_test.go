package posture

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/daysix/daysix/internal/finding"
)

// The fixtures of Pod Security itself are the oracle: what upstream calls a violation has to be found by the check of
// ours that stands for the same rule.

// podSecurityFixtures is how many manifests the module brings in v0.37.2; an upgrade has to look at what changed.
const podSecurityFixtures = 4537

// checksByFixture maps the prefix of a fixture's file name to our checks, one of which has to find the violation.
// A name that ends in * stands for all checks that begin so.
var checksByFixture = map[string][]string{
	"allowprivilegeescalation":   {"PrivilegeEscalationAllowed"},
	"apparmorprofile":            {"AppArmorUnconfined"},
	"capabilities_baseline":      {"Capability*"},
	"capabilities_restricted":    {"CapabilitiesNotDropped", "Capability*"},
	"hostnamespaces":             {"HostPID", "HostNetwork", "HostIPC"},
	"hostpathvolumes":            {"HostPath*", "UnmountedHostPath"},
	"hostports":                  {"HostPort"},
	"hostprobesandhostlifecycle": {"HostProbe"},
	"privileged":                 {"PrivilegedContainer"},
	"procmount":                  {"UnmaskedProcMount"},
	"procmount_restricted":       {"UnmaskedProcMount"},
	"restrictedvolumes":          {"RestrictedVolumeType", "GitRepoVolume", "FlexVolume", "HostPath*", "UnmountedHostPath"},
	"runasnonroot":               {"RunAsRoot", "RunAsRootAssumed", "RunAsNonRootUnset"},
	"runasuser":                  {"RunAsRoot"},
	"seccompprofile_baseline":    {"SeccompUnconfined"},
	"seccompprofile_annotation":  {"SeccompUnset"},
	"seccompprofile_restricted":  {"SeccompUnset", "SeccompUnconfined"},
	"selinuxoptions":             {"SELinuxCustomOptions"},
	"sysctls":                    {"UnsafeSysctl"},
	"windowshostprocess":         {"WindowsHostProcess"},
}

// One subtest for each rule, and in it every level and version.
func TestPodSecurityFixtures(t *testing.T) {
	fixtures := podSecurityFixturesByRule(t)
	read := 0
	for _, list := range fixtures {
		read += len(list)
	}
	if read != podSecurityFixtures {
		t.Errorf("read %d fixtures, want %d", read, podSecurityFixtures)
	}
	engine := NewEngine()
	for rule, list := range fixtures {
		t.Run(rule, func(t *testing.T) {
			for _, f := range list {
				assertFixture(t, engine, rule, f)
			}
		})
	}
}

// The table names checks that exist: a check that is renamed must not leave a row behind that nothing can meet.
func TestPodSecurityTableNamesChecks(t *testing.T) {
	for rule, names := range checksByFixture {
		for _, name := range names {
			if !slices.ContainsFunc(Registry(), func(c Check) bool { return matchesCheck(name, c.ID) }) {
				t.Errorf("%s: there is no check %s", rule, name)
			}
		}
	}
}

// podSecurityFixture is one manifest of the module: level/version/verdict/file.yaml.
type podSecurityFixture struct {
	name           string
	level, verdict string
	pod            corev1.Pod
}

// rule is the prefix of the file's name. Before 1.19 seccomp was switched off by an annotation, which no Kubernetes
// reads since 1.27: to the clusters of today such a pod names no profile at all, and that is what has to be found.
func (f *podSecurityFixture) rule() string {
	rule := strings.TrimRight(strings.TrimSuffix(path.Base(f.name), ".yaml"), "0123456789")
	if rule == "seccompprofile_baseline" && f.verdict == "fail" {
		for key := range f.pod.Annotations {
			if strings.Contains(key, "seccomp.security.alpha.kubernetes.io/") {
				return "seccompprofile_annotation"
			}
		}
	}
	return rule
}

func assertFixture(t *testing.T, engine *Engine, rule string, f podSecurityFixture) {
	t.Helper()
	found := engine.Assess(NewPod(&f.pod.Spec, Facts{Annotations: f.pod.Annotations}))
	if f.verdict == "fail" {
		names, known := checksByFixture[rule]
		if !known {
			t.Fatalf("%s: no check stands for %q", f.name, rule)
		}
		if !slices.ContainsFunc(found, func(f finding.Finding) bool {
			return slices.ContainsFunc(names, func(name string) bool { return matchesCheck(name, f.Check) })
		}) {
			t.Errorf("%s: none of %v finds it, only\n%s", f.name, names, render(found))
		}
		return
	}
	if f.level != string(api.LevelRestricted) {
		return // Baseline lets root through, which is worse than Medium with good reason.
	}
	for i := range found {
		if found[i].Severity().Rank() >= finding.SeverityMedium.Rank() {
			t.Errorf("%s passes, but: %s", f.name, line(found[i]))
		}
	}
}

func matchesCheck(name string, id finding.CheckID) bool {
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		return strings.HasPrefix(string(id), prefix)
	}
	return name == string(id)
}

// Upstream's evaluator at the newest version and our checks agree on every fixture, whatever version it was made for:
// what a level refuses, a check of that level finds; what restricted admits, no check of a level finds.
func TestNewestPodSecurityAgrees(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	engine := NewEngine()
	levels := map[finding.CheckID]string{}
	for _, check := range engine.Checks() {
		levels[check.ID] = check.PodSecurity
	}
	for _, list := range podSecurityFixturesByRule(t) {
		for _, f := range list {
			byLevel := map[string][]finding.Finding{}
			for _, found := range engine.Assess(NewPod(&f.pod.Spec, Facts{Annotations: f.pod.Annotations})) {
				byLevel[levels[found.Check]] = append(byLevel[levels[found.Check]], found)
			}
			assertNewest(t, evaluator, f, byLevel["baseline"], byLevel["restricted"])
		}
	}
}

func assertNewest(t *testing.T, evaluator policy.Evaluator, f podSecurityFixture, baseline, restricted []finding.Finding) {
	t.Helper()
	refused := func(level api.Level) bool {
		newest := api.LevelVersion{Level: level, Version: api.LatestVersion()}
		return !policy.AggregateCheckResults(evaluator.EvaluatePod(newest, &f.pod.ObjectMeta, &f.pod.Spec)).Allowed
	}
	all := slices.Concat(baseline, restricted)
	switch {
	case refused(api.LevelBaseline) && len(baseline) == 0 && !respelled(&f.pod.Spec):
		t.Errorf("%s: baseline refuses it, no check of ours finds that", f.name)
	case refused(api.LevelRestricted) && len(all) == 0:
		t.Errorf("%s: restricted refuses it, no check of ours finds that", f.name)
	case !refused(api.LevelRestricted) && len(all) > 0 && !relaxed(&f.pod.Spec):
		t.Errorf("%s: restricted admits it, yet:\n%s", f.name, render(all))
	}
}

// Pod Security asks less of pods in a user namespace and of Windows pods; our checks name there what remains.
func relaxed(spec *corev1.PodSpec) bool {
	return isFalse(spec.HostUsers) || spec.OS != nil && spec.OS.Name == corev1.Windows
}

// Pod Security compares the names of capabilities as they are written, our checks as a runtime reads them: chown is
// refused by baseline there, and taken for CHOWN, which restricted refuses, here.
func respelled(spec *corev1.PodSpec) bool {
	found := false
	eachSecurityContext(spec, func(sc *corev1.SecurityContext) {
		if sc.Capabilities == nil {
			return
		}
		for _, name := range sc.Capabilities.Add {
			read := strings.TrimPrefix(strings.ToUpper(string(name)), "CAP_")
			found = found || read != string(name)
		}
	})
	return found
}

func podSecurityFixturesByRule(t *testing.T) map[string][]podSecurityFixture {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/pod-security-admission").Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("finding the module: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("finding the module: %v", err)
	}
	root := os.DirFS(path.Join(strings.TrimSpace(string(out)), "test", "testdata"))
	byRule := map[string][]podSecurityFixture{}
	if err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		parts := strings.Split(name, "/")
		f := podSecurityFixture{name: name, level: parts[0], verdict: parts[2]}
		if err := yaml.UnmarshalStrict(data, &f.pod); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for i := range f.pod.Spec.Volumes { // The API server makes an emptyDir of a volume that names no source.
			if v := &f.pod.Spec.Volumes[i]; v.VolumeSource == (corev1.VolumeSource{}) {
				v.EmptyDir = &corev1.EmptyDirVolumeSource{}
			}
		}
		byRule[f.rule()] = append(byRule[f.rule()], f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return byRule
}
