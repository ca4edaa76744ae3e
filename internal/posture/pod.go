package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

// Facts are what the checks read besides the pod's spec.
type Facts struct {
	// Namespace of the pod.
	Namespace string
	// Annotations of the pod; only the legacy AppArmor ones and that of mirror pods are read.
	Annotations map[string]string
	// Users holds, by container name, the UID that the runtime gave to the container's first process
	// (status.containerStatuses[].user.linux.uid). A container that is missing here has not reported one.
	Users map[string]int64
	// Automount is automountServiceAccountToken of the pod's ServiceAccount; nil where it is unset or unknown.
	Automount *bool
	// Claims holds, by claim name, the host directory behind a PersistentVolumeClaim that the pod mounts.
	// A claim that is missing here is bound to no volume on the host, or is unknown.
	Claims map[string]snapshot.HostVolume
	// TokenSecrets is what is known of the Secrets around the pod; the zero value where they are not read.
	TokenSecrets snapshot.TokenSecrets
	// ConfigMaps are what stands in for the hosts that ConfigMaps name, by ConfigMap and key; nil where they are not read.
	ConfigMaps map[string]map[string]string
	// Placement is the node that the pod runs on.
	Placement Placement
	// Rights is how much RBAC lets the pod's ServiceAccount do.
	Rights Rights
	// Settings are the operator's.
	Settings Settings
}

// Rights is how much RBAC lets a ServiceAccount do.
type Rights string

// The amounts of rights.
const (
	RightsUnknown Rights = ""
	RightsNone    Rights = "None" // nothing but what every ServiceAccount may
	RightsSome    Rights = "Some"
)

// Unobserved are the facts about the pods that a change of the spec would make: nobody has seen yet as whom they run,
// nor which node they get.
func (f Facts) Unobserved() Facts {
	f.Users, f.Placement.ControlPlane = nil, false
	return f
}

// Placement is what is known of the node that a pod runs on. The zero value: nothing is known.
type Placement struct {
	// ControlPlane is true where the node carries a control-plane role label.
	ControlPlane bool
	// NoControlPlane is true where no node of the cluster carries one, as where a provider keeps the control plane to
	// itself: no pod can be placed there then.
	NoControlPlane bool
	// CloudProvider is the prefix of the node's provider ID: aws, gce, azure; empty where there is none.
	CloudProvider string
}

// Settings are the parts of the configuration that checks read.
type Settings struct {
	// SystemNamespaces may hold root-like pods.
	SystemNamespaces []string
	// TrustedRegistries are the registries (or prefixes of images) that images may come from; empty: any.
	TrustedRegistries []string
	// SandboxedRuntimeClasses are the names of the RuntimeClasses whose handler isolates the pod by a kernel of its own.
	SandboxedRuntimeClasses []string
}

// Pod is a pod as the checks see it: the spec, its containers of all kinds in one list, and the facts around it.
type Pod struct {
	Facts
	Spec       *corev1.PodSpec
	Containers []Container
	// Secrets are the Secrets whose content the containers can read. Nil for most pods.
	Secrets []SecretReference
	// UserNamespace is true where spec.hostUsers is false: root in the pod is nobody on the node.
	UserNamespace bool
	// Windows is true where spec.os.name says so; Linux-only fields mean nothing then.
	Windows bool

	// hostMounts is what the containers see of the node; nil for most pods.
	hostMounts []hostMount
	// mounts are those of each volume; nil where there are few volumes.
	mounts map[string][]mountPlace
	// addedCapabilities are those that any container asks for by name.
	addedCapabilities capabilitySet
}

// NewPod prepares a pod for the checks. The spec is shared, not copied, and is never changed.
func NewPod(spec *corev1.PodSpec, facts Facts) *Pod {
	p := &Pod{
		Facts:         facts,
		Spec:          spec,
		UserNamespace: spec.HostUsers != nil && !*spec.HostUsers,
		Windows:       spec.OS != nil && spec.OS.Name == corev1.Windows,
	}
	p.Containers = make([]Container, 0, len(spec.InitContainers)+len(spec.Containers)+len(spec.EphemeralContainers))
	for i := range spec.Containers {
		p.addContainer(&spec.Containers[i], Regular, i)
	}
	for i := range spec.InitContainers {
		kind := Init
		if policy := spec.InitContainers[i].RestartPolicy; policy != nil && *policy == corev1.ContainerRestartPolicyAlways {
			kind = Sidecar
		}
		p.addContainer(&spec.InitContainers[i], kind, i)
	}
	for i := range spec.EphemeralContainers {
		// The two types have the same fields by design, so that the same rules can read both.
		p.addContainer((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon), Ephemeral, i)
	}
	p.indexMounts()
	for i := range p.Containers {
		p.addSecretsOfEnvironment(&p.Containers[i])
	}
	p.addSecretsOfVolumes()
	p.hostMounts = p.layHostMounts()
	return p
}

func (p *Pod) addContainer(c *corev1.Container, kind Kind, index int) {
	container := Container{Container: c, Kind: kind, index: index}
	container.User = userOf(p, c)
	added := addedCapabilities(c)
	container.NoNewPrivileges = noNewPrivileges(c.SecurityContext) && !added.has(capSysAdmin)
	p.addedCapabilities |= added
	p.Containers = append(p.Containers, container)
}

// Kind tells in which list of the spec a container stands, and whether it lives as long as the pod.
type Kind string

// The kinds of container.
const (
	Regular   Kind = "regular"
	Init      Kind = "init"
	Sidecar   Kind = "sidecar" // an init container that restarts always
	Ephemeral Kind = "ephemeral"
)

// Container is a container of any kind with what follows from the fields it inherits.
type Container struct {
	*corev1.Container
	Kind Kind
	// User is the identity of its first process.
	User User
	// NoNewPrivileges is true where allowPrivilegeEscalation is false and nothing overrides it.
	NoNewPrivileges bool

	index int
}

// Path is the field path of the container, followed by suffix: spec.containers[0].image.
func (c *Container) Path(suffix string) string {
	list := "spec.containers["
	switch c.Kind {
	case Init, Sidecar:
		list = "spec.initContainers["
	case Ephemeral:
		list = "spec.ephemeralContainers["
	case Regular:
	}
	return list + strconv.Itoa(c.index) + "]." + suffix
}

// noNewPrivileges follows the API: the field is forced to true for privileged containers and those with CAP_SYS_ADMIN.
func noNewPrivileges(sc *corev1.SecurityContext) bool {
	if sc == nil || sc.AllowPrivilegeEscalation == nil || *sc.AllowPrivilegeEscalation {
		return false
	}
	return sc.Privileged == nil || !*sc.Privileged
}
