package posture

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/snapshot"
)

// The generators below make pods that need not be admitted by any API server: checks must bear them all.

func podSpec() *rapid.Generator[*corev1.PodSpec] {
	return rapid.Custom(func(t *rapid.T) *corev1.PodSpec {
		spec := &corev1.PodSpec{
			Volumes:                      rapid.SliceOfN(volume(), 0, 3).Draw(t, "volumes"),
			Containers:                   rapid.SliceOfN(container(), 1, 2).Draw(t, "containers"),
			InitContainers:               rapid.SliceOfN(container(), 0, 2).Draw(t, "initContainers"),
			HostPID:                      rapid.Bool().Draw(t, "hostPID"),
			HostIPC:                      rapid.Bool().Draw(t, "hostIPC"),
			HostNetwork:                  rapid.Bool().Draw(t, "hostNetwork"),
			HostUsers:                    optional(rapid.Bool()).Draw(t, "hostUsers"),
			ShareProcessNamespace:        optional(rapid.Bool()).Draw(t, "shareProcessNamespace"),
			ServiceAccountName:           rapid.SampledFrom([]string{"", "default", "app"}).Draw(t, "serviceAccountName"),
			AutomountServiceAccountToken: optional(rapid.Bool()).Draw(t, "automount"),
			RuntimeClassName:             optional(rapid.SampledFrom([]string{"gvisor", "other"})).Draw(t, "runtimeClassName"),
			SecurityContext:              optional(podSecurityContext()).Draw(t, "securityContext"),
			NodeSelector:                 nodeSelector().Draw(t, "nodeSelector"),
		}
		for _, c := range rapid.SliceOfN(container(), 0, 1).Draw(t, "ephemeralContainers") {
			spec.EphemeralContainers = append(spec.EphemeralContainers,
				corev1.EphemeralContainer{EphemeralContainerCommon: corev1.EphemeralContainerCommon(c)})
		}
		if rapid.IntRange(0, 9).Draw(t, "os") == 0 {
			spec.OS = &corev1.PodOS{Name: corev1.Windows}
		}
		return spec
	})
}

func randomFacts() *rapid.Generator[Facts] {
	return rapid.Custom(func(t *rapid.T) Facts {
		return Facts{
			Namespace: rapid.SampledFrom([]string{"default", "kube-system"}).Draw(t, "namespace"),
			Users:     rapid.SampledFrom([]map[string]int64{nil, {"app": 0}, {"app": 1000}}).Draw(t, "users"),
			Automount: optional(rapid.Bool()).Draw(t, "automount"),
			Placement: Placement{ControlPlane: rapid.Bool().Draw(t, "controlPlane")},
			TokenSecrets: rapid.SampledFrom([]snapshot.TokenSecrets{
				{},
				{State: snapshot.Synced, Accounts: map[string]string{"git": "builder", "app": ""}},
				{State: snapshot.Forbidden, Accounts: map[string]string{"postgres": "default"}, Own: "postgres", OwnCount: 1},
			}).Draw(t, "tokenSecrets"),
			Settings: Settings{
				SystemNamespaces:        []string{"kube-system"},
				TrustedRegistries:       rapid.SampledFrom([][]string{nil, {"registry.example"}}).Draw(t, "trustedRegistries"),
				SandboxedRuntimeClasses: []string{"gvisor"},
			},
		}
	})
}

func container() *rapid.Generator[corev1.Container] {
	images := []string{"", "nginx", "nginx:1.27", "registry.example:5000/app:latest", "registry.example/app@sha256:00"}
	return rapid.Custom(func(t *rapid.T) corev1.Container {
		c := corev1.Container{
			Name:            rapid.SampledFrom([]string{"app", "proxy", "debug"}).Draw(t, "name"),
			Image:           rapid.SampledFrom(images).Draw(t, "image"),
			SecurityContext: optional(containerSecurityContext()).Draw(t, "securityContext"),
			VolumeMounts:    rapid.SliceOfN(mount(), 0, 3).Draw(t, "volumeMounts"),
			Env:             rapid.SliceOfN(variable(), 0, 3).Draw(t, "env"),
			RestartPolicy:   optional(rapid.Just(corev1.ContainerRestartPolicyAlways)).Draw(t, "restartPolicy"),
		}
		if rapid.Bool().Draw(t, "envFrom") {
			c.EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: name("postgres")}}}
		}
		if rapid.Bool().Draw(t, "limited") {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")}
		}
		if rapid.Bool().Draw(t, "hostPort") {
			c.Ports = []corev1.ContainerPort{{ContainerPort: 80, HostPort: 80}}
		}
		return c
	})
}

func mount() *rapid.Generator[corev1.VolumeMount] {
	return rapid.Custom(func(t *rapid.T) corev1.VolumeMount {
		return corev1.VolumeMount{
			Name:      rapid.SampledFrom(volumeNames).Draw(t, "name"),
			MountPath: rapid.SampledFrom([]string{"/a", "/b"}).Draw(t, "mountPath"),
			ReadOnly:  rapid.Bool().Draw(t, "readOnly"),
			SubPath:   rapid.SampledFrom([]string{"", "etc", "../run"}).Draw(t, "subPath"),
		}
	})
}

func variable() *rapid.Generator[corev1.EnvVar] {
	names := []string{"DB_PASSWORD", "GITHUB_TOKEN", "AWS_ROLE_ARN", "MODE"}
	values := []string{"", "yes", "hunter2", "https://user:word@db.example", "$(OTHER)"}
	return rapid.Custom(func(t *rapid.T) corev1.EnvVar {
		v := corev1.EnvVar{Name: rapid.SampledFrom(names).Draw(t, "name")}
		if rapid.Bool().Draw(t, "fromSecret") {
			v.ValueFrom = &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: name("app"), Key: "key"}}
			return v
		}
		v.Value = rapid.SampledFrom(values).Draw(t, "value")
		return v
	})
}

var volumeNames = []string{"data", "kube-api-access-x", "other"}

func volume() *rapid.Generator[corev1.Volume] {
	return rapid.Custom(func(t *rapid.T) corev1.Volume {
		v := corev1.Volume{Name: rapid.SampledFrom(volumeNames).Draw(t, "name")}
		v.VolumeSource = rapid.SampledFrom([]corev1.VolumeSource{
			{},
			{NFS: &corev1.NFSVolumeSource{Server: "nfs.example", Path: "/"}},
			{Secret: &corev1.SecretVolumeSource{SecretName: "git", Items: []corev1.KeyToPath{{Key: "ssh-privatekey"}}}},
			{CSI: &corev1.CSIVolumeSource{Driver: secretsStoreDriver}},
			{GitRepo: &corev1.GitRepoVolumeSource{Repository: "https://git.example/app"}},
			{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{}},
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "vault"}},
			}}},
			hostVolume("", "/").VolumeSource,
			hostVolume("", "/run/containerd/containerd.sock").VolumeSource,
			hostVolume("", "/var/log/../lib/kubelet").VolumeSource,
			hostVolume("", "/data").VolumeSource,
			hostVolume("", "/sys").VolumeSource,
			hostVolume("", "/etc/cni/net.d").VolumeSource,
			hostVolume("", "").VolumeSource,
		}).Draw(t, "source")
		return *v.DeepCopy()
	})
}

func podSecurityContext() *rapid.Generator[corev1.PodSecurityContext] {
	return rapid.Custom(func(t *rapid.T) corev1.PodSecurityContext {
		return corev1.PodSecurityContext{
			RunAsUser:       optional(uid()).Draw(t, "runAsUser"),
			RunAsGroup:      optional(uid()).Draw(t, "runAsGroup"),
			RunAsNonRoot:    optional(rapid.Bool()).Draw(t, "runAsNonRoot"),
			SeccompProfile:  optional(seccomp()).Draw(t, "seccompProfile"),
			AppArmorProfile: optional(appArmor()).Draw(t, "appArmorProfile"),
			SELinuxOptions:  optional(seLinux()).Draw(t, "seLinuxOptions"),
			WindowsOptions:  optional(windowsOptions()).Draw(t, "windowsOptions"),
			Sysctls:         rapid.SliceOfN(rapid.Just(corev1.Sysctl{Name: "kernel.msgmax", Value: "1"}), 0, 1).Draw(t, "sysctls"),
		}
	})
}

func containerSecurityContext() *rapid.Generator[corev1.SecurityContext] {
	return rapid.Custom(func(t *rapid.T) corev1.SecurityContext {
		return corev1.SecurityContext{
			Privileged:               optional(rapid.Bool()).Draw(t, "privileged"),
			AllowPrivilegeEscalation: optional(rapid.Bool()).Draw(t, "allowPrivilegeEscalation"),
			ReadOnlyRootFilesystem:   optional(rapid.Bool()).Draw(t, "readOnlyRootFilesystem"),
			RunAsUser:                optional(uid()).Draw(t, "runAsUser"),
			RunAsGroup:               optional(uid()).Draw(t, "runAsGroup"),
			RunAsNonRoot:             optional(rapid.Bool()).Draw(t, "runAsNonRoot"),
			Capabilities:             optional(capabilities()).Draw(t, "capabilities"),
			SeccompProfile:           optional(seccomp()).Draw(t, "seccompProfile"),
			AppArmorProfile:          optional(appArmor()).Draw(t, "appArmorProfile"),
			SELinuxOptions:           optional(seLinux()).Draw(t, "seLinuxOptions"),
			WindowsOptions:           optional(windowsOptions()).Draw(t, "windowsOptions"),
			ProcMount:                optional(procMount()).Draw(t, "procMount"),
		}
	})
}

func capabilities() *rapid.Generator[corev1.Capabilities] {
	names := []corev1.Capability{
		"ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "NET_ADMIN", "NET_RAW", "BPF", "PERFMON", "DAC_READ_SEARCH",
		"SYSLOG", "SYS_BOOT", "CHECKPOINT_RESTORE", "IPC_OWNER", "KILL", "DAC_OVERRIDE", "CAP_SYS_ADMIN", "",
	}
	return rapid.Custom(func(t *rapid.T) corev1.Capabilities {
		return corev1.Capabilities{
			Add:  rapid.SliceOfN(rapid.SampledFrom(names), 0, 3).Draw(t, "add"),
			Drop: rapid.SliceOfN(rapid.SampledFrom(names), 0, 2).Draw(t, "drop"),
		}
	})
}

func seccomp() *rapid.Generator[corev1.SeccompProfile] {
	return rapid.Custom(func(t *rapid.T) corev1.SeccompProfile {
		return corev1.SeccompProfile{Type: rapid.SampledFrom([]corev1.SeccompProfileType{
			corev1.SeccompProfileTypeRuntimeDefault, corev1.SeccompProfileTypeUnconfined, corev1.SeccompProfileTypeLocalhost,
		}).Draw(t, "type")}
	})
}

func appArmor() *rapid.Generator[corev1.AppArmorProfile] {
	return rapid.Custom(func(t *rapid.T) corev1.AppArmorProfile {
		return corev1.AppArmorProfile{Type: rapid.SampledFrom([]corev1.AppArmorProfileType{
			corev1.AppArmorProfileTypeRuntimeDefault, corev1.AppArmorProfileTypeUnconfined, corev1.AppArmorProfileTypeLocalhost,
		}).Draw(t, "type")}
	})
}

func seLinux() *rapid.Generator[corev1.SELinuxOptions] {
	return rapid.Custom(func(t *rapid.T) corev1.SELinuxOptions {
		return corev1.SELinuxOptions{
			Type: rapid.SampledFrom([]string{"", "container_t", "spc_t"}).Draw(t, "type"),
			User: rapid.SampledFrom([]string{"", "system_u"}).Draw(t, "user"),
		}
	})
}

func windowsOptions() *rapid.Generator[corev1.WindowsSecurityContextOptions] {
	return rapid.Custom(func(t *rapid.T) corev1.WindowsSecurityContextOptions {
		return corev1.WindowsSecurityContextOptions{
			HostProcess:   optional(rapid.Bool()).Draw(t, "hostProcess"),
			RunAsUserName: optional(rapid.SampledFrom([]string{"ContainerUser", "ContainerAdministrator"})).Draw(t, "runAsUserName"),
		}
	})
}

func uid() *rapid.Generator[int64] { return rapid.SampledFrom([]int64{0, 1000}) }

func name(of string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: of} }

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

func procMount() *rapid.Generator[corev1.ProcMountType] {
	return rapid.SampledFrom([]corev1.ProcMountType{corev1.DefaultProcMount, corev1.UnmaskedProcMount})
}

func nodeSelector() *rapid.Generator[map[string]string] {
	return rapid.SampledFrom([]map[string]string{nil, {"node-role.kubernetes.io/control-plane": ""}})
}

func hostVolume(name, path string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}}}
}
