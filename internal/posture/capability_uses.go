package posture

// capabilityUses says who has a use for a capability, for whoever takes it away (capabilities(7)).
var capabilityUses = [...]string{
	capChown:             "a start-up script that changes owners",
	capDacOverride:       "a program that runs as root on files of other users",
	capDacReadSearch:     "a backup tool that reads files of all users",
	capFowner:            "a program that changes modes of files of other users",
	capFsetid:            "a program that sets set-user-ID bits",
	capKill:              "a supervisor that signals processes of other users",
	capSetgid:            "a server that starts as root and takes on another group",
	capSetuid:            "a server that starts as root and takes on another user",
	capSetpcap:           "a program that drops capabilities for its children",
	capLinuxImmutable:    "a program that makes files immutable",
	capNetBindService:    "a server that listens on a port below 1024",
	capNetBroadcast:      "nothing that is known",
	capNetAdmin:          "a VPN, a service mesh or a program that sets routes and firewall rules",
	capNetRaw:            "an old ping, a packet capture or a DHCP client",
	capIpcLock:           "a database or a vault that locks its memory",
	capIpcOwner:          "a program that opens shared memory of other users",
	capSysModule:         "an installer of drivers",
	capSysRawio:          "a program that talks to disks and ports",
	capSysChroot:         "a server that changes its root directory, such as sshd",
	capSysPtrace:         "a debugger, a profiler or a security agent",
	capSysPacct:          "process accounting",
	capSysAdmin:          "a program that mounts file systems or makes namespaces",
	capSysBoot:           "a program that restarts the node",
	capSysNice:           "a database or a network program that sets priorities and processors",
	capSysResource:       "a program that raises its own limits",
	capSysTime:           "a time daemon",
	capSysTtyConfig:      "a program that sets up terminals",
	capMknod:             "a program that makes device files",
	capLease:             "a file server that takes leases",
	capAuditWrite:        "a login service that writes audit records, such as sshd",
	capAuditControl:      "an audit daemon",
	capSetfcap:           "a build of images that sets capabilities of files",
	capMacOverride:       "a program that sets up Smack",
	capMacAdmin:          "a loader of AppArmor profiles",
	capSyslog:            "a collector of the kernel's log",
	capWakeAlarm:         "a program that wakes the machine",
	capBlockSuspend:      "a program that keeps the machine awake",
	capAuditRead:         "a collector of audit records",
	capPerfmon:           "a profiler",
	capBpf:               "a network plugin or an agent that loads BPF programs",
	capCheckpointRestore: "a tool that freezes and restores processes",
	capAll:               "a program of the node that runs in a container",
}

// capabilityBreaks says what may stop working without a capability.
func capabilityBreaks(c capability) string {
	return "What needs " + capabilityNames[c] + " is refused: " + capabilityUses[c] + "."
}
