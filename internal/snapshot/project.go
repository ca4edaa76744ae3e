package snapshot

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
)

// Pod is what is kept of a pod: what it shares with its like stands in what is interned, what is its own stands here. It is
// what the transform of the cache makes of a pod, so that no pod is held in memory as a whole.
type Pod struct {
	// ObjectMeta has what tells this pod from others: no labels, annotations, owners or managed fields.
	metav1.ObjectMeta

	node        string
	finished    bool
	controller  *metav1.OwnerReference
	owner       Key // of controller
	shape       *Shape
	spec        *Spec
	labels      *labels.Set
	annotations *labels.Set
	// claims are the true names of the claims that the pod mounts, by the name that stands in the spec.
	claims map[string]string
}

// Transform makes of an object what is kept of it, where that is less than the object: of pods, of their owners and of
// namespaces. It takes the object over. It is the transform of the caches of the controller, and what the loader calls.
func (s *Snapshot) Transform(object any) any {
	switch o := object.(type) {
	case *corev1.Pod:
		return s.specs.pod(o)
	case *corev1.Namespace:
		return projectNamespace(o)
	default:
		if owner := s.specs.owner(object); owner != nil {
			return owner
		}
		return object
	}
}

// identityOf is the part of an object's metadata by which caches know it, and its times.
func identityOf(meta *metav1.ObjectMeta) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: meta.Namespace, Name: meta.Name, UID: meta.UID, ResourceVersion: meta.ResourceVersion,
		CreationTimestamp: meta.CreationTimestamp, DeletionTimestamp: meta.DeletionTimestamp,
	}
}

func (t *specs) pod(object *corev1.Pod) *Pod {
	p := &Pod{
		ObjectMeta: identityOf(&object.ObjectMeta),
		node:       object.Spec.NodeName,
		finished:   Finished(object),
		controller: controllerOf(object),
		labels:     t.labelsOf(object.Labels),
	}
	if p.controller != nil {
		p.owner = keyOf(object.Namespace, p.controller)
	}
	p.annotations = t.labelsOf(createdWith(object.Annotations))
	p.claims = unify(&object.Spec, object.Name, p.owner.groupKind())
	p.spec = t.template(&object.Spec)
	p.shape = t.shape(p.spec, Shape{
		Annotations: rulesRead(object.Annotations),
		Users:       Users(&object.Status),
		Static:      isStatic(object),
	})
	return p
}

// template interns a spec that nobody else reads.
func (t *specs) template(spec *corev1.PodSpec) *Spec {
	if spec.ServiceAccountName == "" {
		// The API server does the same when it reads a spec with the old name of the field.
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
	redact(spec)
	return t.of(spec)
}

func (t *specs) labelsOf(set map[string]string) *labels.Set {
	var content strings.Builder
	for _, name := range slices.Sorted(maps.Keys(set)) {
		content.WriteString(name + "\x00" + set[name] + "\x00")
	}
	return t.labels.Get(content.String(), func() *labels.Set { return (*labels.Set)(&set) })
}

// withoutManifest drops what kubectl keeps of the manifest that was applied: it repeats the object, with its literal values.
func withoutManifest(annotations map[string]string) map[string]string {
	delete(annotations, corev1.LastAppliedConfigAnnotation)
	if len(annotations) == 0 {
		return nil
	}
	return annotations
}

// networkAnnotations are those that network plugins give to a pod that runs already, each pod its own. No pod is created
// with them, and what is kept of pods made alike would differ by them.
var networkAnnotations = [...]string{
	"cni.projectcalico.org/containerID", "cni.projectcalico.org/podIP", "cni.projectcalico.org/podIPs",
	"k8s.v1.cni.cncf.io/network-status", "k8s.v1.cni.cncf.io/networks-status", "k8s.ovn.org/pod-networks",
	"ovn.kubernetes.io/ip_address", "ovn.kubernetes.io/mac_address",
	"vpc.amazonaws.com/pod-ips", "vpc.amazonaws.com/pod-eni",
}

// createdWith are the annotations of a pod that it may have been created with. They leave the given ones as they are.
func createdWith(annotations map[string]string) map[string]string {
	created := maps.Clone(annotations)
	for _, name := range networkAnnotations {
		delete(created, name)
	}
	return withoutManifest(created)
}

// Finished tells whether a pod has run to its end: it holds nothing any more and cannot be attacked.
func Finished(p *corev1.Pod) bool {
	return p.Status.Phase == corev1.PodSucceeded || p.Status.Phase == corev1.PodFailed
}

// isStatic tells a pod that the kubelet runs from a file: what the API holds is its mirror.
func isStatic(object *corev1.Pod) bool {
	_, mirror := object.Annotations[corev1.MirrorPodAnnotationKey]
	return mirror
}

func (p *Pod) key() Key {
	return Key{Kind: kindPod.Kind, Namespace: p.Namespace, Name: p.Name}
}

func (p *Pod) named() types.NamespacedName {
	return types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
}

func (p *Pod) terminating() bool { return p.DeletionTimestamp != nil }

func (p *Pod) same(other *Pod) bool {
	if p.UID != other.UID || p.node != other.node || p.terminating() != other.terminating() {
		return false
	}
	if p.shape != other.shape || p.spec != other.spec || p.labels != other.labels || p.annotations != other.annotations {
		return false
	}
	return p.owner == other.owner && sameReference(p.controller, other.controller) && maps.Equal(p.claims, other.claims)
}

// sameReference compares what the key of an owner does not hold.
func sameReference(a, b *metav1.OwnerReference) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.UID == b.UID && a.APIVersion == b.APIVersion
}
