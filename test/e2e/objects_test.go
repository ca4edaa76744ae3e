package e2e

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// keepRunning on a pod of a Job makes the simulation let it run.
const keepRunning = "simulation.daysix.dev/keep-running"

// newNamespace creates a namespace in which pods can be created. It goes with the cluster: a namespace that is being
// deleted would make managers write while somebody else counts.
func newNamespace(ctx context.Context, name string) string {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	create(ctx, namespace)
	Eventually(func(ctx context.Context) error {
		return admin.Get(ctx, client.ObjectKey{Namespace: name, Name: "default"}, &corev1.ServiceAccount{})
	}).WithContext(ctx).Should(Succeed())
	return name
}

func create(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, object := range objects {
		Expect(admin.Create(ctx, object)).To(Succeed())
	}
}

// apart is a node to which neither the scheduler nor a DaemonSet of the samples brings a pod. How severe a privileged pod is
// depends on whose tokens lie on its node: where a spec wants to know that, the pod is put here.
const apart = "apart"

func nodeApart() *corev1.Node {
	node := cluster.WorkerNode(apart)
	delete(node.Labels, corev1.LabelOSStable)
	node.Spec.Taints = []corev1.Taint{{Key: "e2e.daysix.dev/apart", Effect: corev1.TaintEffectNoSchedule}}
	return node
}

func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

func podSpec() corev1.PodSpec {
	return corev1.PodSpec{
		AutomountServiceAccountToken:  ptr.To(false),
		TerminationGracePeriodSeconds: ptr.To[int64](0),
		Containers:                    []corev1.Container{{Name: "main", Image: "registry.example.com/e2e/main:v1"}},
	}
}

func privileged(spec *corev1.PodSpec) {
	spec.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
}

// privilegedApart lets a privileged pod run on a node where no pod has a token.
func privilegedApart(spec *corev1.PodSpec) {
	privileged(spec)
	spec.NodeName = apart
}

func template(name string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": name}}, Spec: podSpec()}
}

func selector(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": name}}
}

func deployment(namespace, name string, replicas int32) *appsv1.Deployment {
	return &appsv1.Deployment{ObjectMeta: meta(namespace, name), Spec: appsv1.DeploymentSpec{
		Replicas: &replicas, Selector: selector(name), Template: template(name),
	}}
}

func pod(namespace, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta(namespace, name), Spec: podSpec()}
}

// job is a Job whose pod runs on where it is told to.
func job(namespace, name string, runs bool) *batchv1.Job {
	j := &batchv1.Job{ObjectMeta: meta(namespace, name), Spec: batchv1.JobSpec{
		Template: corev1.PodTemplateSpec{Spec: podSpec()},
	}}
	j.Spec.Template.Spec.RestartPolicy = corev1.RestartPolicyNever
	if runs {
		j.Spec.Template.Annotations = map[string]string{keepRunning: ""}
	}
	return j
}

// ownedByUnknown makes an object belong to an Argo Rollout, a kind that the API server does not serve.
func ownedByUnknown(object client.Object, name string) {
	object.SetOwnerReferences([]metav1.OwnerReference{{
		APIVersion: "argoproj.io/v1alpha1", Kind: "Rollout", Name: name, UID: "4d1cbb62-6f3d-4f8a-9f3e-0c2a5d7e9b11",
		Controller: ptr.To(true),
	}})
}

// update changes an object as it is now.
func update[T client.Object](ctx context.Context, object T, change func(T)) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(object), object)).To(Succeed())
		change(object)
		g.Expect(admin.Update(ctx, object)).To(Succeed())
	}).Should(Succeed())
}

// runningPods counts the pods of a namespace that run.
func runningPods(namespace string) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		var pods corev1.PodList
		if err := admin.List(ctx, &pods, client.InNamespace(namespace)); err != nil {
			return 0, err
		}
		running := 0
		for i := range pods.Items {
			if pods.Items[i].Status.Phase == corev1.PodRunning && pods.Items[i].DeletionTimestamp == nil {
				running++
			}
		}
		return running, nil
	}
}

func waitForPods(ctx context.Context, namespace string, count int) {
	GinkgoHelper()
	Eventually(runningPods(namespace)).WithContext(ctx).Should(Equal(count))
}
