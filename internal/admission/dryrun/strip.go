package dryrun

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// apiAccessPrefix begins the name that the ServiceAccount plugin generates for the volume of the token.
	apiAccessPrefix = "kube-api-access-"
	// limitRangerAnnotation is where the LimitRanger plugin notes what it filled in.
	limitRangerAnnotation = "kubernetes.io/limit-ranger"
)

// strip copies of a pod what a controller may post.
//
// What is left out, and why: what the API server makes (uid, resourceVersion, managedFields, status); finalizers, which
// admission does not judge; the owners that do not control, and blockOwnerDeletion, for which the plugin
// OwnerReferencesPermissionEnforcement would ask for the right to finalize; the node; ephemeral containers, which a create
// may not have; what a plugin computes and refuses where it computes something else today (priority, preemption policy,
// the overhead of a RuntimeClass), or reuses where it finds it (the volume of the token).
//
// What is left alone although a plugin made it, for the plugin makes it again or does not mind: the tolerations of 300
// seconds, the imagePullSecrets of the ServiceAccount, the defaults of LimitRanges, the labels of the topology.
func strip(namespace string, pod *corev1.Pod) *corev1.Pod {
	out := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:       namespace,
			GenerateName:    pod.GenerateName,
			Labels:          maps.Clone(pod.Labels),
			Annotations:     annotations(pod.Annotations),
			OwnerReferences: controllers(pod.OwnerReferences),
		},
		Spec: *pod.Spec.DeepCopy(),
	}
	if pod.GenerateName == "" {
		out.Name = pod.Name
	}
	spec := &out.Spec
	spec.NodeName = ""
	spec.EphemeralContainers = nil
	spec.Priority, spec.PreemptionPolicy = nil, nil
	if spec.RuntimeClassName != nil {
		spec.Overhead = nil
	}
	stripToken(spec)
	stripMergedKeys(spec, pod.Labels)
	return out
}

// annotations keeps those that a template or a user gave, without the copy of the whole manifest that kubectl makes: it
// holds every literal of the environment.
func annotations(all map[string]string) map[string]string {
	kept := maps.Clone(all)
	delete(kept, corev1.LastAppliedConfigAnnotation)
	delete(kept, limitRangerAnnotation)
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// controllers keeps the owner that controls: policies exempt pods by it.
func controllers(owners []metav1.OwnerReference) []metav1.OwnerReference {
	var kept []metav1.OwnerReference
	for _, owner := range owners {
		if owner.Controller != nil && *owner.Controller {
			owner.BlockOwnerDeletion = nil
			kept = append(kept, owner)
		}
	}
	return kept
}

// stripToken takes off the volume of the token and its mounts. The plugin would keep what it finds, and hide that the
// ServiceAccount mounts no token any more. A volume that a user named alike has no generated name.
func stripToken(spec *corev1.PodSpec) {
	at := slices.IndexFunc(spec.Volumes, isToken)
	if at < 0 {
		return
	}
	name := spec.Volumes[at].Name
	spec.Volumes = slices.Delete(spec.Volumes, at, at+1)
	for _, containers := range [...][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range containers {
			containers[i].VolumeMounts = slices.DeleteFunc(containers[i].VolumeMounts,
				func(m corev1.VolumeMount) bool { return m.Name == name })
		}
	}
}

func isToken(v corev1.Volume) bool {
	suffix, ok := strings.CutPrefix(v.Name, apiAccessPrefix)
	return ok && v.Projected != nil && len(suffix) == generatedLength && isGenerated(suffix)
}

// stripMergedKeys takes out of selectors what the API server merged into them from matchLabelKeys and mismatchLabelKeys; a
// key that stands in both is refused. KEP-3243, KEP-3633.
func stripMergedKeys(spec *corev1.PodSpec, labels map[string]string) {
	for i := range spec.TopologySpreadConstraints {
		constraint := &spec.TopologySpreadConstraints[i]
		unmerge(constraint.LabelSelector, constraint.MatchLabelKeys, metav1.LabelSelectorOpIn, labels)
	}
	if spec.Affinity == nil {
		return
	}
	var terms []*corev1.PodAffinityTerm
	if affinity := spec.Affinity.PodAffinity; affinity != nil {
		terms = append(terms, affinityTerms(affinity.RequiredDuringSchedulingIgnoredDuringExecution,
			affinity.PreferredDuringSchedulingIgnoredDuringExecution)...)
	}
	if affinity := spec.Affinity.PodAntiAffinity; affinity != nil {
		terms = append(terms, affinityTerms(affinity.RequiredDuringSchedulingIgnoredDuringExecution,
			affinity.PreferredDuringSchedulingIgnoredDuringExecution)...)
	}
	for _, term := range terms {
		unmerge(term.LabelSelector, term.MatchLabelKeys, metav1.LabelSelectorOpIn, labels)
		unmerge(term.LabelSelector, term.MismatchLabelKeys, metav1.LabelSelectorOpNotIn, labels)
	}
}

func affinityTerms(required []corev1.PodAffinityTerm, preferred []corev1.WeightedPodAffinityTerm) []*corev1.PodAffinityTerm {
	terms := make([]*corev1.PodAffinityTerm, 0, len(required)+len(preferred))
	for i := range required {
		terms = append(terms, &required[i])
	}
	for i := range preferred {
		terms = append(terms, &preferred[i].PodAffinityTerm)
	}
	return terms
}

// unmerge deletes the requirements that have the form of a merged one: a listed key with the pod's own value.
func unmerge(selector *metav1.LabelSelector, keys []string, operator metav1.LabelSelectorOperator, labels map[string]string) {
	if selector == nil || len(keys) == 0 {
		return
	}
	selector.MatchExpressions = slices.DeleteFunc(selector.MatchExpressions, func(r metav1.LabelSelectorRequirement) bool {
		value, labelled := labels[r.Key]
		return labelled && r.Operator == operator && slices.Contains(keys, r.Key) && slices.Equal(r.Values, []string{value})
	})
}
