package posture

import (
	"path"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/finding"
)

func TestHostPathIsJudgedByWhatLiesThere(t *testing.T) {
	for _, test := range []struct {
		path        string
		access      hostAccess
		class       hostPathClass
		consequence finding.Consequence
		condition   string
	}{
		{`/`, hostWrite, hostPathRoot, finding.NodeRoot, ""},
		{`/`, hostRead, hostPathRoot, finding.NodeRoot, ""},
		{`/`, hostReadRecursive, hostPathRoot, finding.NodeRoot, ""},
		{`//`, hostWrite, hostPathRoot, finding.NodeRoot, ""},
		{`/.`, hostRead, hostPathRoot, finding.NodeRoot, ""},
		{`/etc`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/etc/`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/nginx`, hostWrite, hostPathSystem, finding.NodeRoot, conditionInSystemTree},
		{`/etc/nginx`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/cron.d`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/cron.daily/backup`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/crontab`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/systemd/system`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/passwd`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/passwd`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/shadow`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/etc/ssh`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/etc/localtime`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/localtime`, hostWrite, hostPathSystem, finding.NodeRoot, conditionInSystemTree},
		{`/etc/ssl/certs`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/machine-id`, hostRead, hostPathData, finding.Contained, ""},
		{`/etc/os-release`, hostReadRecursive, hostPathData, finding.Contained, ""},
		{`/etc/kubernetes`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`/etc/kubernetes`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/etc/kubernetes/pki`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/etc/kubernetes/admin.conf`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`/etc/kubernetes/manifests`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/etc/kubernetes/manifests`, hostRead, hostPathSystem, finding.Recon, ""},
		{`/etc/cni`, hostWrite, hostPathCNI, finding.NodeRoot, ""},
		{`/etc/cni/net.d`, hostWrite, hostPathCNI, finding.NodeRoot, ""},
		{`/etc/cni/net.d`, hostRead, hostPathCNI, finding.Recon, ""},
		{`/opt/cni/bin`, hostWrite, hostPathCNI, finding.NodeRoot, ""},
		{`/opt/cni/bin/flannel`, hostWrite, hostPathCNI, finding.NodeRoot, ""},
		{`/opt`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/opt/myapp`, hostWrite, hostPathSystem, finding.NodeRoot, conditionInSystemTree},
		{`/opt/myapp`, hostRead, hostPathData, finding.Contained, ""},
		{`/opt/local-path-provisioner/pvc-1`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/usr`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/usr`, hostRead, hostPathData, finding.Contained, ""},
		{`/usr/bin/kubectl`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/usr/share/zoneinfo`, hostRead, hostPathData, finding.Contained, ""},
		{`/usr/src`, hostRead, hostPathData, finding.Contained, ""},
		{`/lib/modules`, hostRead, hostPathData, finding.Contained, ""},
		{`/lib/modules`, hostWrite, hostPathSystem, finding.NodeRoot, conditionInSystemTree},
		{`/boot`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/srv`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/srv/kubernetes`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`/run`, hostWrite, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/run`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/var/run`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/var/run/docker.sock`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/var/run/../run/docker.sock`, hostWrite, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/run/containerd`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/run/containerd/containerd.sock`, hostReadRecursive, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/run/containerd/fifo`, hostWrite, hostPathRuntimeSocket, finding.NodeRoot, conditionInRuntime},
		{`/run/k3s`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/run/buildkit`, hostWrite, hostPathRuntimeSocket, finding.NodeRoot, conditionBuildDaemon},
		{`/run/systemd`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/run/systemd`, hostRead, hostPathData, finding.Contained, ""},
		{`/run/udev`, hostRead, hostPathData, finding.Contained, ""},
		{`/run/flannel`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/var`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/var`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/var/lib`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/myapp`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/var/lib/kubelet`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`/var/lib/kubelet`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/kubelet/pods`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/kubelet/pki`, hostReadRecursive, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/kubelet/seccomp`, hostWrite, hostPathCredentials, finding.NodeRoot, conditionInSystemTree},
		{`/var/lib/kubelet/device-plugins`, hostWrite, hostPathKubeletPlugins, finding.NodeRoot, conditionPlugin},
		{`/var/lib/kubelet/plugins/driver`, hostWrite, hostPathKubeletPlugins, finding.NodeRoot, conditionPlugin},
		{`/var/lib/kubelet/plugins_registry`, hostRead, hostPathData, finding.Contained, ""},
		{`/var/lib/kubelet/pod-resources`, hostRead, hostPathKubeletPlugins, finding.Recon, ""},
		{`/var/lib/etcd`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/kube-proxy`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`/var/lib/rancher/k3s/server`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`/var/lib/rancher/k3s/storage/pvc-1`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/var/lib/docker`, hostWrite, hostPathContainerStorage, finding.NodeRoot, ""},
		{`/var/lib/docker`, hostRead, hostPathContainerStorage, finding.NodeRead, ""},
		{`/var/lib/docker/containers`, hostRead, hostPathContainerStorage, finding.NodeRead, conditionInRuntime},
		{`/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs`, hostWrite, hostPathContainerStorage, finding.NodeRoot, conditionInRuntime},
		{`/var/log`, hostWrite, hostPathLogs, finding.NodeRead, conditionReadLogs},
		{`/var/log/pods`, hostWrite, hostPathLogs, finding.NodeRead, conditionReadLogs},
		{`/var/log`, hostRead, hostPathData, finding.Contained, ""},
		{`/var/logs`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/var/spool/cron`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`/var/snap/microk8s/common/run`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`/root`, hostWrite, hostPathHome, finding.NodeRoot, ""},
		{`/root`, hostRead, hostPathHome, finding.NodeRead, conditionCredentials},
		{`/home/admin`, hostWrite, hostPathHome, finding.NodeRoot, conditionInSystemTree},
		{`/home/admin/.ssh`, hostWrite, hostPathHome, finding.NodeRoot, ""},
		{`/data/git/.aws/credentials`, hostRead, hostPathHome, finding.NodeRead, conditionCredentials},
		{`/data/.cache`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/proc`, hostWrite, hostPathProc, finding.NodeRoot, ""},
		{`/proc`, hostRead, hostPathProc, finding.NodeRead, conditionPtrace},
		{`/proc/sys/kernel`, hostWrite, hostPathProc, finding.NodeRoot, ""},
		{`/proc/sys`, hostRead, hostPathProc, finding.Recon, ""},
		{`/proc/1`, hostWrite, hostPathProc, finding.NodeRoot, conditionInSystemTree},
		{`/sys`, hostWrite, hostPathDevices, finding.NodeRoot, conditionSysfs},
		{`/sys`, hostRead, hostPathDevices, finding.Recon, ""},
		{`/sys/fs/cgroup`, hostWrite, hostPathDevices, finding.NodeRoot, conditionSysfs},
		{`/sys/fs/cgroup`, hostRead, hostPathData, finding.Contained, ""},
		{`/dev`, hostWrite, hostPathDevices, finding.NodeRoot, conditionDeviceGroup},
		{`/dev`, hostRead, hostPathDevices, finding.Recon, ""},
		{`/dev/kmsg`, hostRead, hostPathDevices, finding.Recon, ""},
		{`/dev/sda`, hostWrite, hostPathDevices, finding.NodeRoot, conditionDeviceGroup},
		{`/dev/shm`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/tmp`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`/data`, hostRead, hostPathData, finding.Contained, ""},
		{`/etcetera`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`relative`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`C:\`, hostWrite, hostPathRoot, finding.NodeRoot, ""},
		{`c:\`, hostRead, hostPathRoot, finding.NodeRead, ""},
		{`C:\ProgramData`, hostWrite, hostPathSystem, finding.NodeRoot, ""},
		{`C:/Users/admin/.ssh`, hostRead, hostPathHome, finding.NodeRead, conditionCredentials},
		{`C:\K`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`C:\var\lib\kubelet`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`c:/VAR/lib/Kubelet/pki`, hostWrite, hostPathCredentials, finding.NodeRoot, ""},
		{`C:\etc\kubernetes`, hostRead, hostPathCredentials, finding.NodeRead, ""},
		{`C:\data`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`D:\etc\kubernetes`, hostWrite, hostPathData, finding.ForeignData, ""},
		{`\\.\pipe\docker_engine`, hostRead, hostPathRuntimeSocket, finding.NodeRoot, ""},
		{`\\.\Pipe\ContainerD-containerd`, hostWrite, hostPathRuntimeSocket, finding.NodeRoot, ""},
	} {
		got := classifyHostPath(effectiveHostPath(test.path, "", false), test.access)
		if want := (hostVerdict{test.class, test.consequence, test.condition}); got != want {
			t.Errorf("%s with access %d: got %+v, want %+v", test.path, test.access, got, want)
		}
	}
}

func TestEffectiveHostPathIsWhatTheContainerSees(t *testing.T) {
	for name, test := range map[string]struct {
		path, subPath string
		windows       bool
		want          string
	}{
		"it is cleaned":        {path: "//var//lib/./kubelet/", want: "/var/lib/kubelet"},
		"a subPath narrows it": {path: "/var", subPath: "lib/app", want: "/var/lib/app"},
		"a subPath that climbs counts as what it says": {path: "/data", subPath: "../etc", want: "/etc"},
		"it cannot climb over the root":                {path: "/../../etc", want: "/etc"},
		"the link /var/run is followed":                {path: "/var/run/crio", want: "/run/crio"},
		"so it is through a subPath":                   {path: "/var", subPath: "run/docker.sock", want: "/run/docker.sock"},
		"a longer name is no link":                     {path: "/var/running", want: "/var/running"},
		"no path is the root":                          {path: "", want: "/"},
		"Windows folds case and slashes":               {path: `C:\Var\Lib/Kubelet\`, want: "c:/var/lib/kubelet"},
		"Windows has a pipe":                           {path: `\\.\pipe\Docker_Engine`, want: "/pipe/docker_engine"},
		"Windows has a subPath":                        {path: `C:\`, subPath: `K\config`, want: "c:/k/config"},
		"a Windows pod's path lies on its drive":       {path: "/var/lib/kubelet", windows: true, want: "c:/var/lib/kubelet"},
		"a Windows pod's root is its drive":            {path: `\`, windows: true, want: "c:"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := effectiveHostPath(test.path, test.subPath, test.windows); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestHostPathEntriesAreSorted(t *testing.T) {
	if !slices.IsSortedFunc(hostPathEntries[:], func(a, b hostPathEntry) int { return compareEntry(a, b.path) }) {
		t.Error("the search needs the table sorted by path")
	}
	for _, entry := range hostPathEntries {
		if got := effectiveHostPath(entry.path, "", false); got != entry.path {
			t.Errorf("%s can never be looked up: it is written %s", entry.path, got)
		}
	}
}

// somePath draws paths in, at and above the entries of the table, and others.
func somePath() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		p := rapid.SampledFrom(hostPathEntries[:]).Draw(t, "entry").path
		for range rapid.IntRange(0, 3).Draw(t, "up") {
			p = path.Dir(p)
		}
		for range rapid.IntRange(0, 2).Draw(t, "down") {
			p = path.Join(p, rapid.SampledFrom([]string{"a", "lib", "run", ".ssh", "x.sock", "kube-x"}).Draw(t, "name"))
		}
		return p
	})
}

func TestHostPathVerdictsAreOrdered(t *testing.T) {
	t.Run("a sensitive path is never worse than a directory above it", rapid.MakeCheck(func(t *rapid.T) {
		entry := rapid.SampledFrom(hostPathEntries[:]).Draw(t, "entry")
		access := hostAccess(rapid.IntRange(0, 2).Draw(t, "access"))
		child := classifyHostPath(entry.path, access)
		for up := path.Dir(entry.path); len(up) > 1; up = path.Dir(up) {
			if up == "/pipe" || child.class == hostPathRuntimeSocket && up == "/var" {
				continue // Pipes have no directory; the catalogue takes /var for no parent of sockets.
			}
			if parent := classifyHostPath(up, access); child.tier() > parent.tier() {
				t.Fatalf("%s is %+v, but %s above it is %+v", entry.path, child, up, parent)
			}
		}
		if root := classifyHostPath("/", access); child.tier() > root.tier() {
			t.Fatalf("%s is worse than /", entry.path)
		}
	}))
	t.Run("less access is never worse", rapid.MakeCheck(func(t *rapid.T) {
		p := somePath().Draw(t, "path")
		write, read := classifyHostPath(p, hostWrite), classifyHostPath(p, hostRead)
		if read.worse(write) || classifyHostPath(p, hostReadRecursive).worse(read) {
			t.Fatalf("%s: writable %+v, read-only %+v", p, write, read)
		}
	}))
	t.Run("spelling does not matter", rapid.MakeCheck(func(t *rapid.T) {
		p := somePath().Draw(t, "path")
		want := classifyHostPath(effectiveHostPath(p, "", false), hostWrite)
		for _, spelled := range []string{p + "/", p + "/.", p + "/x/..", path.Join(p, "x") + "/.."} {
			if got := classifyHostPath(effectiveHostPath(spelled, "", false), hostWrite); got != want {
				t.Fatalf("%s is %+v, but %s is %+v", p, want, spelled, got)
			}
		}
	}))
}

// However odd a path is, it has a verdict, and cleaning it once is enough.
func FuzzHostPath(f *testing.F) {
	for _, entry := range hostPathEntries {
		f.Add(entry.path, "", false)
	}
	f.Add(`\\.\pipe\x`, "..", true)
	f.Fuzz(func(t *testing.T, hostPath, subPath string, windows bool) {
		p := effectiveHostPath(hostPath, subPath, windows)
		for access := range hostWrite + 1 {
			if got := classifyHostPath(p, access); got.consequence == "" || got.class > hostPathData {
				t.Errorf("%q: %+v", p, got)
			}
		}
		if again := effectiveHostPath(p, "", windows); !windows && again != p {
			t.Errorf("%q cleaned once more is %q", p, again)
		}
	})
}
