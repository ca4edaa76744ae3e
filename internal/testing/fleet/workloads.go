package fleet

import (
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// daemonSets are the DaemonSets that run on every node.
func daemonSets() []kind { return []kind{nodeAgent, hostNetworked, hardened} }

func (f *Fleet) daemonSet(k kind) *Workload {
	name := "agent-" + k.name
	template := podTemplate(name, "default", k)
	set := &appsv1.DaemonSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "DaemonSet"}, ObjectMeta: meta(SystemNamespace, name),
		Spec: appsv1.DaemonSetSpec{Selector: selector(name), Template: template},
	}
	w := &Workload{Owners: []client.Object{set}}
	for i := range f.size.Nodes {
		w.Pods = append(w.Pods, podOf(template, SystemNamespace, fmt.Sprintf("%s-%04d", name, i), nodeName(i)))
	}
	return w
}

// workload is the one of an index: seven of ten are Deployments, two are StatefulSets, one is a Job that runs.
func (f *Fleet) workload(i, pods int) *Workload {
	namespace, name := f.namespaceOf(i), fmt.Sprintf("app-%05d", i)
	account := "default"
	if i%2 == 0 {
		account = accountName(i)
	}
	template := podTemplate(name, account, f.pick())
	w := &Workload{}
	switch i % 10 {
	case 7, 8:
		w.Owners = []client.Object{statefulSet(namespace, name, pods, template)}
	case 9:
		template.Spec.RestartPolicy = corev1.RestartPolicyNever
		w.Owners = []client.Object{job(namespace, name, pods, template)}
	default:
		set := name + "-7d4b9c6f5"
		w.Owners = []client.Object{deployment(namespace, name, pods, template), replicaSet(namespace, set, pods, template)}
		template.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "7d4b9c6f5"
	}
	for p := range pods {
		w.Pods = append(w.Pods, podOf(template, namespace, fmt.Sprintf("%s-%02d", name, p), f.anyNode()))
	}
	return w
}

func deployment(namespace, name string, replicas int, template corev1.PodTemplateSpec) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: meta(namespace, name),
		Spec: appsv1.DeploymentSpec{Replicas: ptr.To(int32(replicas)), Selector: selector(name), Template: *template.DeepCopy()},
	}
}

func replicaSet(namespace, name string, replicas int, template corev1.PodTemplateSpec) *appsv1.ReplicaSet {
	hashed := template.DeepCopy()
	hashed.Labels[appsv1.DefaultDeploymentUniqueLabelKey] = "7d4b9c6f5"
	return &appsv1.ReplicaSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ReplicaSet"}, ObjectMeta: meta(namespace, name),
		Spec: appsv1.ReplicaSetSpec{
			Replicas: ptr.To(int32(replicas)), Selector: &metav1.LabelSelector{MatchLabels: maps.Clone(hashed.Labels)}, Template: *hashed,
		},
	}
}

func statefulSet(namespace, name string, replicas int, template corev1.PodTemplateSpec) *appsv1.StatefulSet {
	return &appsv1.StatefulSet{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"}, ObjectMeta: meta(namespace, name),
		Spec: appsv1.StatefulSetSpec{
			Replicas: ptr.To(int32(replicas)), ServiceName: name, Selector: selector(name), Template: template,
		},
	}
}

func job(namespace, name string, parallel int, template corev1.PodTemplateSpec) *batchv1.Job {
	return &batchv1.Job{
		TypeMeta: metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"}, ObjectMeta: meta(namespace, name),
		Spec: batchv1.JobSpec{Parallelism: ptr.To(int32(parallel)), Completions: ptr.To(int32(parallel)), Template: template},
	}
}

func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app.kubernetes.io/name": name}}
}

func selector(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app.kubernetes.io/name": name}}
}
