package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/finding"
)

func TestCapabilityDependsOnThePod(t *testing.T) {
	type names = []corev1.Capability
	user := func(uid int64, noNewPrivileges bool) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) {
			s.Containers[0].SecurityContext.RunAsUser = &uid
			if noNewPrivileges {
				s.Containers[0].SecurityContext.AllowPrivilegeEscalation = ptr.To(false)
			}
		}
	}
	unconfined := func(s *corev1.PodSpec) {
		s.SecurityContext = &corev1.PodSecurityContext{
			AppArmorProfile: &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined},
		}
	}
	for name, test := range map[string]struct {
		check     capability
		add, drop names
		change    func(*corev1.PodSpec)
		facts     Facts
		want      finding.Consequence
		condition string
		also      consequenceIf
	}{
		"a capability of the default set is none that was added": {check: capChown},
		"an added one is found next to drop ALL":                 {check: capSysModule, add: names{"SYS_MODULE"}, drop: names{"ALL"}, want: finding.NodeRoot},
		"one that is dropped by name is gone":                    {check: capSysModule, add: names{"SYS_MODULE"}, drop: names{"SYS_MODULE"}, want: finding.Contained},
		"lower case counts":                                      {check: capSysModule, add: names{"sys_module"}, want: finding.NodeRoot},
		"a prefix stops the container":                           {check: capSysModule, add: names{"CAP_SYS_MODULE"}, want: finding.NodeRoot, condition: conditionPrefix},
		"ALL is one finding of its own":                          {check: capSysModule, add: names{"ALL"}},
		"ALL is node root":                                       {check: capAll, add: names{"ALL"}, want: finding.NodeRoot},
		"ALL next to drop ALL is nothing":                        {check: capAll, add: names{"ALL"}, drop: names{"ALL"}, want: finding.Contained},
		"another user is conditional":                            {check: capSysModule, add: names{"SYS_MODULE"}, change: user(1, false), want: finding.NodeRoot, condition: conditionNotRoot},
		"another user without escalation cannot use it":          {check: capSysModule, add: names{"SYS_MODULE"}, change: user(1, true), want: finding.Contained},
		"root without escalation can":                            {check: capSysModule, add: names{"SYS_MODULE"}, change: user(0, true), want: finding.NodeRoot},
		"escalation cannot be off with SYS_ADMIN":                {check: capSysModule, add: names{"SYS_MODULE", "SYS_ADMIN"}, change: user(1, true), want: finding.NodeRoot, condition: conditionNotRoot},
		"a user namespace voids it":                              {check: capSysModule, add: names{"SYS_MODULE"}, change: func(s *corev1.PodSpec) { s.HostUsers = ptr.To(false) }, want: finding.Contained},
		"a user namespace leaves SYS_ADMIN an aid":               {check: capSysAdmin, add: names{"SYS_ADMIN"}, change: func(s *corev1.PodSpec) { s.HostUsers = ptr.To(false) }, want: finding.EscapeAid},
		"a sandbox is conditional":                               {check: capSysModule, add: names{"SYS_MODULE"}, change: func(s *corev1.PodSpec) { s.RuntimeClassName = ptr.To("kata") }, facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}}, want: finding.NodeRoot, condition: conditionSandboxed},
		"AppArmor may stop SYS_ADMIN":                            {check: capSysAdmin, add: names{"SYS_ADMIN"}, want: finding.NodeRoot, condition: conditionAppArmor},
		"no AppArmor does not":                                   {check: capSysAdmin, add: names{"SYS_ADMIN"}, change: unconfined, want: finding.NodeRoot},
		"the old annotation takes AppArmor off":                  {check: capSysAdmin, add: names{"SYS_ADMIN"}, facts: Facts{Annotations: map[string]string{"container.apparmor.security.beta.kubernetes.io/app": "unconfined"}}, want: finding.NodeRoot},
		"a privileged container has no AppArmor":                 {check: capSysAdmin, add: names{"SYS_ADMIN"}, change: func(s *corev1.PodSpec) { s.Containers[0].SecurityContext.Privileged = ptr.To(true) }, want: finding.NodeRoot},
		"SYS_PTRACE alone is an aid":                             {check: capSysPtrace, add: names{"SYS_PTRACE"}, want: finding.EscapeAid},
		"SYS_PTRACE with hostPID is node root":                   {check: capSysPtrace, add: names{"SYS_PTRACE"}, change: func(s *corev1.PodSpec) { s.HostPID = true }, want: finding.NodeRoot, condition: conditionAppArmor, also: consequenceIf{finding.EscapeAid, ""}},
		"BPF alone is an aid":                                    {check: capBpf, add: names{"BPF"}, want: finding.EscapeAid},
		"BPF with PERFMON reads the node":                        {check: capBpf, add: names{"BPF", "PERFMON"}, want: finding.NodeRead, also: consequenceIf{finding.EscapeAid, ""}},
		"PERFMON that is dropped again does not help BPF":        {check: capBpf, add: names{"BPF", "PERFMON"}, drop: names{"PERFMON"}, want: finding.EscapeAid},
		"BPF has PERFMON by ALL":                                 {check: capBpf, add: names{"BPF", "ALL"}, want: finding.NodeRead, also: consequenceIf{finding.EscapeAid, ""}},
		"DAC_READ_SEARCH alone reads the node":                   {check: capDacReadSearch, add: names{"DAC_READ_SEARCH"}, drop: names{"ALL"}, want: finding.NodeRead},
		"DAC_READ_SEARCH with the default set may write":         {check: capDacReadSearch, add: names{"DAC_READ_SEARCH"}, want: finding.NodeRead, also: consequenceIf{finding.NodeRoot, conditionFileHandle}},
		"SYS_BOOT under seccomp denies service": {check: capSysBoot, add: names{"SYS_BOOT"}, change: func(s *corev1.PodSpec) {
			s.SecurityContext = &corev1.PodSecurityContext{SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}}
		}, want: finding.NodeDenialOfService},
		"SYS_BOOT without seccomp loads a kernel":          {check: capSysBoot, add: names{"SYS_BOOT"}, want: finding.NodeRoot, condition: conditionKexec, also: consequenceIf{finding.NodeDenialOfService, ""}},
		"NET_RAW depends on the pod network":               {check: capNetRaw, add: names{"NET_RAW"}, want: finding.NodeNetwork, condition: conditionBridgeNetwork},
		"NET_RAW in the node's network is certain":         {check: capNetRaw, add: names{"NET_RAW"}, change: func(s *corev1.PodSpec) { s.HostNetwork = true }, want: finding.NodeNetwork},
		"NET_BIND_SERVICE is no finding":                   {check: capNetBindService, add: names{"NET_BIND_SERVICE"}},
		"KILL is contained":                                {check: capKill, add: names{"KILL"}, want: finding.Contained},
		"IPC_OWNER with hostIPC reads the node":            {check: capIpcOwner, add: names{"IPC_OWNER"}, change: func(s *corev1.PodSpec) { s.HostIPC = true }, want: finding.NodeRead, condition: conditionSharedMemory},
		"AUDIT_CONTROL needs the node's process namespace": {check: capAuditControl, add: names{"AUDIT_CONTROL"}, want: finding.TamperNamespace, condition: conditionAuditNamespace},
		"Windows has no capabilities":                      {check: capSysModule, add: names{"SYS_MODULE"}, change: func(s *corev1.PodSpec) { s.OS = &corev1.PodOS{Name: corev1.Windows} }},
	} {
		t.Run(name, func(t *testing.T) {
			spec := capabilityPod(test.add, test.drop)
			if test.change != nil {
				test.change(spec)
			}
			type verdict struct {
				Consequence finding.Consequence
				Condition   string
			}
			var want, got []verdict
			if test.want != "" {
				want = []verdict{{test.want, test.condition}}
			}
			if test.also.Consequence != "" {
				want = append(want, verdict{test.also.Consequence, test.also.condition})
			}
			for _, f := range findingsOf(capabilityCheck(test.check), NewPod(spec, test.facts)) {
				got = append(got, verdict{f.Consequence, f.Condition})
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("verdict differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCapabilityInANamespaceOfTheNode(t *testing.T) {
	const field = "spec.containers[0].securityContext.capabilities.add[0]="
	user := func(sc *corev1.SecurityContext, escalation *bool) *corev1.SecurityContext {
		sc.RunAsUser, sc.AllowPrivilegeEscalation = ptr.To[int64](1000), escalation
		return sc
	}
	traces := "CapabilitySysPtrace NodeRoot " + field + "SYS_PTRACE (app)"
	aids := "Minimal CapabilitySysPtrace EscapeAid " + field + "SYS_PTRACE (app)"
	unconfined := adding("SYS_PTRACE")
	unconfined.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
	assertJudged(t, capabilityCheck(capSysPtrace), map[string]judged{
		"tracing under the default AppArmor profile is conditional": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(adding("SYS_PTRACE"))},
			want: []string{"Medium " + traces + " if: " + conditionAppArmor, aids},
		},
		"tracing without AppArmor is certain": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(unconfined)}, want: []string{"High " + traces, aids},
		},
		"another user who cannot escalate gets nothing from it": {
			spec: corev1.PodSpec{HostPID: true, Containers: one(user(adding("SYS_PTRACE"), ptr.To(false)))},
			want: []string{"Minimal CapabilitySysPtrace Contained " + field + "SYS_PTRACE (app)"},
		},
		"in a user namespace it reaches no process of the node": {
			spec: corev1.PodSpec{HostPID: true, HostUsers: ptr.To(false), Containers: one(adding("SYS_PTRACE"))}, want: []string{aids},
		},
	})
	controls := "CapabilityNetAdmin NodeNetworkControl " + field + "NET_ADMIN (app)"
	opens := "Minimal CapabilityNetAdmin EscapeAid " + field + "NET_ADMIN (app)"
	assertJudged(t, capabilityCheck(capNetAdmin), map[string]judged{
		"NET_ADMIN of the pod's own network is an aid": {spec: corev1.PodSpec{Containers: one(adding("NET_ADMIN"))}, want: []string{opens}},
		"NET_ADMIN controls the node's network": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(adding("NET_ADMIN"))}, want: []string{"Medium " + controls, opens},
		},
		"another user controls it only by a program of the image": {
			spec: corev1.PodSpec{HostNetwork: true, Containers: one(user(adding("NET_ADMIN"), nil))},
			want: []string{"Low " + controls + " if: " + conditionNotRoot, opens + " if: " + conditionNotRoot},
		},
		"in a user namespace nobody controls it": {
			spec: corev1.PodSpec{HostNetwork: true, HostUsers: ptr.To(false), Containers: one(adding("NET_ADMIN"))}, want: []string{opens},
		},
	})
}

// Every capability of the kernel has a row, a check and a name of its own, and raising it never makes it milder.
func TestEveryCapabilityIsRated(t *testing.T) {
	if capabilityCount != 41 || len(capabilityRows) != 42 || len(capabilityNames) != 42 {
		t.Fatalf("%d capabilities, %d rows, %d names", capabilityCount, len(capabilityRows), len(capabilityNames))
	}
	registered := map[finding.CheckID]bool{}
	for _, check := range Registry() {
		registered[check.ID] = true
	}
	for c, row := range capabilityRows {
		name := capabilityNames[c]
		if got, prefixed := parseCapability("CAP_" + name); got != capability(c) || !prefixed {
			t.Errorf("CAP_%s is read as %d", name, got)
		}
		if !registered[capabilityID(name)] {
			t.Errorf("%s has no check", name)
		}
		if row.alone.Consequence == "" || row.alone.message == "" || (row.when != nil) != (row.raised.message != "") {
			t.Errorf("%s is not rated in full", name)
		}
		alone := hostVerdict{consequence: row.alone.Consequence, condition: row.alone.condition}
		raised := hostVerdict{consequence: row.raised.Consequence, condition: row.raised.condition}
		if row.when != nil && raised.tier() < alone.tier() {
			t.Errorf("%s is milder when it is raised", name)
		}
	}
}

func TestPrivilegedContainerIsNotListedByCapability(t *testing.T) {
	spec := capabilityPod(nil, nil)
	spec.Containers[0].SecurityContext.Privileged = ptr.To(true)
	for c := range capUnknown {
		if got := findingsOf(capabilityCheck(c), NewPod(spec, Facts{})); got != nil {
			t.Errorf("found %+v", got)
		}
	}
}

// capabilityPod is a pod of one container with these capabilities.
func capabilityPod(add, drop []corev1.Capability) *corev1.PodSpec {
	return &corev1.PodSpec{Containers: []corev1.Container{{
		Name:            "app",
		SecurityContext: &corev1.SecurityContext{Capabilities: &corev1.Capabilities{Add: add, Drop: drop}},
	}}}
}
