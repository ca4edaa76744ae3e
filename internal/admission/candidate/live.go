package candidate

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FromPod is a live pod without what the cluster put into it: the pod as somebody would have to create it. It is for bare
// pods and for those of an owner that nobody can read. A static pod has no candidate: the kubelet runs it without asking.
//
// What goes, and why:
//   - all of metadata but name, labels, annotations and the reference to the controller; a generated name, status
//   - spec.nodeName, and the topology labels that are copied from the node
//   - ephemeral containers, which no pod is created with
//   - the volume of the ServiceAccount's token and its mounts, or a later automount of false would not show
//   - priority, preemptionPolicy, overhead: a class may have other values today
//   - requirements merged from matchLabelKeys and mismatchLabelKeys, which are refused beside them
//   - the tolerations that every pod gets for 300 seconds
//   - what LimitRanger says that it set
func FromPod(live *corev1.Pod) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:    live.Namespace,
			Name:         live.Name,
			GenerateName: live.GenerateName,
			Labels:       maps.Clone(live.Labels),
			Annotations:  maps.Clone(live.Annotations),
		},
		Spec: *live.Spec.DeepCopy(),
	}
	if isGenerated(live) {
		pod.Name = ""
	}
	if ref := metav1.GetControllerOf(live); ref != nil {
		ref.BlockOwnerDeletion = nil // Who sets it has to be allowed to change the owner's finalizers.
		pod.OwnerReferences = []metav1.OwnerReference{*ref}
	}
	delete(pod.Labels, corev1.LabelTopologyZone)
	delete(pod.Labels, corev1.LabelTopologyRegion)
	pod.Spec.NodeName = ""
	pod.Spec.EphemeralContainers = nil
	pod.Spec.Priority, pod.Spec.PreemptionPolicy, pod.Spec.Overhead = nil, nil, nil
	dropTokenVolume(&pod.Spec)
	pod.Spec.Tolerations = slices.DeleteFunc(pod.Spec.Tolerations, func(t corev1.Toleration) bool {
		return equality.Semantic.DeepEqual(t, defaultToleration(t.Key)) &&
			(t.Key == corev1.TaintNodeNotReady || t.Key == corev1.TaintNodeUnreachable)
	})
	eachLabelKeys(pod, dropMerged)
	dropLimitRangerDefaults(pod)
	return pod
}

// generatedCharacters are those of the suffix of a generated name.
const generatedCharacters = "bcdfghjklmnpqrstvwxz2456789"

// isGenerated tells whether the API server made the name. A StatefulSet's pod has the beginning of a generated name, too, and
// an ordinal behind it.
func isGenerated(pod *corev1.Pod) bool {
	return pod.GenerateName != "" && hasGeneratedSuffix(pod.Name, generatedBase(pod.GenerateName))
}

func hasGeneratedSuffix(name, base string) bool {
	suffix, found := strings.CutPrefix(name, base)
	return found && (suffix == UnknownSuffix ||
		len(suffix) == len(UnknownSuffix) && strings.Trim(suffix, generatedCharacters) == "")
}

// tokenVolumePrefix begins the name of the volume that the ServiceAccount plugin adds.
const tokenVolumePrefix = "kube-api-access-"

// anySuffix stands for the random part in the specs of the snapshot, which pods made alike share.
const anySuffix = "*"

func isTokenVolume(name string) bool {
	return name == tokenVolumePrefix+anySuffix || hasGeneratedSuffix(name, tokenVolumePrefix)
}

func dropTokenVolume(spec *corev1.PodSpec) {
	spec.Volumes = slices.DeleteFunc(spec.Volumes, func(v corev1.Volume) bool { return isTokenVolume(v.Name) })
	eachContainer(spec, dropTokenMounts)
}

func dropTokenMounts(c *corev1.Container) {
	c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return isTokenVolume(m.Name) })
}

// eachContainer visits init containers, then containers.
func eachContainer(spec *corev1.PodSpec, visit func(*corev1.Container)) {
	for i := range spec.InitContainers {
		visit(&spec.InitContainers[i])
	}
	for i := range spec.Containers {
		visit(&spec.Containers[i])
	}
}

// dropLimitRangerDefaults takes out the resources that the annotation of LimitRanger lists, and the annotation. It reads
// "LimitRanger plugin set: cpu, memory request for container app; cpu limit for container app".
func dropLimitRangerDefaults(pod *corev1.Pod) {
	text, found := strings.CutPrefix(pod.Annotations[limitRangerAnnotation], limitRangerIntroduction)
	if !found {
		return
	}
	for part := range strings.SplitSeq(text, "; ") {
		what, container, _ := strings.Cut(part, " for ")
		container = container[strings.LastIndexByte(container, ' ')+1:]
		limits := strings.HasSuffix(what, " limit")
		what = strings.TrimSuffix(strings.TrimSuffix(what, " limit"), " request")
		eachContainer(&pod.Spec, func(c *corev1.Container) {
			if c.Name != container {
				return
			}
			list := c.Resources.Requests
			if limits {
				list = c.Resources.Limits
			}
			for name := range strings.SplitSeq(what, ", ") {
				delete(list, corev1.ResourceName(name))
			}
		})
	}
	delete(pod.Annotations, limitRangerAnnotation)
}
