package podsecurity

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"pgregory.net/rapid"
)

// randomPod makes pods that need not be admitted by any API server: every check has to bear them all.
func randomPod() *rapid.Generator[*corev1.Pod] {
	return rapid.Custom(func(t *rapid.T) *corev1.Pod {
		pod := &corev1.Pod{Spec: corev1.PodSpec{
			InitContainers:   rapid.SliceOfN(randomContainer(), 0, 2).Draw(t, "initContainers"),
			Containers:       rapid.SliceOfN(randomContainer(), 0, 2).Draw(t, "containers"),
			HostNetwork:      rapid.Bool().Draw(t, "hostNetwork"),
			HostPID:          rapid.Bool().Draw(t, "hostPID"),
			HostIPC:          rapid.Bool().Draw(t, "hostIPC"),
			HostUsers:        optional(rapid.Bool()).Draw(t, "hostUsers"),
			RuntimeClassName: optional(rapid.SampledFrom([]string{"", "gvisor", "other"})).Draw(t, "runtimeClassName"),
			SecurityContext:  optional(randomPodContext()).Draw(t, "securityContext"),
		}}
		for _, source := range rapid.SliceOfN(randomSource(), 0, 3).Draw(t, "volumes") {
			pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: "v", VolumeSource: source})
		}
		pod.Annotations = rapid.MapOfN(rapid.SampledFrom([]string{
			corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "app",
			corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "gone",
			"container.seccomp.security.alpha.kubernetes.io/app", "seccomp.security.alpha.kubernetes.io/pod",
			corev1.MirrorPodAnnotationKey,
		}), rapid.SampledFrom([]string{"", "unconfined", "runtime/default", "localhost/x", "docker/default"}), 0, 3).Draw(t, "annotations")
		if rapid.IntRange(0, 9).Draw(t, "os") == 0 {
			pod.Spec.OS = &corev1.PodOS{Name: corev1.Windows}
		}
		return pod
	})
}

func randomContainer() *rapid.Generator[corev1.Container] {
	return rapid.Custom(func(t *rapid.T) corev1.Container {
		c := corev1.Container{
			Name:            rapid.SampledFrom([]string{"app", "proxy"}).Draw(t, "name"),
			SecurityContext: optional(randomContext()).Draw(t, "securityContext"),
			LivenessProbe:   optional(randomProbe()).Draw(t, "livenessProbe"),
			StartupProbe:    optional(randomProbe()).Draw(t, "startupProbe"),
		}
		for _, port := range rapid.SliceOfN(rapid.Int32Range(0, 2), 0, 2).Draw(t, "ports") {
			c.Ports = append(c.Ports, corev1.ContainerPort{ContainerPort: 80, HostPort: port})
		}
		if rapid.Bool().Draw(t, "lifecycle") {
			handler := randomProbe().Draw(t, "preStop").ProbeHandler
			c.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{HTTPGet: handler.HTTPGet, TCPSocket: handler.TCPSocket}}
		}
		return c
	})
}

func randomProbe() *rapid.Generator[corev1.Probe] {
	return rapid.Custom(func(t *rapid.T) corev1.Probe {
		host := rapid.SampledFrom([]string{"", "127.0.0.1"}).Draw(t, "host")
		if rapid.Bool().Draw(t, "httpGet") {
			return corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(80), Host: host}}}
		}
		return corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(80), Host: host}}}
	})
}

func randomSource() *rapid.Generator[corev1.VolumeSource] {
	return rapid.Map(rapid.SampledFrom([]corev1.VolumeSource{
		{EmptyDir: &corev1.EmptyDirVolumeSource{}},
		{HostPath: &corev1.HostPathVolumeSource{Path: "/etc"}},
		{NFS: &corev1.NFSVolumeSource{Server: "nfs", Path: "/"}},
		{Image: &corev1.ImageVolumeSource{Reference: "image"}},
	}), func(s corev1.VolumeSource) corev1.VolumeSource { return *s.DeepCopy() })
}

func randomPodContext() *rapid.Generator[corev1.PodSecurityContext] {
	return rapid.Custom(func(t *rapid.T) corev1.PodSecurityContext {
		sc := corev1.PodSecurityContext{
			RunAsUser:       optional(rapid.SampledFrom([]int64{0, 1000})).Draw(t, "runAsUser"),
			RunAsNonRoot:    optional(rapid.Bool()).Draw(t, "runAsNonRoot"),
			SeccompProfile:  optional(randomSeccomp()).Draw(t, "seccompProfile"),
			AppArmorProfile: optional(randomAppArmor()).Draw(t, "appArmorProfile"),
			SELinuxOptions:  optional(randomSELinux()).Draw(t, "seLinuxOptions"),
			WindowsOptions:  optional(randomWindows()).Draw(t, "windowsOptions"),
		}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{
			"kernel.msgmax", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_rmem", "net.ipv4.tcp_fin_timeout",
			"net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_syncookies",
		}), 0, 3).Draw(t, "sysctls") {
			sc.Sysctls = append(sc.Sysctls, corev1.Sysctl{Name: name, Value: "1"})
		}
		return sc
	})
}

func randomContext() *rapid.Generator[corev1.SecurityContext] {
	return rapid.Custom(func(t *rapid.T) corev1.SecurityContext {
		return corev1.SecurityContext{
			Privileged:               optional(rapid.Bool()).Draw(t, "privileged"),
			AllowPrivilegeEscalation: optional(rapid.Bool()).Draw(t, "allowPrivilegeEscalation"),
			RunAsUser:                optional(rapid.SampledFrom([]int64{0, 1000})).Draw(t, "runAsUser"),
			RunAsNonRoot:             optional(rapid.Bool()).Draw(t, "runAsNonRoot"),
			Capabilities:             optional(randomCapabilities()).Draw(t, "capabilities"),
			SeccompProfile:           optional(randomSeccomp()).Draw(t, "seccompProfile"),
			AppArmorProfile:          optional(randomAppArmor()).Draw(t, "appArmorProfile"),
			SELinuxOptions:           optional(randomSELinux()).Draw(t, "seLinuxOptions"),
			WindowsOptions:           optional(randomWindows()).Draw(t, "windowsOptions"),
			ProcMount: optional(rapid.SampledFrom([]corev1.ProcMountType{
				corev1.DefaultProcMount, corev1.UnmaskedProcMount, "other",
			})).Draw(t, "procMount"),
		}
	})
}

func randomCapabilities() *rapid.Generator[corev1.Capabilities] {
	names := rapid.SampledFrom([]corev1.Capability{"ALL", "SYS_ADMIN", "CHOWN", "NET_BIND_SERVICE", "chown", ""})
	return rapid.Custom(func(t *rapid.T) corev1.Capabilities {
		return corev1.Capabilities{Add: rapid.SliceOfN(names, 0, 3).Draw(t, "add"), Drop: rapid.SliceOfN(names, 0, 2).Draw(t, "drop")}
	})
}

func randomSeccomp() *rapid.Generator[corev1.SeccompProfile] {
	return rapid.Custom(func(t *rapid.T) corev1.SeccompProfile {
		return corev1.SeccompProfile{Type: rapid.SampledFrom([]corev1.SeccompProfileType{
			corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeUnconfined, "",
		}).Draw(t, "type")}
	})
}

func randomAppArmor() *rapid.Generator[corev1.AppArmorProfile] {
	return rapid.Custom(func(t *rapid.T) corev1.AppArmorProfile {
		return corev1.AppArmorProfile{Type: rapid.SampledFrom([]corev1.AppArmorProfileType{
			corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeUnconfined, "",
		}).Draw(t, "type")}
	})
}

func randomSELinux() *rapid.Generator[corev1.SELinuxOptions] {
	return rapid.Custom(func(t *rapid.T) corev1.SELinuxOptions {
		return corev1.SELinuxOptions{
			Type: rapid.SampledFrom([]string{"", "container_t", "container_engine_t", "spc_t"}).Draw(t, "type"),
			User: rapid.SampledFrom([]string{"", "system_u"}).Draw(t, "user"),
			Role: rapid.SampledFrom([]string{"", "system_r"}).Draw(t, "role"),
		}
	})
}

func randomWindows() *rapid.Generator[corev1.WindowsSecurityContextOptions] {
	return rapid.Custom(func(t *rapid.T) corev1.WindowsSecurityContextOptions {
		return corev1.WindowsSecurityContextOptions{HostProcess: optional(rapid.Bool()).Draw(t, "hostProcess")}
	})
}

// optional draws nil half of the time: unset is the setting that checks get wrong.
func optional[T any](of *rapid.Generator[T]) *rapid.Generator[*T] {
	return rapid.Custom(func(t *rapid.T) *T {
		if rapid.Bool().Draw(t, "unset") {
			return nil
		}
		value := of.Draw(t, "value")
		return &value
	})
}
