package snapshot

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The kinds of owner that are read. A kind that is not among them is taken from the reference to it, unread.
var (
	kindDeployment            = schema.GroupKind{Group: appsv1.GroupName, Kind: "Deployment"}
	kindReplicaSet            = schema.GroupKind{Group: appsv1.GroupName, Kind: "ReplicaSet"}
	kindStatefulSet           = schema.GroupKind{Group: appsv1.GroupName, Kind: "StatefulSet"}
	kindDaemonSet             = schema.GroupKind{Group: appsv1.GroupName, Kind: "DaemonSet"}
	kindJob                   = schema.GroupKind{Group: batchv1.GroupName, Kind: "Job"}
	kindCronJob               = schema.GroupKind{Group: batchv1.GroupName, Kind: "CronJob"}
	kindReplicationController = schema.GroupKind{Kind: "ReplicationController"}
	kindPod                   = schema.GroupKind{Kind: "Pod"}
	kindNode                  = schema.GroupKind{Kind: "Node"}
)

var readOwnerKinds = map[Source]schema.GroupKind{
	Deployments: kindDeployment, ReplicaSets: kindReplicaSet, StatefulSets: kindStatefulSet, DaemonSets: kindDaemonSet,
	Jobs: kindJob, CronJobs: kindCronJob, ReplicationControllers: kindReplicationController,
}

// sourceOfKind is the source that holds owners of a kind; none for a kind that is not read.
func sourceOfKind(kind schema.GroupKind) (Source, bool) {
	for source, k := range readOwnerKinds {
		if k == kind {
			return source, true
		}
	}
	return "", false
}

// SourceOf is the source that holds owners of a kind; none for a kind that is not read.
func SourceOf(apiVersion, kind string) (Source, bool) {
	return sourceOfKind(schema.FromAPIVersionAndKind(apiVersion, kind).GroupKind())
}

// isSummit tells whether the chain of owners ends at this kind. An operator's custom resource above a Deployment would
// merge workloads that have nothing to do with one another.
func isSummit(kind schema.GroupKind) bool {
	return kind == kindDeployment || kind == kindStatefulSet || kind == kindDaemonSet || kind == kindCronJob
}

// IsBuiltIn tells whether a kind of workload is Kubernetes' own.
func IsBuiltIn(group, kind string) bool {
	gk := schema.GroupKind{Group: group, Kind: kind}
	_, read := sourceOfKind(gk)
	return read || gk == kindPod
}

// Template is what an owner makes pods from.
type Template struct {
	// Labels and Annotations of the pods. The labels belong to all who read them.
	Labels, Annotations map[string]string
	Spec                *Spec
}

// Owner is the projection of an object that makes pods, or that makes an object that makes pods. It is what the transform of
// the cache makes of one.
type Owner struct {
	// ObjectMeta has what tells the owner from others: no labels, annotations, owners or managed fields.
	metav1.ObjectMeta
	Key        Key
	APIVersion string
	// Controller is the reference to the owner's own controller; nil at the top of a chain.
	Controller *metav1.OwnerReference
	// Template of its pods; nil where it makes none, as an earlier ReplicaSet of a Deployment.
	Template *Template
	// Finished is true for a Job that will start no pod any more.
	Finished bool
	// Kept are the pods of a StatefulSet that come back as they were: those that its partition keeps back.
	Kept KeptBack
	// Made marks the pods that were made from the template as it is. The zero value where pods do not show it, or always are.
	Made Mark
	// Set is what the pods of a StatefulSet have and its template does not say; nil for all other kinds.
	Set *SetPods
}

// SetPods is what a StatefulSet gives to its pods beside the template.
type SetPods struct {
	// Revision that new pods have, in the label controller-revision-hash; empty where the controller has not said it yet.
	Revision string
	// Start is the ordinal of the first pod.
	Start int32
	// Service is the name of the service that governs the pods.
	Service string
	// Claims are the names of the claims that each pod gets for itself.
	Claims []string
}

// KeptBack says which pods of a StatefulSet an update leaves alone (spec.updateStrategy.rollingUpdate.partition).
type KeptBack struct {
	// Below is the ordinal from which on pods are updated.
	Below int32
	// Revision that the others keep, in the label controller-revision-hash.
	Revision string
}

// Mark is a label by which pods show what they were made from.
type Mark struct{ Label, Value string }

// Deleting tells whether the owner is on its way out.
func (o *Owner) Deleting() bool { return o.DeletionTimestamp != nil }

// isWorkload tells whether the owner is a workload of its own, with or without pods.
func (o *Owner) isWorkload() bool {
	gk := schema.GroupKind{Group: o.Key.Group, Kind: o.Key.Kind}
	return !o.Finished && (isSummit(gk) || o.Controller == nil)
}

// owner is the projection of an object of one of the kinds that are read; nil for any other. It takes the object over.
func (t *specs) owner(object any) *Owner {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return t.newOwner(kindDeployment.WithVersion("v1"), &o.ObjectMeta, &o.Spec.Template)
	case *appsv1.ReplicaSet:
		return t.newOwner(kindReplicaSet.WithVersion("v1"), &o.ObjectMeta, templateInUse(o))
	case *appsv1.StatefulSet:
		owner := t.newOwner(kindStatefulSet.WithVersion("v1"), &o.ObjectMeta, &o.Spec.Template)
		owner.Kept = keptBack(o)
		owner.Set = setPods(o)
		if o.Status.UpdateRevision != "" {
			owner.Made = Mark{appsv1.StatefulSetRevisionLabel, o.Status.UpdateRevision}
		}
		return owner
	case *appsv1.DaemonSet:
		owner := t.newOwner(kindDaemonSet.WithVersion("v1"), &o.ObjectMeta, &o.Spec.Template)
		if generation := o.Annotations[appsv1.DeprecatedTemplateGeneration]; generation != "" {
			owner.Made = Mark{templateGeneration, generation}
		}
		return owner
	case *batchv1.CronJob:
		return t.newOwner(kindCronJob.WithVersion("v1"), &o.ObjectMeta, &o.Spec.JobTemplate.Spec.Template)
	case *corev1.ReplicationController:
		return t.newOwner(kindReplicationController.WithVersion("v1"), &o.ObjectMeta, o.Spec.Template)
	case *batchv1.Job:
		owner := t.newOwner(kindJob.WithVersion("v1"), &o.ObjectMeta, &o.Spec.Template)
		owner.Finished = jobFinished(o)
		return owner
	default:
		return nil
	}
}

func (t *specs) newOwner(kind schema.GroupVersionKind, meta *metav1.ObjectMeta, template *corev1.PodTemplateSpec) *Owner {
	o := &Owner{
		ObjectMeta: identityOf(meta),
		Key:        Key{Group: kind.Group, Kind: kind.Kind, Namespace: meta.Namespace, Name: meta.Name},
		APIVersion: kind.GroupVersion().String(),
		Controller: controllerOf(meta),
	}
	if template != nil {
		o.Template = &Template{
			Labels:      *t.labelsOf(template.Labels),
			Annotations: withoutManifest(template.Annotations),
			Spec:        t.template(&template.Spec),
		}
	}
	return o
}

// templateInUse is the template of a ReplicaSet that makes pods. A Deployment keeps its earlier ones for a rollback.
func templateInUse(r *appsv1.ReplicaSet) *corev1.PodTemplateSpec {
	if r.Spec.Replicas != nil && *r.Spec.Replicas == 0 && controllerOf(r) != nil {
		return nil
	}
	return &r.Spec.Template
}

// templateGeneration is the label in which pods of a DaemonSet show the generation of the template that they were made from.
const templateGeneration = "pod-template-generation"

// keptBack follows newVersionedStatefulSetPod of Kubernetes 1.37: the partition counts from the first ordinal.
func keptBack(s *appsv1.StatefulSet) KeptBack {
	update := s.Spec.UpdateStrategy.RollingUpdate
	if update == nil || update.Partition == nil || *update.Partition <= 0 || s.Status.CurrentRevision == s.Status.UpdateRevision {
		return KeptBack{}
	}
	kept := KeptBack{Below: *update.Partition, Revision: s.Status.CurrentRevision}
	if s.Spec.Ordinals != nil {
		kept.Below += s.Spec.Ordinals.Start
	}
	return kept
}

func setPods(s *appsv1.StatefulSet) *SetPods {
	set := &SetPods{Revision: s.Status.UpdateRevision, Service: s.Spec.ServiceName}
	if s.Spec.Ordinals != nil {
		set.Start = s.Spec.Ordinals.Start
	}
	for i := range s.Spec.VolumeClaimTemplates {
		set.Claims = append(set.Claims, s.Spec.VolumeClaimTemplates[i].Name)
	}
	return set
}

func jobFinished(job *batchv1.Job) bool {
	for _, c := range job.Status.Conditions {
		if (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) && c.Status == corev1.ConditionTrue {
			return true
		}
	}
	return false
}

// UpsertOwner records an owner. Affected is its workload, and those that its pods come from or go to.
func (s *Snapshot) UpsertOwner(o *Owner) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.owners[o.Key]
	if old != nil && old.same(o) {
		s.owners[o.Key] = o // The cache keeps this one: the other is free.
		return nil
	}
	s.revision++
	s.unlink(old)
	s.owners[o.Key] = o
	if o.Controller != nil {
		add(s.owned, keyOf(o.Key.Namespace, o.Controller), o.Key)
	}
	changed := collector{}
	if o.isWorkload() {
		s.ensure(o.Key, changed)
	}
	s.addKnown(o.Key, changed)
	s.addReplaced(old, changed)
	s.addReplaced(o, changed)
	s.resolveBelow(o.Key, changed, maxChain)
	s.release(o.Key, changed)
	return changed.affected()
}

// DeleteOwner forgets an owner.
func (s *Snapshot) DeleteOwner(key Key) Affected {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.owners[key]
	if old == nil {
		return nil
	}
	s.revision++
	s.unlink(old)
	delete(s.owners, key)
	changed := collector{}
	s.addKnown(key, changed)
	s.addReplaced(old, changed)
	s.resolveBelow(key, changed, maxChain)
	s.release(key, changed)
	return changed.affected()
}

// addKnown adds a key that is a workload. An owner that is no workload by itself, such as a finished Job, still describes
// the one that its last pods make.
func (s *Snapshot) addKnown(key Key, changed collector) {
	if _, ok := s.workloads[key]; ok {
		changed.add(key)
	}
}

// addReplaced adds the workloads whose pods the owner makes.
func (s *Snapshot) addReplaced(o *Owner, changed collector) {
	if o == nil {
		return
	}
	for name := range s.byOwner[o.Key] {
		changed.add(s.pods[name].workload)
	}
}

func (s *Snapshot) unlink(o *Owner) {
	if o != nil && o.Controller != nil {
		remove(s.owned, keyOf(o.Key.Namespace, o.Controller), o.Key)
	}
}
