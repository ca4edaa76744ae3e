package posture

import (
	"github.com/daysix/daysix/internal/finding"
)

// The facts that decide about host paths and that the API does not show.
const (
	conditionInSystemTree = "The path lies in a system directory: what the node keeps or runs from there decides."
	conditionInRuntime    = "The path lies in the runtime's own directory: what the runtime keeps there decides."
	conditionBuildDaemon  = "The build daemon decides: it has to run as root outside of a container."
	conditionCredentials  = "The credentials that lie there decide."
	conditionPtrace       = "The kernel's ptrace checks decide whose environment and files can be read."
	conditionSysfs        = "The kernel decides: a helper program can be set with cgroup v1 or uevent_helper."
	conditionReadLogs     = "The actor has to read logs through the kubelet: pods/log, nodes/log or nodes/proxy."
	conditionPlugin       = "The kubelet has to accept the plugin, and a later pod has to use it."
	conditionNoIDMap      = "The pod does not start: with hostUsers: false this file system cannot be mounted."
)

// hostPathKind is how the entries of one kind are judged: the entry or a parent of it, and what lies below the entry.
type hostPathKind struct {
	class                 hostPathClass
	write, read           consequenceIf
	writeBelow, readBelow consequenceIf
}

// consequenceIf is a consequence with its condition.
type consequenceIf struct {
	finding.Consequence
	condition string
}

func (k *hostPathKind) at(access hostAccess) hostVerdict {
	if access == hostWrite {
		return hostVerdict{k.class, k.write.Consequence, k.write.condition}
	}
	return hostVerdict{k.class, k.read.Consequence, k.read.condition}
}

func (k *hostPathKind) below(access hostAccess) hostVerdict {
	if access == hostWrite {
		return hostVerdict{k.class, k.writeBelow.Consequence, k.writeBelow.condition}
	}
	return hostVerdict{k.class, k.readBelow.Consequence, k.readBelow.condition}
}

// The consequences that nothing else decides.
var (
	nodeRootCertain = consequenceIf{finding.NodeRoot, ""}
	nodeReadCertain = consequenceIf{finding.NodeRead, ""}
	reconOnly       = consequenceIf{finding.Recon, ""}
	foreignDataOnly = consequenceIf{finding.ForeignData, ""}
	containedOnly   = consequenceIf{finding.Contained, ""}
)

// The kinds of entry: first the entry itself, written and read, then what lies below it, written and read.
var (
	// hostSlash: the node's whole file system: a read-only mount still reaches the runtime's socket.
	hostSlash = hostPathKind{
		hostPathRoot,
		nodeRootCertain, nodeRootCertain,
		foreignDataOnly, containedOnly,
	}
	// hostDrive: a Windows system drive: the pipes of the runtime are not below it.
	hostDrive = hostPathKind{
		hostPathRoot,
		nodeRootCertain, nodeReadCertain,
		foreignDataOnly, containedOnly,
	}
	// hostSocket: a socket of the container runtime: read-only does not stop a connection.
	hostSocket = hostPathKind{
		hostPathRuntimeSocket,
		nodeRootCertain, nodeRootCertain,
		nodeRootCertain, nodeRootCertain,
	}
	// hostRuntimeRun: the directory of such a socket.
	hostRuntimeRun = hostPathKind{
		hostPathRuntimeSocket,
		nodeRootCertain, nodeRootCertain,
		consequenceIf{finding.NodeRoot, conditionInRuntime},
		consequenceIf{finding.NodeRoot, conditionInRuntime},
	}
	// hostBuildSocket: the socket of a build daemon.
	hostBuildSocket = hostPathKind{
		hostPathRuntimeSocket,
		consequenceIf{finding.NodeRoot, conditionBuildDaemon},
		consequenceIf{finding.NodeRoot, conditionBuildDaemon},
		consequenceIf{finding.NodeRoot, conditionBuildDaemon},
		consequenceIf{finding.NodeRoot, conditionBuildDaemon},
	}
	// hostSystem: programs and configuration that the node runs as root, file by file.
	hostSystem = hostPathKind{
		hostPathSystem,
		nodeRootCertain, containedOnly,
		nodeRootCertain, containedOnly,
	}
	// hostSystemTree: a tree that holds some.
	hostSystemTree = hostPathKind{
		hostPathSystem,
		nodeRootCertain, containedOnly,
		consequenceIf{finding.NodeRoot, conditionInSystemTree},
		containedOnly,
	}
	// hostParent: a directory that is bad for what lies in it only.
	hostParent = hostPathKind{
		hostPathSystem,
		nodeRootCertain, containedOnly,
		foreignDataOnly, containedOnly,
	}
	// hostCredentials: credentials of the node or of the cluster.
	hostCredentials = hostPathKind{
		hostPathCredentials,
		nodeRootCertain, nodeReadCertain,
		nodeRootCertain, nodeReadCertain,
	}
	// hostManifests: static pods: the kubelet runs what is written there.
	hostManifests = hostPathKind{
		hostPathSystem,
		nodeRootCertain, reconOnly,
		nodeRootCertain, reconOnly,
	}
	// hostCredentialsTree: a tree that holds credentials among other things.
	hostCredentialsTree = hostPathKind{
		hostPathCredentials,
		nodeRootCertain, nodeReadCertain,
		consequenceIf{finding.NodeRoot, conditionInSystemTree},
		consequenceIf{finding.NodeRead, conditionCredentials},
	}
	// hostHome: home directories.
	hostHome = hostPathKind{
		hostPathHome,
		nodeRootCertain,
		consequenceIf{finding.NodeRead, conditionCredentials},
		consequenceIf{finding.NodeRoot, conditionInSystemTree},
		consequenceIf{finding.NodeRead, conditionCredentials},
	}
	// hostKeys: the place where a user's keys lie.
	hostKeys = hostPathKind{
		hostPathHome,
		nodeRootCertain,
		consequenceIf{finding.NodeRead, conditionCredentials},
		nodeRootCertain,
		consequenceIf{finding.NodeRead, conditionCredentials},
	}
	// hostProc: the node's processes.
	hostProc = hostPathKind{
		hostPathProc,
		nodeRootCertain,
		consequenceIf{finding.NodeRead, conditionPtrace},
		consequenceIf{finding.NodeRoot, conditionInSystemTree},
		consequenceIf{finding.NodeRead, conditionPtrace},
	}
	// hostProcSys: kernel settings, core_pattern among them.
	hostProcSys = hostPathKind{
		hostPathProc,
		nodeRootCertain, reconOnly,
		nodeRootCertain, reconOnly,
	}
	// hostSys: devices and settings of the kernel.
	hostSys = hostPathKind{
		hostPathDevices,
		consequenceIf{finding.NodeRoot, conditionSysfs},
		reconOnly,
		consequenceIf{finding.NodeRoot, conditionSysfs},
		containedOnly,
	}
	// hostDev: device files.
	hostDev = hostPathKind{
		hostPathDevices,
		consequenceIf{finding.NodeRoot, conditionDeviceGroup},
		reconOnly,
		consequenceIf{finding.NodeRoot, conditionDeviceGroup},
		reconOnly,
	}
	// hostLogs: log files, which the kubelet serves.
	hostLogs = hostPathKind{
		hostPathLogs,
		consequenceIf{finding.NodeRead, conditionReadLogs},
		containedOnly,
		consequenceIf{finding.NodeRead, conditionReadLogs},
		containedOnly,
	}
	// hostCNI: network plugins, which the runtime executes.
	hostCNI = hostPathKind{
		hostPathCNI,
		nodeRootCertain, reconOnly,
		nodeRootCertain, reconOnly,
	}
	// hostStorage: file systems of other containers.
	hostStorage = hostPathKind{
		hostPathContainerStorage,
		nodeRootCertain, nodeReadCertain,
		consequenceIf{finding.NodeRoot, conditionInRuntime},
		consequenceIf{finding.NodeRead, conditionInRuntime},
	}
	// hostPlugins: sockets by which the kubelet finds plugins.
	hostPlugins = hostPathKind{
		hostPathKubeletPlugins,
		consequenceIf{finding.NodeRoot, conditionPlugin},
		containedOnly,
		consequenceIf{finding.NodeRoot, conditionPlugin},
		containedOnly,
	}
	// hostPodResources: the kubelet's list of pods and their devices.
	hostPodResources = hostPathKind{
		hostPathKubeletPlugins,
		reconOnly, reconOnly,
		reconOnly, reconOnly,
	}
	// hostData: anything else.
	hostData = hostPathKind{
		hostPathData,
		foreignDataOnly, containedOnly,
		foreignDataOnly, containedOnly,
	}
)
