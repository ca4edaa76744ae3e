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
		alone:  capabilityEffect{containedOnly, "It changes the owner of files within the container only."},
		when:   (*Pod).writesToNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It gives files on the node away, a step towards a program that runs as root there."},
	},
	capDacOverride: {
		alone:  capabilityEffect{containedOnly, "It passes over the modes of the container's own files."},
		when:   (*Pod).mountsNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It passes over the modes of the files of the node that are mounted."},
	},
	capDacReadSearch: {
		alone:           capabilityEffect{nodeReadCertain, "It opens any file of a mounted file system by handle, so a mounted /etc/hosts is a way to the node's disk."},
		when:            overridesModes,
		raised:          capabilityEffect{consequenceIf{finding.NodeRoot, conditionFileHandle}, "With DAC_OVERRIDE it may open the node's files for writing by handle, from a mounted /etc/hosts on."},
		inUserNamespace: finding.Contained,
	},
	capFowner: {
		alone:  capabilityEffect{containedOnly, "It changes the modes of the container's own files."},
		when:   (*Pod).writesToNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It sets the set-user-ID bit on files of the node that others own."},
	},
	capFsetid: {
		alone:  capabilityEffect{containedOnly, "It keeps set-user-ID bits on the container's own files."},
		when:   (*Pod).writesToNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It keeps the set-user-ID bit on a program of the node that is overwritten."},
	},
	capKill: {
		alone:  capabilityEffect{containedOnly, "It signals processes of the container only."},
		when:   sharesProcesses,
		raised: capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It ends any process of the node, the kubelet and the runtime among them."},
	},
	capSetgid: {
		alone: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It takes on any group, such as one that owns a mounted file or socket."},
	},
	capSetuid: {
		alone: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It takes on any user ID, a step of many exploits and a way to files of other pods with that ID."},
	},
	capSetpcap: {
		alone: capabilityEffect{containedOnly, "It can only drop capabilities from its own bounding set, or pass on those it has."},
	},
	capLinuxImmutable: {
		alone:  capabilityEffect{containedOnly, "It makes the container's own files immutable."},
		when:   (*Pod).writesToNode,
		raised: capabilityEffect{consequenceIf{finding.TamperNamespace, ""}, "It makes files of the node immutable or append-only, so that they resist repair and updates, or lose that protection."},
	},
	capNetBindService: {
		alone:  capabilityEffect{containedOnly, "It opens ports below 1024 in the pod's own network."},
		when:   sharesNetwork,
		raised: capabilityEffect{containedOnly, "It opens ports below 1024 on the node's own addresses."},
	},
	capNetBroadcast: {
		alone: capabilityEffect{containedOnly, "No kernel uses it; it is only noise in the set."},
	},
	capNetAdmin: {
		alone:  capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It opens much of the kernel's network code to attack."},
		when:   sharesNetwork,
		raised: capabilityEffect{consequenceIf{finding.NodeNetworkControl, ""}, "With hostNetwork it redirects and reads the traffic of every pod on the node."},
	},
	capNetRaw: {
		alone:  capabilityEffect{consequenceIf{finding.NodeNetwork, conditionBridgeNetwork}, "It forges ARP and DNS answers towards pods of the same node."},
		when:   sharesNetwork,
		raised: capabilityEffect{consequenceIf{finding.NodeNetwork, ""}, "It reads and forges packets on the node's own network interfaces."},
	},
	capIpcLock: {
		alone: capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It locks memory that the node can then not reclaim."},
	},
	capIpcOwner: {
		alone:  capabilityEffect{containedOnly, "It opens shared memory of the pod only."},
		when:   sharesIPC,
		raised: capabilityEffect{consequenceIf{finding.NodeRead, conditionSharedMemory}, "It opens System V shared memory and queues of any process on the node."},
	},
	capSysModule: {
		alone:           capabilityEffect{nodeRootCertain, "It loads a kernel module: code in the node's kernel."},
		inUserNamespace: finding.Contained,
	},
	capSysRawio: {
		alone:           capabilityEffect{consequenceIf{finding.NodeRoot, conditionDeviceGroup}, "It reaches I/O ports, disk commands and physical memory."},
		inUserNamespace: finding.Contained,
	},
	capSysChroot: {
		alone:  capabilityEffect{containedOnly, "It changes the root directory within the container."},
		when:   (*Pod).mountsRootOfNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It changes into the node's mounted root directory and runs the node's programs there."},
	},
	capSysPtrace: {
		alone:  capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It reads and changes the memory of the other processes in the pod's process namespace."},
		when:   sharesProcesses,
		raised: capabilityEffect{consequenceIf{finding.NodeRoot, conditionAppArmor}, "With hostPID it writes code into a process of the node that runs as root."},
	},
	capSysPacct: {
		alone:           capabilityEffect{reconOnly, "It switches process accounting of the node, which records the programs that run."},
		inUserNamespace: finding.Contained,
	},
	capSysAdmin: {
		alone:           capabilityEffect{consequenceIf{finding.NodeRoot, conditionAppArmor}, "It mounts file systems, joins namespaces and loads BPF programs: most ways out of a container start here."},
		inUserNamespace: finding.EscapeAid,
	},
	capSysBoot: {
		alone:           capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It restarts the node where the process namespace allows it."},
		when:            (*Pod).seccompOff,
		raised:          capabilityEffect{consequenceIf{finding.NodeRoot, conditionKexec}, "It loads another kernel with kexec, since no seccomp profile stops it."},
		inUserNamespace: finding.Contained,
	},
	capSysNice: {
		alone: capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It takes the processor from other pods by real-time priority."},
	},
	capSysResource: {
		alone:           capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It goes beyond quotas and limits and uses the space that the file system reserves."},
		inUserNamespace: finding.Contained,
	},
	capSysTime: {
		alone:           capabilityEffect{consequenceIf{finding.TamperNamespace, ""}, "It sets the node's clock: certificates and tokens expire early or late, and logs lie."},
		inUserNamespace: finding.Contained,
	},
	capSysTtyConfig: {
		alone:           capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It hangs up and changes the node's terminals."},
		inUserNamespace: finding.Contained,
	},
	capMknod: {
		alone:           capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It makes device files, which helps where another opens them or the device cgroup is open."},
		inUserNamespace: finding.Contained,
	},
	capLease: {
		alone: capabilityEffect{containedOnly, "It holds leases on files, which delays others that open them."},
	},
	capAuditWrite: {
		alone: capabilityEffect{containedOnly, "It writes records into the kernel's audit log, which is noise."},
	},
	capAuditControl: {
		alone:           capabilityEffect{consequenceIf{finding.TamperNamespace, conditionAuditNamespace}, "It changes or switches off the kernel's audit rules."},
		when:            sharesProcesses,
		raised:          capabilityEffect{consequenceIf{finding.TamperNamespace, ""}, "It changes or switches off the node's audit rules, since the pod shares the node's process namespace."},
		inUserNamespace: finding.Contained,
	},
	capSetfcap: {
		alone:  capabilityEffect{containedOnly, "It gives capabilities to the container's own programs."},
		when:   (*Pod).writesToNode,
		raised: capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It gives capabilities to a program on the node, for a user of the node to run."},
	},
	capMacOverride: {
		alone:           capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It passes over mandatory access control where the kernel runs Smack."},
		inUserNamespace: finding.Contained,
	},
	capMacAdmin: {
		alone:           capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It changes the policy of AppArmor or Smack, given their file system."},
		inUserNamespace: finding.Contained,
	},
	capSyslog: {
		alone:           capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It reads the kernel's log and addresses, which a kernel exploit needs."},
		inUserNamespace: finding.Contained,
	},
	capWakeAlarm: {
		alone: capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It sets timers that wake the node from suspend."},
	},
	capBlockSuspend: {
		alone: capabilityEffect{consequenceIf{finding.NodeDenialOfService, ""}, "It keeps the node from suspending."},
	},
	capAuditRead: {
		alone:           capabilityEffect{reconOnly, "It reads the node's audit records."},
		inUserNamespace: finding.Contained,
	},
	capPerfmon: {
		alone:  capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It traces the kernel, which leaks addresses and timing to an exploit."},
		when:   tracesKernel,
		raised: capabilityEffect{nodeReadCertain, "With BPF it reads any memory of the kernel, the memory of other pods included."},
	},
	capBpf: {
		alone:  capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It loads BPF programs: a wide surface of the kernel's verifier."},
		when:   tracesKernel,
		raised: capabilityEffect{nodeReadCertain, "With PERFMON it reads any memory of the kernel, the memory of other pods included."},
	},
	capCheckpointRestore: {
		alone:  capabilityEffect{consequenceIf{finding.EscapeAid, ""}, "It sets process IDs and follows the memory maps of the pod's processes."},
		when:   sharesProcesses,
		raised: capabilityEffect{consequenceIf{finding.NodeRead, conditionPtrace}, "It opens the mapped files of the node's processes."},
	},
	capAll: {
		alone:           capabilityEffect{nodeRootCertain, "Every capability, SYS_MODULE among them: code in the node's kernel is one call away."},
		inUserNamespace: finding.EscapeAid,
	},
}
