package candidate

import (
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// The kinds of owner whose pods are known to look different from their template.
const (
	kindDeployment            = "Deployment"
	kindReplicaSet            = "ReplicaSet"
	kindStatefulSet           = "StatefulSet"
	kindDaemonSet             = "DaemonSet"
	kindJob                   = "Job"
	kindCronJob               = "CronJob"
	kindReplicationController = "ReplicationController"
)

// What stands for the random and the hashed parts that nobody can know before the pod is created. No cluster makes them: its
// suffixes hold no 0, and a UID is never zero.
const (
	UnknownSuffix = "00000"
	UnknownUID    = types.UID("00000000-0000-0000-0000-000000000000")
)

// Owner is the direct controller of a pod.
type Owner struct {
	APIVersion, Kind, Name string
	// UID is empty for an owner that no API server has stored.
	UID types.UID
}

// builtIn is the kind of an owner that is Kubernetes' own, empty for any other: others make DaemonSets and Jobs, too.
func (o Owner) builtIn() string {
	kinds := map[string][]string{
		appsv1.SchemeGroupVersion.Group:  {kindDeployment, kindReplicaSet, kindStatefulSet, kindDaemonSet},
		batchv1.SchemeGroupVersion.Group: {kindJob, kindCronJob},
		corev1.SchemeGroupVersion.Group:  {kindReplicationController},
	}
	version, err := schema.ParseGroupVersion(o.APIVersion)
	if err != nil || !slices.Contains(kinds[version.Group], o.Kind) {
		return ""
	}
	return o.Kind
}

// OwnerOf is the controller of a pod; false where it has none.
func OwnerOf(pod *corev1.Pod) (Owner, bool) {
	ref := metav1.GetControllerOfNoCopy(pod)
	if ref == nil {
		return Owner{}, false
	}
	return Owner{APIVersion: ref.APIVersion, Kind: ref.Kind, Name: ref.Name, UID: ref.UID}, true
}

// Identity is what one pod of an owner has and the template does not say. The zero value is the first pod that an owner
// makes, on no node that is known.
type Identity struct {
	// Node is the one that a DaemonSet's pod is made for.
	Node string
	// Ordinal of a StatefulSet's pod, or the completion index of an indexed Job's; nil for all others.
	Ordinal *int
	// Revision is the value of the label controller-revision-hash of StatefulSets and DaemonSets.
	Revision string
	// Generation is the value of the label pod-template-generation of DaemonSets.
	Generation string
	// IndexFailures is the value of the annotation batch.kubernetes.io/job-index-failure-count.
	IndexFailures string
	// Service is the name of a StatefulSet's service.
	Service string
	// Claims are the names of a StatefulSet's claim templates.
	Claims []string
}

// IdentityOf reads the identity of a live pod, which its replacement takes over.
func IdentityOf(pod *corev1.Pod) Identity {
	var id Identity
	owner, _ := OwnerOf(pod)
	switch owner.builtIn() {
	case kindStatefulSet:
		if n, err := strconv.Atoi(pod.Name[strings.LastIndexByte(pod.Name, '-')+1:]); err == nil {
			id.Ordinal = &n
		}
		id.Revision = pod.Labels[appsv1.StatefulSetRevisionLabel]
		id.Service = pod.Spec.Subdomain
		id.Claims = claims(pod)
	case kindDaemonSet:
		id.Node = targetNode(pod)
		id.Revision = pod.Labels[appsv1.DefaultDaemonSetUniqueLabelKey]
		id.Generation = pod.Labels[templateGenerationLabel]
	case kindJob:
		if n, err := strconv.Atoi(pod.Annotations[batchv1.JobCompletionIndexAnnotation]); err == nil {
			id.Ordinal = &n
		}
		id.IndexFailures = pod.Annotations[batchv1.JobIndexFailureCountAnnotation]
	}
	return id
}

// claims are the volumes of a pod that stand for claims made for this pod alone.
func claims(pod *corev1.Pod) []string {
	var names []string
	for i := range pod.Spec.Volumes {
		v := &pod.Spec.Volumes[i]
		if v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == v.Name+"-"+pod.Name {
			names = append(names, v.Name)
		}
	}
	return names
}

// targetNode is the node that a DaemonSet's pod is bound to, or will be.
func targetNode(pod *corev1.Pod) string {
	if a := pod.Spec.Affinity; pod.Spec.NodeName == "" && a != nil && a.NodeAffinity != nil {
		if required := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution; required != nil {
			for _, term := range required.NodeSelectorTerms {
				i := slices.IndexFunc(term.MatchFields, func(r corev1.NodeSelectorRequirement) bool {
					return r.Key == metav1.ObjectNameField && r.Operator == corev1.NodeSelectorOpIn && len(r.Values) == 1
				})
				if i >= 0 {
					return term.MatchFields[i].Values[0]
				}
			}
		}
	}
	return pod.Spec.NodeName
}
