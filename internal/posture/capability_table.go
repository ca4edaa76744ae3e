package posture

import "github.com/daysix/daysix/internal/finding"

// The facts that decide about capabilities and that the API does not show.
const (
	conditionFileHandle     = "The mounted file system decides whether a handle can be opened for writing."
	conditionBridgeNetwork  = "The pod network decides: a bridge lets pods of the node forge each other's addresses."
	conditionSharedMemory   = "What the processes of the node keep in shared memory decides."
	conditionKexec          = "The node decides: kernel lockdown and the kubelet's seccompDefault stop kexec."
	conditionAuditNamespace = "The kernel takes audit rules from the node's own process namespace only."
)

// capabilityEffect is what an added capability leads to, for root in the node's user namespace.
type capabilityEffect struct {
	consequenceIf
	message string
}

func surely(consequence finding.Consequence, message string) capabilityEffect {
	return capabilityEffect{consequenceIf{consequence, ""}, message}
}

func perhaps(consequence finding.Consequence, condition, message string) capabilityEffect {
	return capabilityEffect{consequenceIf{consequence, condition}, message}
}

// capabilityRow is one row of the catalogue's table A.3.
type capabilityRow struct {
	alone capabilityEffect
	// when tells whether something in the pod makes it worse; raised is the effect then. It stands beside the plain one
	// where it does not cover it, so that a pod with more rights never looks better.
	when   func(*Pod, *Container) bool
	raised capabilityEffect
	// inUserNamespace is what is left of it with hostUsers: false; empty where nothing changes.
	inUserNamespace finding.Consequence
}

// capabilityRows is the table. Its columns Default and Pod Security are defaultCapabilities and podSecurityOf.
var capabilityRows = [...]capabilityRow{
	capChown: {
		alone:  surely(finding.Contained, "It changes the owner of files within the container only."),
		when:   (*Pod).writesToNode,
		raised: surely(finding.EscapeAid, "It gives files on the node away, a step towards a program that runs as root there."),
	},
	capDacOverride: {
		alone:  surely(finding.Contained, "It passes over the modes of the container's own files."),
		when:   (*Pod).mountsNode,
		raised: surely(finding.EscapeAid, "It passes over the modes of the files of the node that are mounted."),
	},
	capDacReadSearch: {
		alone:           surely(finding.NodeRead, "It opens files by handle: a mounted /etc/hosts leads to the node's whole disk."),
		when:            overridesModes,
		raised:          perhaps(finding.NodeRoot, conditionFileHandle, "With DAC_OVERRIDE it may write to the node's files as well."),
		inUserNamespace: finding.Contained,
	},
	capFowner: {
		alone:  surely(finding.Contained, "It changes the modes of the container's own files."),
		when:   (*Pod).writesToNode,
		raised: surely(finding.EscapeAid, "It sets the set-user-ID bit on files of the node that others own."),
	},
	capFsetid: {
		alone:  surely(finding.Contained, "It keeps set-user-ID bits on the container's own files."),
		when:   (*Pod).writesToNode,
		raised: surely(finding.EscapeAid, "It keeps the set-user-ID bit on a program of the node that is overwritten."),
	},
	capKill: {
		alone:  surely(finding.Contained, "It signals processes of the container only."),
		when:   sharesProcesses,
		raised: surely(finding.NodeDenialOfService, "It ends any process of the node, the kubelet and the runtime among them."),
	},
	capSetgid: {
		alone: surely(finding.EscapeAid, "It takes on any group, such as one that owns a mounted file or socket."),
	},
	capSetuid: {
		alone: surely(finding.EscapeAid, "It takes on any user ID, a step of many exploits and a way to files of other pods with that ID."),
	},
	capSetpcap: {
		alone: surely(finding.Contained, "It can only drop capabilities from its own bounding set, or pass on those it has."),
	},
	capLinuxImmutable: {
		alone:  surely(finding.Contained, "It makes the container's own files immutable."),
		when:   (*Pod).writesToNode,
		raised: surely(finding.TamperNamespace, "It makes files of the node immutable, against repair and updates."),
	},
	capNetBindService: {
		alone:  surely(finding.Contained, "It opens ports below 1024 in the pod's own network."),
		when:   sharesNetwork,
		raised: surely(finding.Contained, "It opens ports below 1024 on the node's own addresses."),
	},
	capNetBroadcast: {
		alone: surely(finding.Contained, "No kernel uses it; it is only noise in the set."),
	},
	capNetAdmin: {
		alone:  surely(finding.EscapeAid, "It opens much of the kernel's network code to attack."),
		when:   sharesNetwork,
		raised: surely(finding.NodeNetworkControl, "With hostNetwork it redirects and reads the traffic of every pod on the node."),
	},
	capNetRaw: {
		alone:  perhaps(finding.NodeNetwork, conditionBridgeNetwork, "It forges ARP and DNS answers towards pods of the same node."),
		when:   sharesNetwork,
		raised: surely(finding.NodeNetwork, "It reads and forges packets on the node's own network interfaces."),
	},
	capIpcLock: {
		alone: surely(finding.NodeDenialOfService, "It locks memory that the node can then not reclaim."),
	},
	capIpcOwner: {
		alone:  surely(finding.Contained, "It opens shared memory of the pod only."),
		when:   sharesIPC,
		raised: perhaps(finding.NodeRead, conditionSharedMemory, "It opens System V shared memory and queues of any process on the node."),
	},
	capSysModule: {
		alone:           surely(finding.NodeRoot, "It loads a kernel module: code in the node's kernel."),
		inUserNamespace: finding.Contained,
	},
	capSysRawio: {
		alone:           perhaps(finding.NodeRoot, conditionDeviceGroup, "It reaches I/O ports, disk commands and physical memory."),
		inUserNamespace: finding.Contained,
	},
	capSysChroot: {
		alone:  surely(finding.Contained, "It changes the root directory within the container."),
		when:   (*Pod).mountsRootOfNode,
		raised: surely(finding.EscapeAid, "It changes into the node's mounted root directory and runs the node's programs there."),
	},
	capSysPtrace: {
		alone:  surely(finding.EscapeAid, "It reads and changes the memory of the other processes in the pod's process namespace."),
		when:   sharesProcesses,
		raised: perhaps(finding.NodeRoot, conditionAppArmor, "With hostPID it writes code into a process of the node that runs as root."),
	},
	capSysPacct: {
		alone:           surely(finding.Recon, "It switches process accounting of the node, which records the programs that run."),
		inUserNamespace: finding.Contained,
	},
	capSysAdmin: {
		alone:           perhaps(finding.NodeRoot, conditionAppArmor, "It mounts file systems and joins namespaces, as most escapes do."),
		inUserNamespace: finding.EscapeAid,
	},
	capSysBoot: {
		alone:           surely(finding.NodeDenialOfService, "It restarts the node where the process namespace allows it."),
		when:            (*Pod).seccompOff,
		raised:          perhaps(finding.NodeRoot, conditionKexec, "It loads another kernel with kexec: no seccomp profile stops it."),
		inUserNamespace: finding.Contained,
	},
	capSysNice: {
		alone: surely(finding.NodeDenialOfService, "It takes the processor from other pods by real-time priority."),
	},
	capSysResource: {
		alone:           surely(finding.NodeDenialOfService, "It goes beyond quotas, limits and the file system's reserved space."),
		inUserNamespace: finding.Contained,
	},
	capSysTime: {
		alone:           surely(finding.TamperNamespace, "It sets the node's clock: certificates and tokens expire early or late."),
		inUserNamespace: finding.Contained,
	},
	capSysTtyConfig: {
		alone:           surely(finding.NodeDenialOfService, "It hangs up and changes the node's terminals."),
		inUserNamespace: finding.Contained,
	},
	capMknod: {
		alone:           surely(finding.EscapeAid, "It makes device files, which helps where the device cgroup is open."),
		inUserNamespace: finding.Contained,
	},
	capLease: {
		alone: surely(finding.Contained, "It holds leases on files, which delays others that open them."),
	},
	capAuditWrite: {
		alone: surely(finding.Contained, "It writes records into the kernel's audit log, which is noise."),
	},
	capAuditControl: {
		alone:           perhaps(finding.TamperNamespace, conditionAuditNamespace, "It changes or switches off the kernel's audit rules."),
		when:            sharesProcesses,
		raised:          surely(finding.TamperNamespace, "With hostPID it changes or switches off the node's audit rules."),
		inUserNamespace: finding.Contained,
	},
	capSetfcap: {
		alone:  surely(finding.Contained, "It gives capabilities to the container's own programs."),
		when:   (*Pod).writesToNode,
		raised: surely(finding.EscapeAid, "It gives capabilities to a program on the node, for a user of the node to run."),
	},
	capMacOverride: {
		alone:           surely(finding.EscapeAid, "It passes over mandatory access control where the kernel runs Smack."),
		inUserNamespace: finding.Contained,
	},
	capMacAdmin: {
		alone:           surely(finding.EscapeAid, "It changes the policy of AppArmor or Smack, given their file system."),
		inUserNamespace: finding.Contained,
	},
	capSyslog: {
		alone:           surely(finding.EscapeAid, "It reads the kernel's log and addresses, which a kernel exploit needs."),
		inUserNamespace: finding.Contained,
	},
	capWakeAlarm: {
		alone: surely(finding.NodeDenialOfService, "It sets timers that wake the node from suspend."),
	},
	capBlockSuspend: {
		alone: surely(finding.NodeDenialOfService, "It keeps the node from suspending."),
	},
	capAuditRead: {
		alone:           surely(finding.Recon, "It reads the node's audit records."),
		inUserNamespace: finding.Contained,
	},
	capPerfmon: {
		alone:  surely(finding.EscapeAid, "It traces the kernel, which leaks addresses and timing to an exploit."),
		when:   tracesKernel,
		raised: surely(finding.NodeRead, "With BPF it reads any memory of the kernel, the memory of other pods included."),
	},
	capBpf: {
		alone:  surely(finding.EscapeAid, "It loads BPF programs: a wide surface of the kernel's verifier."),
		when:   tracesKernel,
		raised: surely(finding.NodeRead, "With PERFMON it reads any memory of the kernel, the memory of other pods included."),
	},
	capCheckpointRestore: {
		alone:  surely(finding.EscapeAid, "It sets process IDs and follows the memory maps of the pod's processes."),
		when:   sharesProcesses,
		raised: perhaps(finding.NodeRead, conditionPtrace, "It opens the mapped files of the node's processes."),
	},
	capAll: {
		alone:           surely(finding.NodeRoot, "Every capability, SYS_MODULE among them: code in the node's kernel is one call away."),
		inUserNamespace: finding.EscapeAid,
	},
}
