package candidate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

// The kinds that a cluster was asked about stand in the oracle's tests; here are those that no cluster can show.
func TestFromTemplate(t *testing.T) {
	tests := []struct {
		name  string
		owner Owner
		id    Identity
		want  metav1.ObjectMeta
	}{
		{
			"A Deployment goes through a ReplicaSet that is not known",
			Owner{APIVersion: "apps/v1", Kind: "Deployment", Name: "web", UID: "1"},
			Identity{},
			metav1.ObjectMeta{
				GenerateName: "web-00000-", Labels: map[string]string{"app": "app", "pod-template-hash": "00000"},
				OwnerReferences: controller("apps/v1", "ReplicaSet", "web-00000", UnknownUID),
			},
		},
		{
			"A CronJob goes through a Job that is not known",
			Owner{APIVersion: "batch/v1", Kind: "CronJob", Name: "nightly", UID: "1"},
			Identity{},
			metav1.ObjectMeta{
				GenerateName: "nightly-00000-",
				Labels: map[string]string{
					"app": "app", "job-name": "nightly-00000", "batch.kubernetes.io/job-name": "nightly-00000",
					"controller-uid": string(UnknownUID), "batch.kubernetes.io/controller-uid": string(UnknownUID),
				},
				Finalizers:      []string{"batch.kubernetes.io/job-tracking"},
				OwnerReferences: controller("batch/v1", "Job", "nightly-00000", UnknownUID),
			},
		},
		{
			"A Job of a file gets the labels that the API server would have put into its template",
			Owner{APIVersion: "batch/v1", Kind: "Job", Name: "once"},
			Identity{},
			metav1.ObjectMeta{
				GenerateName: "once-",
				Labels: map[string]string{
					"app": "app", "job-name": "once", "batch.kubernetes.io/job-name": "once",
					"controller-uid": string(UnknownUID), "batch.kubernetes.io/controller-uid": string(UnknownUID),
				},
				Finalizers:      []string{"batch.kubernetes.io/job-tracking"},
				OwnerReferences: controller("batch/v1", "Job", "once", UnknownUID),
			},
		},
		{
			"A kind that is only named like one of Kubernetes",
			Owner{APIVersion: "batch.volcano.sh/v1alpha1", Kind: "Job", Name: "j"},
			Identity{Ordinal: ptr.To(3)},
			metav1.ObjectMeta{
				GenerateName: "j-", Labels: map[string]string{"app": "app"},
				OwnerReferences: controller("batch.volcano.sh/v1alpha1", "Job", "j", UnknownUID),
			},
		},
		{
			"A StatefulSet without a pod makes its first",
			Owner{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "db", UID: "1"},
			Identity{},
			metav1.ObjectMeta{
				Name: "db-0", GenerateName: "db-",
				Labels: map[string]string{
					"app": "app", "statefulset.kubernetes.io/pod-name": "db-0", "apps.kubernetes.io/pod-index": "0",
				},
				OwnerReferences: controller("apps/v1", "StatefulSet", "db", "1"),
			},
		},
		{
			"A kind that is not Kubernetes' own makes what most controllers make",
			Owner{APIVersion: "example.com/v1", Kind: "Fleet", Name: "f", UID: "1"},
			Identity{Ordinal: ptr.To(3)},
			metav1.ObjectMeta{
				GenerateName: "f-", Labels: map[string]string{"app": "app"},
				OwnerReferences: controller("example.com/v1", "Fleet", "f", "1"),
			},
		},
	}
	row := template{spec: `spec: {containers: [{name: a, image: nginx}]}`}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := FromTemplate(row.parse(t), test.owner, test.id, "n")
			test.want.Namespace = "n"
			if diff := cmp.Diff(test.want, got.ObjectMeta); diff != "" {
				t.Errorf("metadata (-want +got):\n%s", diff)
			}
		})
	}
}

func controller(apiVersion, kind, name string, uid types.UID) []metav1.OwnerReference {
	return []metav1.OwnerReference{{
		APIVersion: apiVersion, Kind: kind, Name: name, UID: uid, Controller: ptr.To(true), BlockOwnerDeletion: ptr.To(true),
	}}
}

func TestIdentityOf(t *testing.T) {
	owned := func(kind, name string, pod corev1.Pod) *corev1.Pod {
		pod.Name = name
		group := "apps/v1"
		if kind == "Job" {
			group = "batch/v1"
		}
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: group, Kind: kind, Name: "o", Controller: ptr.To(true)}}
		return &pod
	}
	pinned := corev1.PodSpec{}
	pin(&pinned, "node-1")
	tests := []struct {
		name string
		pod  *corev1.Pod
		want Identity
	}{
		{"A bare pod has none", &corev1.Pod{}, Identity{}},
		{"The pod of a ReplicaSet is as good as any other", owned("ReplicaSet", "o-7", corev1.Pod{}), Identity{}},
		{
			"A DaemonSet's pod that waits for its node",
			owned("DaemonSet", "o-xyz", corev1.Pod{Spec: pinned}),
			Identity{Node: "node-1"},
		},
		{
			"A DaemonSet's pod on its node",
			owned("DaemonSet", "o-xyz", corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"controller-revision-hash": "h", "pod-template-generation": "3"}},
				Spec:       corev1.PodSpec{NodeName: "node-2"},
			}),
			Identity{Node: "node-2", Revision: "h", Generation: "3"},
		},
		{
			"A StatefulSet's pod, whose claims bear its name",
			owned("StatefulSet", "o-7", corev1.Pod{Spec: corev1.PodSpec{Subdomain: "s", Volumes: []corev1.Volume{
				claimVolume("data", "data-o-7"), claimVolume("shared", "shared"), {Name: "tmp"},
			}}}),
			Identity{Ordinal: ptr.To(7), Service: "s", Claims: []string{"data"}},
		},
		{
			"An indexed Job's pod",
			owned("Job", "o-1-xyz", corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{
				"batch.kubernetes.io/job-completion-index": "1", "batch.kubernetes.io/job-index-failure-count": "2",
			}}}),
			Identity{Ordinal: ptr.To(1), IndexFailures: "2"},
		},
		{"Another Job's pod", owned("Job", "o-xyz", corev1.Pod{}), Identity{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, IdentityOf(test.pod)); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
		})
	}
}

func claimVolume(name, claim string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim},
	}}
}

func TestUserOf(t *testing.T) {
	groups := []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"}
	for owner, want := range map[Owner]string{
		{APIVersion: "apps/v1", Kind: "Deployment"}: "replicaset-controller", {APIVersion: "apps/v1", Kind: "ReplicaSet"}: "replicaset-controller",
		{APIVersion: "v1", Kind: "ReplicationController"}: "replication-controller",
		{APIVersion: "apps/v1", Kind: "StatefulSet"}:      "statefulset-controller",
		{APIVersion: "apps/v1", Kind: "DaemonSet"}:        "daemon-set-controller",
		{APIVersion: "batch/v1", Kind: "Job"}:             "job-controller", {APIVersion: "batch/v1", Kind: "CronJob"}: "job-controller",
	} {
		got, known := UserOf(owner)
		if diff := cmp.Diff(User{Name: "system:serviceaccount:kube-system:" + want, Groups: groups}, got); !known || diff != "" {
			t.Errorf("%v, known %v (-want +got):\n%s", owner, known, diff)
		}
	}
	for _, owner := range []Owner{
		{APIVersion: "example.com/v1", Kind: "Fleet"},
		{APIVersion: "apps.kruise.io/v1beta1", Kind: "StatefulSet"},
		{APIVersion: "v1", Kind: "Job"},
		{APIVersion: "a/b/c", Kind: "Job"},
		{},
	} {
		if user, known := UserOf(owner); known {
			t.Errorf("the user of %v, which nobody knows, is %v", owner, user)
		}
	}
}
