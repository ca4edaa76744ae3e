package posture

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// capability is a Linux capability by the number that the kernel gives it (capabilities(7), Linux 5.9 and later).
type capability uint8

// The capabilities, in the kernel's order, and two words that a manifest can hold besides.
const (
	capChown capability = iota
	capDacOverride
	capDacReadSearch
	capFowner
	capFsetid
	capKill
	capSetgid
	capSetuid
	capSetpcap
	capLinuxImmutable
	capNetBindService
	capNetBroadcast
	capNetAdmin
	capNetRaw
	capIpcLock
	capIpcOwner
	capSysModule
	capSysRawio
	capSysChroot
	capSysPtrace
	capSysPacct
	capSysAdmin
	capSysBoot
	capSysNice
	capSysResource
	capSysTime
	capSysTtyConfig
	capMknod
	capLease
	capAuditWrite
	capAuditControl
	capSetfcap
	capMacOverride
	capMacAdmin
	capSyslog
	capWakeAlarm
	capBlockSuspend
	capAuditRead
	capPerfmon
	capBpf
	capCheckpointRestore
	// capAll is the word ALL: every capability.
	capAll
	// capUnknown is any word that names no capability.
	capUnknown

	capabilityCount = int(capCheckpointRestore) + 1
)

// capabilityNames are the names as a manifest spells them.
var capabilityNames = [...]string{
	capChown:             "CHOWN",
	capDacOverride:       "DAC_OVERRIDE",
	capDacReadSearch:     "DAC_READ_SEARCH",
	capFowner:            "FOWNER",
	capFsetid:            "FSETID",
	capKill:              "KILL",
	capSetgid:            "SETGID",
	capSetuid:            "SETUID",
	capSetpcap:           "SETPCAP",
	capLinuxImmutable:    "LINUX_IMMUTABLE",
	capNetBindService:    "NET_BIND_SERVICE",
	capNetBroadcast:      "NET_BROADCAST",
	capNetAdmin:          "NET_ADMIN",
	capNetRaw:            "NET_RAW",
	capIpcLock:           "IPC_LOCK",
	capIpcOwner:          "IPC_OWNER",
	capSysModule:         "SYS_MODULE",
	capSysRawio:          "SYS_RAWIO",
	capSysChroot:         "SYS_CHROOT",
	capSysPtrace:         "SYS_PTRACE",
	capSysPacct:          "SYS_PACCT",
	capSysAdmin:          "SYS_ADMIN",
	capSysBoot:           "SYS_BOOT",
	capSysNice:           "SYS_NICE",
	capSysResource:       "SYS_RESOURCE",
	capSysTime:           "SYS_TIME",
	capSysTtyConfig:      "SYS_TTY_CONFIG",
	capMknod:             "MKNOD",
	capLease:             "LEASE",
	capAuditWrite:        "AUDIT_WRITE",
	capAuditControl:      "AUDIT_CONTROL",
	capSetfcap:           "SETFCAP",
	capMacOverride:       "MAC_OVERRIDE",
	capMacAdmin:          "MAC_ADMIN",
	capSyslog:            "SYSLOG",
	capWakeAlarm:         "WAKE_ALARM",
	capBlockSuspend:      "BLOCK_SUSPEND",
	capAuditRead:         "AUDIT_READ",
	capPerfmon:           "PERFMON",
	capBpf:               "BPF",
	capCheckpointRestore: "CHECKPOINT_RESTORE",
	capAll:               "ALL",
}

// capabilitySet is a set of capabilities, one bit each.
type capabilitySet uint64

func setOf(capabilities ...capability) capabilitySet {
	var set capabilitySet
	for _, c := range capabilities {
		set |= 1 << c
	}
	return set
}

func (s capabilitySet) has(c capability) bool { return s&(1<<c) != 0 }

const everyCapability capabilitySet = 1<<capabilityCount - 1

// defaultCapabilities is what containerd gives a container that asks for nothing. CRI-O gives a part of it.
func defaultCapabilities() capabilitySet {
	return setOf(capChown, capDacOverride, capFsetid, capFowner, capMknod, capNetRaw, capSetgid, capSetuid, capSetfcap,
		capSetpcap, capNetBindService, capSysChroot, capKill, capAuditWrite)
}

// parseCapability reads a name as the runtime does, in upper or lower case. A name with the prefix CAP_ is taken for the
// capability that is meant, and prefixed is true: a runtime puts the prefix there itself and does not know the result.
func parseCapability(name string) (c capability, prefixed bool) {
	for i := range capabilityNames {
		if capabilityNames[i] == name {
			return capability(i), false
		}
	}
	upper := strings.ToUpper(name)
	upper, prefixed = strings.CutPrefix(upper, "CAP_")
	for i := range capabilityNames {
		if capabilityNames[i] == upper {
			return capability(i), prefixed
		}
	}
	return capUnknown, false
}

// addedCapabilities are the capabilities that the container names under add, effective or not.
func addedCapabilities(c *corev1.Container) capabilitySet {
	if c.SecurityContext == nil || c.SecurityContext.Capabilities == nil {
		return 0
	}
	return parseCapabilities(c.SecurityContext.Capabilities.Add)
}

// misspelled tells whether the name is another than the one that the API documents for the capability.
func misspelled(name string, c capability) bool { return c == capUnknown || capabilityNames[c] != name }

func parseCapabilities(names []corev1.Capability) capabilitySet {
	var set capabilitySet
	for _, name := range names {
		c, _ := parseCapability(string(name))
		set |= 1 << c
		if misspelled(string(name), c) {
			set |= 1 << capUnknown
		}
	}
	return set
}

// effectiveCapabilities are those that a process of the container can have, in the runtime's order: the default, then
// add ALL, drop ALL, the single adds, the single drops. So add X with drop ALL keeps X. A privileged container has all.
func effectiveCapabilities(c *corev1.Container) capabilitySet {
	set := defaultCapabilities()
	if c.SecurityContext == nil {
		return set
	}
	if isTrue(c.SecurityContext.Privileged) {
		return everyCapability
	}
	if c.SecurityContext.Capabilities == nil {
		return set
	}
	added := parseCapabilities(c.SecurityContext.Capabilities.Add)
	dropped := parseCapabilities(c.SecurityContext.Capabilities.Drop)
	if added.has(capAll) {
		set = everyCapability
	}
	if dropped.has(capAll) {
		set = 0
	}
	return (set | added) &^ dropped & everyCapability
}
