package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// annotationPrefixes begin the annotations that rules read.
var annotationPrefixes = [...]string{
	corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix,
	corev1.MirrorPodAnnotationKey,
}

// rulesRead are the annotations that rules read; nil where there is none.
func rulesRead(annotations map[string]string) map[string]string {
	read := maps.Clone(annotations)
	maps.DeleteFunc(read, func(name, _ string) bool {
		return !slices.ContainsFunc(annotationPrefixes[:], func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	})
	if len(read) == 0 {
		return nil
	}
	return read
}

// stripSpec removes from a redacted spec what no rule reads. It changes its argument.
func stripSpec(spec *corev1.PodSpec) {
	spec.Hostname, spec.Subdomain = "", ""
	spec.DNSConfig, spec.DNSPolicy = nil, ""
	spec.HostAliases = nil
	spec.ReadinessGates, spec.SchedulingGates = nil, nil
	spec.TopologySpreadConstraints = nil
	spec.Affinity = stripAffinity(spec.Affinity)
	for i := range spec.Volumes {
		stripVolume(&spec.Volumes[i].VolumeSource)
	}
	EachContainer(spec, stripContainer)
}

// stripAffinity keeps what can draw a pod to a class of nodes.
func stripAffinity(affinity *corev1.Affinity) *corev1.Affinity {
	if affinity == nil || affinity.NodeAffinity == nil || affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil
	}
	return unpinned(&corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution,
	}})
}

// unpinned is an affinity without the node by name, which a DaemonSet writes into each of its pods and which would make every
// one of them look different. The argument is left alone.
func unpinned(affinity *corev1.Affinity) *corev1.Affinity {
	if affinity == nil || affinity.NodeAffinity == nil || affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return affinity
	}
	terms := slices.Clone(affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms)
	for i := range terms {
		terms[i].MatchFields = nil
	}
	terms = slices.DeleteFunc(terms, func(t corev1.NodeSelectorTerm) bool { return len(t.MatchExpressions) == 0 })
	out, node := *affinity, *affinity.NodeAffinity
	out.NodeAffinity, node.RequiredDuringSchedulingIgnoredDuringExecution = &node, nil
	if len(terms) > 0 {
		node.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: terms}
	} else if len(node.PreferredDuringSchedulingIgnoredDuringExecution) == 0 {
		out.NodeAffinity = nil
	}
	if out == (corev1.Affinity{}) {
		return nil
	}
	return &out
}

func stripContainer(c *corev1.Container) {
	c.Command, c.Args, c.WorkingDir = standForArguments(c.Command), standForArguments(c.Args), ""
	for i := range c.Env {
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

// stripVolume drops what no rule reads of a volume.
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
}

// stripHandler keeps where a probe goes, not what it says.
func stripHandler(exec *corev1.ExecAction, get *corev1.HTTPGetAction) {
	if exec != nil {
		exec.Command = nil
	}
	if get != nil {
		get.HTTPHeaders, get.Path = nil, ""
	}
}
