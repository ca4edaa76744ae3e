package candidate

import (
	"maps"
	"slices"
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FromTemplate is the pod that an owner sends to the API server. A Deployment and a CronJob send theirs through a
// ReplicaSet and a Job: parts of those that are not known are UnknownSuffix and UnknownUID. For a kind of owner that is not
// Kubernetes' own the pod is what most controllers make of a template: its labels, its spec, and the reference.
//
// It follows pkg/controller of Kubernetes 1.37. Left out is the scheduling group of a gang-scheduled Job (alpha).
func FromTemplate(template *corev1.PodTemplateSpec, owner Owner, id Identity, namespace string) *corev1.Pod {
	stored := owner.UID != ""
	if !stored {
		owner.UID = UnknownUID
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:   namespace,
			Labels:      maps.Clone(template.Labels),
			Annotations: maps.Clone(template.Annotations),
			Finalizers:  slices.Clone(template.Finalizers),
		},
		Spec: *template.Spec.DeepCopy(),
	}
	owner = step(pod, owner)
	pod.GenerateName = owner.Name + "-"
	yes := true
	pod.OwnerReferences = []metav1.OwnerReference{{
		APIVersion: owner.APIVersion, Kind: owner.Kind, Name: owner.Name, UID: owner.UID,
		Controller: &yes, BlockOwnerDeletion: &yes,
	}}
	switch owner.builtIn() {
	case kindStatefulSet:
		asStatefulSet(pod, owner, id)
	case kindDaemonSet:
		asDaemonSet(pod, id)
	case kindJob:
		asJob(pod, owner, id, stored)
	}
	return pod
}

// step goes from an owner that makes owners to the one that makes pods.
func step(pod *corev1.Pod, owner Owner) Owner {
	switch owner.builtIn() {
	case kindDeployment:
		setLabel(pod, appsv1.DefaultDeploymentUniqueLabelKey, UnknownSuffix)
		return Owner{APIVersion: owner.APIVersion, Kind: kindReplicaSet, Name: owner.Name + "-" + UnknownSuffix, UID: UnknownUID}
	case kindCronJob:
		job := Owner{APIVersion: owner.APIVersion, Kind: kindJob, Name: owner.Name + "-" + UnknownSuffix, UID: UnknownUID}
		labelJob(pod, job)
		return job
	default:
		return owner
	}
}

func setLabel(pod *corev1.Pod, key, value string) { set(&pod.Labels, key, value) }

func setAnnotation(pod *corev1.Pod, key, value string) { set(&pod.Annotations, key, value) }

func set(in *map[string]string, key, value string) {
	if *in == nil {
		*in = make(map[string]string)
	}
	(*in)[key] = value
}

// asStatefulSet gives a pod its name, its host name and its claims. A volume of the template that has the name of a claim
// gives way to it.
func asStatefulSet(pod *corev1.Pod, owner Owner, id Identity) {
	ordinal := 0
	if id.Ordinal != nil {
		ordinal = *id.Ordinal
	}
	pod.Name = owner.Name + "-" + strconv.Itoa(ordinal)
	setLabel(pod, appsv1.StatefulSetPodNameLabel, pod.Name)
	setLabel(pod, appsv1.PodIndexLabel, strconv.Itoa(ordinal))
	if id.Revision != "" {
		setLabel(pod, appsv1.StatefulSetRevisionLabel, id.Revision)
	}
	pod.Spec.Hostname, pod.Spec.Subdomain = pod.Name, id.Service
	var volumes []corev1.Volume
	for _, claim := range id.Claims {
		volumes = append(volumes, corev1.Volume{Name: claim, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim + "-" + pod.Name},
		}})
	}
	for i := range pod.Spec.Volumes {
		if !slices.Contains(id.Claims, pod.Spec.Volumes[i].Name) {
			volumes = append(volumes, pod.Spec.Volumes[i])
		}
	}
	pod.Spec.Volumes = volumes
}

// The finalizer by which the controller counts its pods.
const jobTrackingFinalizer = "batch.kubernetes.io/job-tracking"

// The variable by which a container learns its completion index.
const completionIndexVariable = "JOB_COMPLETION_INDEX"

// asJob marks a pod as one of a Job, and as one of an index where it has one. The API server puts the labels into the
// template when it stores a Job: they are added to one that no API server has seen.
func asJob(pod *corev1.Pod, owner Owner, id Identity, stored bool) {
	if !stored {
		labelJob(pod, owner)
	}
	if !slices.Contains(pod.Finalizers, jobTrackingFinalizer) {
		pod.Finalizers = append(pod.Finalizers, jobTrackingFinalizer)
	}
	if id.Ordinal == nil {
		return
	}
	index := strconv.Itoa(*id.Ordinal)
	for _, list := range [...][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for i := range list {
			addCompletionIndex(&list[i])
		}
	}
	setAnnotation(pod, batchv1.JobCompletionIndexAnnotation, index)
	setLabel(pod, batchv1.JobCompletionIndexAnnotation, index)
	if id.IndexFailures != "" {
		setAnnotation(pod, batchv1.JobIndexFailureCountAnnotation, id.IndexFailures)
	}
	pod.Spec.Hostname = owner.Name + "-" + index
	end := "-" + index + "-"
	pod.GenerateName = owner.Name[:min(len(owner.Name), maxGeneratedBase-len(end))] + end
}

func labelJob(pod *corev1.Pod, job Owner) {
	for _, label := range [...]struct{ key, value string }{
		{"job-name", job.Name},
		{batchv1.JobNameLabel, job.Name},
		{"controller-uid", string(job.UID)},
		{batchv1.ControllerUidLabel, string(job.UID)},
	} {
		if _, labelled := pod.Labels[label.key]; !labelled {
			setLabel(pod, label.key, label.value)
		}
	}
}

func addCompletionIndex(c *corev1.Container) {
	if slices.ContainsFunc(c.Env, func(v corev1.EnvVar) bool { return v.Name == completionIndexVariable }) {
		return
	}
	c.Env = append(c.Env, corev1.EnvVar{Name: completionIndexVariable, ValueFrom: &corev1.EnvVarSource{
		FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.labels['" + batchv1.JobCompletionIndexAnnotation + "']"},
	}})
}
