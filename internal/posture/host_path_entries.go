package posture

import "strings"

// hostPathEntry is a path of the node that is worth a verdict of its own.
type hostPathEntry struct {
	path string
	kind *hostPathKind
}

// hostPathEntries is the table of the catalogue, section A.2, sorted by path for the search. Sources: KubeHound's and
// IceKube's lists of sensitive paths, the documentation of kubelet, containerd, CRI-O, Docker, Podman, k3s, k0s, MicroK8s.
var hostPathEntries = [...]hostPathEntry{
	{"/", &hostSlash},
	{"/bin", &hostSystem},
	{"/boot", &hostSystemTree},
	{"/dev", &hostDev},
	{"/dev/full", &hostData},
	{"/dev/hugepages", &hostData},
	{"/dev/log", &hostData},
	{"/dev/null", &hostData},
	{"/dev/random", &hostData},
	{"/dev/shm", &hostData},
	{"/dev/urandom", &hostData},
	{"/dev/zero", &hostData},
	{"/etc", &hostSystemTree},
	{"/etc/cni/net.d", &hostCNI},
	{"/etc/kubernetes", &hostCredentials},
	{"/etc/kubernetes/manifests", &hostManifests},
	{"/etc/ld.so.preload", &hostSystem},
	{"/etc/pam.d", &hostSystem},
	{"/etc/passwd", &hostSystem},
	{"/etc/profile.d", &hostSystem},
	{"/etc/rancher", &hostCredentials},
	{"/etc/shadow", &hostCredentials},
	{"/etc/ssh", &hostCredentials},
	{"/etc/sudoers", &hostSystem},
	{"/etc/sudoers.d", &hostSystem},
	{"/etc/systemd", &hostSystem},
	{"/home", &hostHome},
	{"/lib", &hostSystemTree},
	{"/lib64", &hostSystem},
	{"/opt", &hostSystemTree},
	{"/opt/cni/bin", &hostCNI},
	{"/opt/local-path-provisioner", &hostData},
	{"/pipe/containerd-containerd", &hostSocket},
	{"/pipe/docker_engine", &hostSocket},
	{"/proc", &hostProc},
	{"/proc/sys", &hostProcSys},
	{"/proc/sysrq-trigger", &hostProcSys},
	{"/root", &hostHome},
	{"/root/.kube", &hostKeys},
	{"/root/.ssh", &hostKeys},
	{"/run/buildkit/buildkitd.sock", &hostBuildSocket},
	{"/run/containerd", &hostRuntimeRun},
	{"/run/containerd/containerd.sock", &hostSocket},
	{"/run/cri-dockerd.sock", &hostSocket},
	{"/run/crio", &hostRuntimeRun},
	{"/run/crio/crio.sock", &hostSocket},
	{"/run/docker.sock", &hostSocket},
	{"/run/dockershim.sock", &hostSocket},
	{"/run/k0s/containerd.sock", &hostSocket},
	{"/run/k3s/containerd", &hostRuntimeRun},
	{"/run/k3s/containerd/containerd.sock", &hostSocket},
	{"/run/podman", &hostRuntimeRun},
	{"/run/podman/podman.sock", &hostSocket},
	{"/run/systemd", &hostSystem},
	{"/sbin", &hostSystem},
	{"/srv", &hostSystemTree},
	{"/srv/kubernetes", &hostCredentials},
	{"/sys", &hostSys},
	{"/usr", &hostSystemTree},
	{"/usr/bin", &hostSystem},
	{"/usr/lib64", &hostSystem},
	{"/usr/local/bin", &hostSystem},
	{"/usr/local/sbin", &hostSystem},
	{"/usr/sbin", &hostSystem},
	{"/var", &hostParent},
	{"/var/lib", &hostParent},
	{"/var/lib/cloud", &hostSystemTree},
	{"/var/lib/containerd", &hostStorage},
	{"/var/lib/containers", &hostStorage},
	{"/var/lib/docker", &hostStorage},
	{"/var/lib/etcd", &hostCredentials},
	{"/var/lib/kubelet", &hostCredentialsTree},
	{"/var/lib/kubelet/config.json", &hostCredentials},
	{"/var/lib/kubelet/device-plugins", &hostPlugins},
	{"/var/lib/kubelet/pki", &hostCredentials},
	{"/var/lib/kubelet/plugins", &hostPlugins},
	{"/var/lib/kubelet/plugins_registry", &hostPlugins},
	{"/var/lib/kubelet/pod-resources", &hostPodResources},
	{"/var/lib/kubelet/pods", &hostCredentials},
	{"/var/lib/rancher", &hostCredentials},
	{"/var/lib/rancher/k3s/storage", &hostData},
	{"/var/log", &hostLogs},
	{"/var/snap/microk8s/common/run/containerd.sock", &hostSocket},
	{"/var/spool/cron", &hostSystem},
	{"c:", &hostDrive},
	{"c:/etc", &hostSystemTree},
	{"c:/etc/cni/net.d", &hostCNI},
	{"c:/etc/kubernetes", &hostCredentials},
	{"c:/k", &hostCredentials},
	{"c:/opt/cni/bin", &hostCNI},
	{"c:/programdata", &hostSystemTree},
	{"c:/users", &hostHome},
	{"c:/var/lib/kubelet", &hostCredentialsTree},
	{"c:/var/lib/kubelet/pki", &hostCredentials},
	{"c:/var/lib/kubelet/plugins", &hostPlugins},
	{"c:/var/lib/kubelet/plugins_registry", &hostPlugins},
	{"c:/var/lib/kubelet/pods", &hostCredentials},
	{"c:/var/log", &hostLogs},
	{"c:/windows", &hostSystemTree},
}

// hostPathPattern finds the kinds of path that no list can name in full: a user's keys under any directory, the working
// directories of the control plane's components, cron's directories. An entry's own place is judged like what lies in it.
func hostPathPattern(p string) (*hostPathKind, bool) {
	switch {
	case strings.HasPrefix(p, "/etc/cron"):
		return &hostSystem, true
	case strings.HasPrefix(p, "/var/lib/kube-"):
		return &hostCredentials, true
	case strings.Contains(p, "/.") && hasKeyComponent(p):
		return &hostKeys, true
	}
	return nil, false
}

// hasKeyComponent tells whether a component of the path is a place where tools keep a user's credentials.
func hasKeyComponent(p string) bool {
	for rest, found := p, true; found; {
		var component string
		component, rest, found = strings.Cut(rest, "/")
		switch component {
		case ".ssh", ".kube", ".docker", ".aws", ".git-credentials":
			return true
		}
	}
	return false
}
