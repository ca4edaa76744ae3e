package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// A path of the node in a container is as dangerous as what lies there: programs that the node runs, sockets that obey
// whoever connects, credentials that others left. One check per class of path; classifyHostPath decides the class.
//
// Fields: spec.volumes[*].hostPath.path with spec.{containers,initContainers,ephemeralContainers}[*].volumeMounts[*]
// {mountPath,readOnly,recursiveReadOnly,subPath,subPathExpr}
// Finds:  each mount of a path of the class, in each container
// Certain for root. Conditional for other users: the modes of the files decide. hostUsers: false changes nothing, for
// volumes are mounted with mapped IDs, except that a pod with /proc or /sys does not start.
func hostPathCheck(class hostPathClass) Check {
	row := &hostPathRows[class]
	return Check{
		ID:          row.id,
		Catalogue:   row.catalogue,
		Title:       row.title,
		Worst:       row.worst,
		PodSecurity: "baseline",
		Find: func(p *Pod, out *Findings) {
			for i := range p.hostMounts {
				if m := &p.hostMounts[i]; m.class == class && m.claim == nil {
					out.Add(m.finding(p, m.message(), row.remediation))
				}
			}
		},
		Breaks: row.breaks,
		Fix:    func(spec *corev1.PodSpec) { fixHostPath(spec, class) },
	}
}

// message is the consequence of the mount in words.
func (m *hostMount) message() string {
	if m.access == hostWrite {
		return hostPathRows[m.class].write
	}
	return hostPathRows[m.class].read
}

// fixHostPath removes the volumes of the class with their mounts. Log files stay, read-only: that is what a collector
// of logs needs, and no link can be planted then.
func fixHostPath(spec *corev1.PodSpec, class hostPathClass) {
	gone := volumeSet{}
	for _, m := range NewPod(spec, Facts{}).hostMounts {
		switch {
		case m.class != class:
		case class == hostPathLogs:
			m.mount.ReadOnly = true
		default:
			gone[m.mount.Name] = struct{}{}
		}
	}
	removeVolumes(spec, gone)
}

// hostPathRow is what the check of one class says.
type hostPathRow struct {
	id          finding.CheckID
	catalogue   []string
	title       string
	worst       finding.Consequence
	write, read string
	remediation string
	breaks      string
}

var hostPathRows = [...]hostPathRow{
	hostPathRoot: {
		"HostPathRoot",
		[]string{"H01"},
		"Root directory of the node is mounted", finding.NodeRoot,
		"The whole node can be changed: programs, static pods, keys.",
		"The whole node can be read, and its runtime's socket obeys through a read-only mount too.",
		"Mount only the directory that is needed, read-only.",
		"Whatever reads or writes files of the node through the mount does not find them: node agents and backup tools do.",
	},
	hostPathSystem: {
		"HostPathSystem",
		[]string{"H02"},
		"System directory of the node is mounted", finding.NodeRoot,
		"What is written there is run by the node as root: programs, units, cron jobs, static pods.",
		"It shows how the node is set up.",
		"Remove the volume; bring configuration in a ConfigMap and programs in the image.",
		"Whatever reads or writes the node's configuration through the mount does not find it: installers and node agents do.",
	},
	hostPathRuntimeSocket: {
		"HostPathRuntimeSocket",
		[]string{"H03"},
		"Socket of the container runtime is mounted", finding.NodeRoot,
		"Whoever reaches the runtime's socket starts a privileged container on the node.",
		"Whoever reaches the runtime's socket starts a privileged container, read-only or not.",
		"Remove the volume; ask the API server or the kubelet's metrics instead of the runtime.",
		"A program that lists or starts containers through the runtime's socket no longer reaches it.",
	},
	hostPathCredentials: {
		"HostPathCredentials",
		[]string{"H04"},
		"Credentials of the node are mounted", finding.NodeRoot,
		"Keys and tokens of the node and its pods can be read, and replaced.",
		"Keys and tokens of the node and its pods can be read.",
		"Remove the volume; give the pod a ServiceAccount of its own with the rights it needs.",
		"A program that uses the node's certificates or kubeconfig has to get a ServiceAccount of its own first.",
	},
	hostPathHome: {
		"HostPathHome",
		[]string{"H05"},
		"Home directories of the node are mounted", finding.NodeRoot,
		"An SSH key or a start-up file that is written there runs as the user of the node.",
		"Keys, tokens and shell histories of the node's users can be read.",
		"Remove the volume; hand over the one credential that is needed as a Secret.",
		"A program that uses keys or files of the node's users does not find them.",
	},
	hostPathProc: {
		"HostPathProc",
		[]string{"H06"},
		"Processes of the node are mounted", finding.NodeRoot,
		"Root writes a program into core_pattern, and the kernel runs it on the node.",
		"Environments and files of the node's processes can be read.",
		"Remove the volume; mount it read-only where a metrics agent needs it.",
		"A metrics or security agent that watches the node's processes no longer sees them.",
	},
	hostPathDevices: {
		"HostPathDevices",
		[]string{"H07"},
		"Devices or kernel settings of the node are mounted", finding.NodeRoot,
		"Disks, memory or settings of the kernel can be changed.",
		"It shows the hardware and the settings of the kernel.",
		"Remove the volume; ask a device plugin for the device.",
		"A program that opens a device or changes kernel settings of the node no longer can.",
	},
	hostPathLogs: {
		"HostPathLogs",
		[]string{"H08"},
		"Log directory of the node is mounted writable", finding.NodeRead,
		"A link that is planted among the logs makes the kubelet serve any file of the node as root.",
		"Log files of the node can be read.",
		"Mount the directory with readOnly: true.",
		"Nothing that reads logs; a program that keeps its position or a file of its own there needs another volume.",
	},
	hostPathCNI: {
		"HostPathCNI",
		[]string{"H09"},
		"Network plugins of the node are mounted", finding.NodeRoot,
		"The runtime executes what is written there as root when the next pod starts.",
		"It shows how the pod network is set up.",
		"Remove the volume; only the network plugin's own installer needs it.",
		"An installer of a network plugin no longer puts it on the node.",
	},
	hostPathContainerStorage: {
		"HostPathContainerStorage",
		[]string{"H10"},
		"Storage of the container runtime is mounted", finding.NodeRoot,
		"Programs of other containers, privileged ones too, can be replaced.",
		"Files of other containers can be read.",
		"Remove the volume; mount /var/log/pods read-only where logs are wanted.",
		"A scanner or builder that reads the images and layers of the node does not find them.",
	},
	hostPathKubeletPlugins: {
		"HostPathKubeletPlugins",
		[]string{"H11"},
		"Plugin sockets of the kubelet are mounted", finding.NodeRoot,
		"A plugin that is registered there gives later pods devices and mounts of its choice.",
		"It shows the pods of the node and their devices.",
		"Leave it to device plugins and storage drivers; remove the volume elsewhere.",
		"A device or storage plugin no longer registers at the kubelet.",
	},
	hostPathData: {
		"HostPathData",
		[]string{"H12"},
		"Directory of the node is mounted", finding.ForeignData,
		"What other pods or the node keep there can be read and changed.",
		"Nothing sensitive is known to lie there.",
		"Use an emptyDir or a PersistentVolumeClaim.",
		"The data below the mount is no longer there for the pod: move it to a volume first.",
	},
}
