package podsecurity

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/utils/ptr"
)

// exported leaves out of a comparison what a Standard keeps for itself.
var exported = cmpopts.IgnoreUnexported(Standard{}, Namespace{})

func TestNamespace(t *testing.T) {
	privileged := func(mode Mode) Standard {
		return Standard{Mode: mode, Level: "privileged", Version: "latest", LevelFrom: FromDefault, VersionFrom: FromDefault}
	}
	tests := []struct {
		name     string
		settings Settings
		labels   map[string]string
		want     Namespace
	}{
		{
			"A namespace without labels is privileged",
			Settings{Minor: 37},
			nil,
			Namespace{Enforce: privileged(Enforce), Audit: privileged(Audit), Warn: privileged(Warn)},
		},
		{
			"Warn follows enforce where it has no label of its own",
			Settings{Minor: 36},
			map[string]string{api.EnforceLevelLabel: "baseline", api.EnforceVersionLabel: "v1.30"},
			Namespace{
				Enforce: Standard{Mode: Enforce, Level: "baseline", Version: "v1.30", Evaluated: "v1.30", LevelFrom: FromLabel, VersionFrom: FromLabel},
				Audit:   privileged(Audit),
				Warn:    Standard{Mode: Warn, Level: "baseline", Version: "v1.30", Evaluated: "v1.30", LevelFrom: FromEnforce, VersionFrom: FromEnforce},
			},
		},
		{
			"Latest means the version of the API server",
			Settings{Minor: 36, Defaults: Defaults{Enforce: "restricted"}},
			map[string]string{api.WarnLevelLabel: "privileged"},
			Namespace{
				Enforce: Standard{Mode: Enforce, Level: "restricted", Version: "latest", Evaluated: "v1.36", LevelFrom: FromDefault, VersionFrom: FromDefault},
				Audit:   privileged(Audit),
				Warn:    Standard{Mode: Warn, Level: "privileged", Version: "latest", LevelFrom: FromLabel, VersionFrom: FromDefault},
			},
		},
		{
			"Invalid labels are restricted for enforce and nothing for audit and warn",
			Settings{Minor: 37},
			map[string]string{
				api.EnforceLevelLabel: "Baseline", api.EnforceVersionLabel: "1.30", api.AuditLevelLabel: "all", api.WarnLevelLabel: "",
			},
			Namespace{
				Enforce: Standard{Mode: Enforce, Level: "restricted", Version: "latest", Evaluated: "v1.37", LevelFrom: FromLabel, VersionFrom: FromLabel},
				Audit:   Standard{Mode: Audit, Level: "privileged", Version: "latest", LevelFrom: FromLabel, VersionFrom: FromDefault},
				Warn:    Standard{Mode: Warn, Level: "privileged", Version: "latest", LevelFrom: FromLabel, VersionFrom: FromDefault},
				Problems: []Problem{
					{Label: api.EnforceLevelLabel, Value: "Baseline", Taken: "restricted", Message: "must be one of privileged, baseline, restricted"},
					{Label: api.EnforceVersionLabel, Value: "1.30", Taken: "latest", Message: `must be "latest" or "v1.x"`},
					{Label: api.AuditLevelLabel, Value: "all", Taken: "privileged", Message: "must be one of privileged, baseline, restricted"},
					{Label: api.WarnLevelLabel, Value: "", Taken: "privileged", Message: "must be one of privileged, baseline, restricted"},
				},
			},
		},
		{
			"An API server of unknown version is taken for the newest, and that is said",
			Settings{},
			map[string]string{api.EnforceLevelLabel: "baseline", api.WarnLevelLabel: "baseline", api.WarnVersionLabel: "v1.30"},
			Namespace{
				Enforce: Standard{
					Mode: Enforce, Level: "baseline", Version: "latest", Evaluated: "v1.37", LevelFrom: FromLabel, VersionFrom: FromDefault,
					Caveat: "The version of the API server is not known: the rules are those of v1.37.",
				},
				Audit: privileged(Audit),
				Warn:  Standard{Mode: Warn, Level: "baseline", Version: "v1.30", Evaluated: "v1.30", LevelFrom: FromLabel, VersionFrom: FromLabel},
			},
		},
		{
			"An API server newer than the rules is judged by the newest that are known, and that is said",
			Settings{Minor: 39, Exemptions: Exemptions{Namespaces: []string{"n"}}},
			map[string]string{api.EnforceLevelLabel: "baseline", api.WarnLevelLabel: "privileged"},
			Namespace{
				Enforce: Standard{
					Mode: Enforce, Level: "baseline", Version: "latest", Evaluated: "v1.37", LevelFrom: FromLabel, VersionFrom: FromDefault,
					Caveat: "The API server is of v1.39: rules newer than v1.37 are not known.",
				},
				Audit:  privileged(Audit),
				Warn:   Standard{Mode: Warn, Level: "privileged", Version: "latest", LevelFrom: FromLabel, VersionFrom: FromDefault},
				Exempt: true,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := newEvaluator(t, test.settings).Namespace("n", test.labels)
			if diff := cmp.Diff(&test.want, got, exported); diff != "" {
				t.Errorf("namespace (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettingsThatAreInvalid(t *testing.T) {
	tests := []struct {
		name     string
		settings Settings
		want     string
	}{
		{
			"A level that does not exist",
			Settings{Defaults: Defaults{Audit: "strict"}},
			`defaults: audit "strict": must be one of privileged, baseline, restricted`,
		},
		{
			"A version that is none",
			Settings{Defaults: Defaults{WarnVersion: "1.30"}},
			`defaults: warn-version "1.30": must be "latest" or "v1.x"`,
		},
		{"A negative version", Settings{Minor: -1}, "minor version -1 of the API server: must not be negative"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := New(test.settings); err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

// hostile is a pod that baseline refuses for the processes of the host and for a capability, each once.
func hostile() *corev1.Pod {
	return &corev1.Pod{Spec: corev1.PodSpec{
		HostPID: true,
		Containers: []corev1.Container{{
			Name:            "app",
			SecurityContext: &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: []corev1.Capability{"CHOWN", "SYS_ADMIN"}}},
		}},
	}}
}

func TestEvaluate(t *testing.T) {
	baseline := map[string]string{api.EnforceLevelLabel: "baseline"}
	violations := []Violation{
		{
			Check: "capabilities_baseline", Level: "baseline", Reason: "non-default capabilities",
			Detail: `container "app" must not include "SYS_ADMIN" in securityContext.capabilities.add`,
			Fields: []Field{{Container: "app", Path: "spec.containers[0].securityContext.capabilities.add[1]", Value: "SYS_ADMIN"}},
		},
		{
			Check: "hostNamespaces", Level: "baseline", Reason: "host namespaces", Detail: "hostPID=true",
			Fields: []Field{{Path: "spec.hostPID", Value: "true"}},
		},
	}
	exemptions := Exemptions{Namespaces: []string{"n"}, RuntimeClasses: []string{"gvisor"}, Usernames: []string{"alice"}}
	tests := []struct {
		name      string
		settings  Settings
		namespace string
		user      string
		change    func(*corev1.Pod)
		// want is compared without the standards, which TestNamespace looks at.
		want Result
	}{
		{
			"Each mode names what it has against the pod",
			Settings{Minor: 36},
			"n", "bob", nil,
			Result{
				Enforce: Verdict{Violations: violations}, Warn: Verdict{Violations: violations},
				Forecast: Forecast{Version: "v1.37", Known: true, Violations: violations},
			},
		},
		{
			"What comes after the newest version is not known",
			Settings{Minor: 37},
			"n", "bob", nil,
			Result{
				Enforce: Verdict{Violations: violations}, Warn: Verdict{Violations: violations}, Forecast: Forecast{Version: "v1.38"},
			},
		},
		{
			"A namespace that is exempt is not judged",
			Settings{Minor: 37, Exemptions: exemptions},
			"n", "alice", nil,
			Result{Exemption: Exemption{ByNamespace, "n"}},
		},
		{
			"A user who is exempt is not judged",
			Settings{Minor: 37, Exemptions: exemptions},
			"m", "alice", nil,
			Result{Exemption: Exemption{ByUsername, "alice"}},
		},
		{
			"A runtime class that is exempt is not judged",
			Settings{Minor: 37, Exemptions: exemptions},
			"m", "bob",
			func(p *corev1.Pod) { p.Spec.RuntimeClassName = ptr.To("gvisor") },
			Result{Exemption: Exemption{ByRuntimeClass, "gvisor"}},
		},
		{
			"Where some user is exempt and nobody knows who asks, the user decides",
			Settings{Exemptions: exemptions},
			"m", "", nil,
			Result{Enforce: Verdict{Violations: violations}, Warn: Verdict{Violations: violations}, UserDecides: true},
		},
		{
			"A mirror pod is judged and called static",
			Settings{},
			"n", "system:node:worker",
			func(p *corev1.Pod) { p.Annotations = map[string]string{corev1.MirrorPodAnnotationKey: "x"} },
			Result{Enforce: Verdict{Violations: violations}, Warn: Verdict{Violations: violations}, Static: true},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := hostile()
			if test.change != nil {
				test.change(pod)
			}
			got := newEvaluator(t, test.settings).Namespace(test.namespace, baseline).Evaluate(&pod.ObjectMeta, &pod.Spec, test.user)
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreTypes(Standard{})); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}
}

// The rules that an upgrade of the control plane changes, in both directions.
func TestForecast(t *testing.T) {
	sysctl := corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{{Name: "net.ipv4.tcp_notsent_lowat"}}}}
	probe := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", LivenessProbe: &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "10.0.0.1"}},
	}}}}
	tests := []struct {
		name    string
		minor   int
		version string
		spec    corev1.PodSpec
		denied  bool
		want    Forecast
		breaks  bool
	}{
		{
			"A sysctl is allowed from 1.37 on", 36, "latest", sysctl, true, Forecast{Version: "v1.37", Known: true}, false,
		},
		{
			"A probe of another host is refused from 1.34 on", 33, "", probe, false,
			Forecast{Version: "v1.34", Known: true, Violations: []Violation{{
				Check: "hostProbesAndHostLifecycle", Level: "baseline", Reason: "probe or lifecycle host",
				Detail: `container "app" uses probe or lifecycle host "10.0.0.1"`,
				Fields: []Field{{Container: "app", Path: "spec.containers[0].livenessProbe.tcpSocket.host", Value: "10.0.0.1"}},
			}}},
			true,
		},
		{"A version that is pinned does not move", 33, "v1.33", probe, false, Forecast{}, false},
		{
			"A version that is pinned to a newer one than the API server's moves", 33, "v1.34", probe, false,
			Forecast{Version: "v1.34", Known: true, Violations: []Violation{{
				Check: "hostProbesAndHostLifecycle", Level: "baseline", Reason: "probe or lifecycle host",
				Detail: `container "app" uses probe or lifecycle host "10.0.0.1"`,
				Fields: []Field{{Container: "app", Path: "spec.containers[0].livenessProbe.tcpSocket.host", Value: "10.0.0.1"}},
			}}},
			true,
		},
		{"What becomes of an API server of unknown version is not known", 0, "latest", sysctl, false, Forecast{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			labels := map[string]string{api.EnforceLevelLabel: "baseline"}
			if test.version != "" {
				labels[api.EnforceVersionLabel] = test.version
			}
			r := newEvaluator(t, Settings{Minor: test.minor}).Namespace("n", labels).Evaluate(&metav1.ObjectMeta{}, &test.spec, "")
			if diff := cmp.Diff(test.want, r.Forecast); diff != "" {
				t.Errorf("forecast (-want +got):\n%s", diff)
			}
			if r.Denied() != test.denied || r.DeniedAfterUpgrade() != test.breaks {
				t.Errorf("denied now %v, after the upgrade %v; want %v, %v", r.Denied(), r.DeniedAfterUpgrade(), test.denied, test.breaks)
			}
		})
	}
}

func TestBreaksWhenEnforced(t *testing.T) {
	tests := []struct {
		name   string
		labels map[string]string
		want   []Mode
	}{
		{"Audit and warn that are stricter than enforce", map[string]string{api.AuditLevelLabel: "restricted", api.WarnLevelLabel: "baseline"}, []Mode{Audit, Warn}},
		{"Nothing where no mode minds", nil, nil},
		{"Nothing where enforce refuses the pod already", map[string]string{api.EnforceLevelLabel: "baseline", api.AuditLevelLabel: "restricted"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := hostile()
			r := newEvaluator(t, Settings{}).Namespace("n", test.labels).Evaluate(&pod.ObjectMeta, &pod.Spec, "")
			var got []Mode
			for _, v := range r.BreaksWhenEnforced() {
				got = append(got, v.Mode)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("modes (-want +got):\n%s", diff)
			}
		})
	}
}
