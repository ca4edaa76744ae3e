package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// literalGiven stands for every literal value of an environment variable. That there is one matters; what it is may be
// a password, and is never kept.
const literalGiven = "<redacted>"

// annotationPrefixes begin the annotations that rules read.
var annotationPrefixes = [...]string{
	corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix,
	corev1.MirrorPodAnnotationKey,
}

// StripPod removes from a pod what no rule reads and what may hold a secret. It changes its argument; it is the
// transform of the cache of pods, and what the loader of files calls.
func StripPod(p *corev1.Pod) {
	stripMeta(&p.ObjectMeta)
	stripSpec(&p.Spec)
	status := corev1.PodStatus{Phase: p.Status.Phase}
	status.ContainerStatuses = stripStatuses(p.Status.ContainerStatuses)
	status.InitContainerStatuses = stripStatuses(p.Status.InitContainerStatuses)
	status.EphemeralContainerStatuses = stripStatuses(p.Status.EphemeralContainerStatuses)
	p.Status = status
}

// StripTemplate does for a template what StripPod does for a pod.
func StripTemplate(t *corev1.PodTemplateSpec) {
	stripMeta(&t.ObjectMeta)
	stripSpec(&t.Spec)
}

// stripMeta removes from the metadata of an object what no rule reads.
func stripMeta(meta *metav1.ObjectMeta) {
	meta.ManagedFields = nil
	meta.GenerateName = ""
	meta.Finalizers = nil
	meta.Labels = nil
	maps.DeleteFunc(meta.Annotations, func(name, _ string) bool {
		return !slices.ContainsFunc(annotationPrefixes[:], func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	})
	if len(meta.Annotations) == 0 {
		meta.Annotations = nil
	}
}

func stripStatuses(statuses []corev1.ContainerStatus) []corev1.ContainerStatus {
	var out []corev1.ContainerStatus
	for i := range statuses {
		if statuses[i].User != nil {
			out = append(out, corev1.ContainerStatus{Name: statuses[i].Name, User: statuses[i].User})
		}
	}
	return out
}

func stripSpec(spec *corev1.PodSpec) {
	spec.DNSConfig, spec.DNSPolicy = nil, ""
	spec.HostAliases = nil
	spec.ReadinessGates, spec.SchedulingGates = nil, nil
	spec.TopologySpreadConstraints = nil
	spec.Affinity = stripAffinity(spec.Affinity)
	for i := range spec.Volumes {
		stripVolume(&spec.Volumes[i].VolumeSource)
	}
	for i := range spec.Containers {
		stripContainer(&spec.Containers[i])
	}
	for i := range spec.InitContainers {
		stripContainer(&spec.InitContainers[i])
	}
	for i := range spec.EphemeralContainers {
		stripContainer((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
}

// stripAffinity keeps what can draw a pod to a class of nodes. The node by name that a DaemonSet writes into each of its
// pods would make every one of them look different.
func stripAffinity(affinity *corev1.Affinity) *corev1.Affinity {
	if affinity == nil || affinity.NodeAffinity == nil || affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	terms := slices.Clone(affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms)
	for i := range terms {
		terms[i].MatchFields = nil
	}
	terms = slices.DeleteFunc(terms, func(t corev1.NodeSelectorTerm) bool { return len(t.MatchExpressions) == 0 })
	if len(terms) == 0 {
		return nil
	}
	return &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{NodeSelectorTerms: terms},
	}}
}

func stripContainer(c *corev1.Container) {
	c.Command, c.Args, c.WorkingDir = nil, nil, ""
	for i := range c.Env {
		if c.Env[i].Value != "" {
			c.Env[i].Value = literalGiven
		}
		if from := c.Env[i].ValueFrom; from != nil {
			from.ResourceFieldRef = nil
		}
	}
	for _, probe := range [...]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			stripHandler(probe.Exec, probe.HTTPGet)
			if probe.GRPC != nil {
				probe.GRPC.Service = nil
			}
		}
	}
	if c.Lifecycle != nil {
		for _, handler := range [...]*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if handler != nil {
				stripHandler(handler.Exec, handler.HTTPGet)
			}
		}
	}
}

// secretProviderClass is the attribute by which the Secrets Store CSI driver is told what to mount: a name, no secret.
const secretProviderClass = "secretProviderClass"

// stripVolume keeps what is mounted. What a driver is told in free text may be a password, and so may a part of a URL.
//
// No quantity is left behind a pointer: it would remember its text when a shape is summed, in an object that is shared.
func stripVolume(v *corev1.VolumeSource) {
	if v.EmptyDir != nil {
		v.EmptyDir.SizeLimit = nil
	}
	if v.DownwardAPI != nil {
		v.DownwardAPI.Items = nil
	}
	if v.Projected != nil {
		for i := range v.Projected.Sources {
			if api := v.Projected.Sources[i].DownwardAPI; api != nil {
				api.Items = nil
			}
		}
	}
	if v.CSI != nil {
		for name := range v.CSI.VolumeAttributes {
			if name != secretProviderClass {
				v.CSI.VolumeAttributes[name] = literalGiven
			}
		}
	}
	if v.FlexVolume != nil {
		for name := range v.FlexVolume.Options {
			v.FlexVolume.Options[name] = literalGiven
		}
	}
	if v.GitRepo != nil {
		v.GitRepo.Repository = literalGiven
	}
}

// stripHandler keeps where a probe goes, not what it says: headers and commands may carry credentials.
func stripHandler(exec *corev1.ExecAction, get *corev1.HTTPGetAction) {
	if exec != nil {
		exec.Command = nil
	}
	if get != nil {
		get.HTTPHeaders, get.Path = nil, ""
	}
}
