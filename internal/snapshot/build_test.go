package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// The objects of the tests live in this namespace, and have their own name as UID unless a test says otherwise.
const shop = "shop"

type podOption func(*corev1.Pod)

func newPod(name string, options ...podOption) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name, UID: types.UID(name)},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "shop/app:1"}}},
	}
	for _, option := range options {
		option(p)
	}
	return p
}

func ownedBy(apiVersion, kind, name string) podOption {
	return ownedByUID(apiVersion, kind, name, name)
}

func ownedByUID(apiVersion, kind, name, uid string) podOption {
	return func(p *corev1.Pod) { p.OwnerReferences = controller(apiVersion, kind, name, uid) }
}

func onNode(name string) podOption { return func(p *corev1.Pod) { p.Spec.NodeName = name } }

func runningAs(serviceAccount string) podOption {
	return func(p *corev1.Pod) { p.Spec.ServiceAccountName = serviceAccount }
}

func terminating(p *corev1.Pod) { p.DeletionTimestamp = ptr.To(metav1.Unix(1, 0)) }

func inPhase(phase corev1.PodPhase) podOption { return func(p *corev1.Pod) { p.Status.Phase = phase } }

func observedUID(uid int64) podOption {
	return func(p *corev1.Pod) {
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name: "app", User: &corev1.ContainerUser{Linux: &corev1.LinuxContainerUser{UID: uid}},
		}}
	}
}

func mounting(volume, claim string) podOption {
	return func(p *corev1.Pod) {
		p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: volume, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim},
		}})
	}
}

func controller(apiVersion, kind, name, uid string) []metav1.OwnerReference {
	if kind == "" {
		return nil
	}
	return []metav1.OwnerReference{{APIVersion: apiVersion, Kind: kind, Name: name, UID: types.UID(uid), Controller: ptr.To(true)}}
}

func meta(name string, owners []metav1.OwnerReference) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: shop, Name: name, UID: types.UID(name), OwnerReferences: owners}
}

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "shop/app:1"}}}}
}

func deployment(name string, owners ...metav1.OwnerReference) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: meta(name, owners), Spec: appsv1.DeploymentSpec{Template: template()}}
}

func replicaSet(name string, owners ...metav1.OwnerReference) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{ObjectMeta: meta(name, owners), Spec: appsv1.ReplicaSetSpec{Template: template()}}
}

func statefulSet(name string) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{ObjectMeta: meta(name, nil), Spec: appsv1.StatefulSetSpec{Template: template()}}
}

func daemonSet(name string) *appsv1.DaemonSet {
	return &appsv1.DaemonSet{ObjectMeta: meta(name, nil), Spec: appsv1.DaemonSetSpec{Template: template()}}
}

func job(name string, owners ...metav1.OwnerReference) *batchv1.Job {
	return &batchv1.Job{ObjectMeta: meta(name, owners), Spec: batchv1.JobSpec{Template: template()}}
}

func finished(j *batchv1.Job) *batchv1.Job {
	j.Status.Conditions = []batchv1.JobCondition{{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}}
	return j
}

func cronJob(name string) *batchv1.CronJob {
	return &batchv1.CronJob{ObjectMeta: meta(name, nil), Spec: batchv1.CronJobSpec{
		JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template()}},
	}}
}

func replicationController(name string) *corev1.ReplicationController {
	return &corev1.ReplicationController{
		ObjectMeta: meta(name, nil), Spec: corev1.ReplicationControllerSpec{Template: ptr.To(template())},
	}
}

func newNode(name string, labels ...string) *corev1.Node {
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{}}}
	for _, label := range labels {
		n.Labels[label] = ""
	}
	return n
}

func hostPathVolume(name, claim, path string) *corev1.PersistentVolume {
	return &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeSpec{
			ClaimRef: &corev1.ObjectReference{Namespace: shop, Name: claim},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: path},
			},
		},
	}
}

func serviceAccount(name string, automount *bool) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name}, AutomountServiceAccountToken: automount,
	}
}

func takingSecret(name string) podOption {
	return func(p *corev1.Pod) {
		ref := &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}
		p.Spec.Containers[0].EnvFrom = append(p.Spec.Containers[0].EnvFrom, corev1.EnvFromSource{SecretRef: ref})
	}
}

// tokenSecret is the metadata of a Secret with a token of the ServiceAccount.
func tokenSecret(name, account string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Namespace: shop, Name: name, Annotations: map[string]string{corev1.ServiceAccountNameKey: account},
	}}
}

// synced is a snapshot that has read every source, filled with objects.
func synced(objects ...any) *Snapshot {
	s := New()
	for _, source := range Sources() {
		s.SetSource(source, Synced)
	}
	for _, object := range objects {
		upsert(s, object)
	}
	return s
}

func upsert(s *Snapshot, object any) Affected {
	switch o := object.(type) {
	case *Pod:
		return s.UpsertPod(o)
	case *Namespace:
		return s.UpsertNamespace(o)
	case *Owner:
		return s.UpsertOwner(o)
	case *corev1.LimitRange:
		return s.UpsertLimitRange(o)
	case *corev1.ResourceQuota:
		return s.UpsertResourceQuota(o)
	case *schedulingv1.PriorityClass:
		return s.UpsertPriorityClass(o)
	case *nodev1.RuntimeClass:
		return s.UpsertRuntimeClass(o)
	case *corev1.Node:
		return s.UpsertNode(o)
	case *corev1.ServiceAccount:
		return s.UpsertServiceAccount(o)
	case *corev1.PersistentVolume:
		return s.UpsertPersistentVolume(o)
	case *metav1.PartialObjectMetadata:
		return s.UpsertSecret(o)
	default:
		return upsert(s, s.Transform(copied(object)))
	}
}

// copied, because a transform takes the object over.
func copied(object any) any {
	if o, ok := object.(runtime.Object); ok {
		return o.DeepCopyObject()
	}
	return object
}

func key(group, kind, name string) Key {
	return Key{Group: group, Kind: kind, Namespace: shop, Name: name}
}

// summary is what tests compare of a view: who it is about, and which pods look alike.
type summary struct {
	Workload    string
	UID         string
	Groups      [][]string
	Terminating int
	Template    bool
}

func summaries(t *testing.T, s *Snapshot) []summary {
	t.Helper()
	var out []summary
	for _, k := range s.Workloads() {
		view, ok := s.View(k)
		if !ok {
			t.Fatalf("%s is listed and has no view", k)
		}
		one := summary{
			Workload: view.Workload.APIVersion + " " + k.Kind + " " + k.Name, UID: string(view.Workload.UID),
			Terminating: view.Terminating, Template: view.Template != nil,
		}
		for _, g := range view.Groups {
			one.Groups = append(one.Groups, g.Pods)
		}
		out = append(out, one)
	}
	return out
}

// sameView compares views by all that rules read.
var sameView = cmp.Options{
	cmpopts.IgnoreFields(View{}, "Revision"), cmpopts.IgnoreUnexported(Spec{}), cmpopts.EquateEmpty(),
}

func wantDiff(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s differ (-want +got):\n%s", what, diff)
	}
}

func namespacedName(p *corev1.Pod) types.NamespacedName {
	return types.NamespacedName{Namespace: p.Namespace, Name: p.Name}
}
