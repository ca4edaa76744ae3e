package faults

import (
	"context"
	"fmt"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// shop is the namespace whose workloads change.
const shop = "shop"

// workloadsOf is how many workloads a namespace has.
const workloadsOf = 12

// populate fills the cluster: harmless workloads and dangerous ones, some with an account that is given rights and deprived of them.
func (l *lab) populate(t *testing.T) {
	t.Helper()
	for _, namespace := range []string{shop, "bank", "desk"} {
		l.newNamespace(t, namespace)
		l.create(t, &corev1.ServiceAccount{ObjectMeta: meta(namespace, "deployer")})
		for i := range workloadsOf {
			d := deployment(namespace, fmt.Sprintf("web-%02d", i))
			spec := &d.Spec.Template.Spec
			switch i % 4 {
			case 0:
				spec.ServiceAccountName, spec.AutomountServiceAccountToken = "deployer", ptr.To(true)
			case 1:
				spec.HostPID = namespace == "bank"
			}
			l.create(t, d)
		}
	}
	eventually(t, "every pod runs", func() bool {
		var pods corev1.PodList
		if err := l.admin.List(t.Context(), &pods); err != nil {
			return false
		}
		running := 0
		for i := range pods.Items {
			if pods.Items[i].Status.Phase == corev1.PodRunning {
				running++
			}
		}
		return running == 3*workloadsOf
	})
}

func (l *lab) newNamespace(t *testing.T, name string) {
	t.Helper()
	l.create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})
	eventually(t, "the namespace has its ServiceAccount", func() bool {
		return l.admin.Get(t.Context(), client.ObjectKey{Namespace: name, Name: "default"}, &corev1.ServiceAccount{}) == nil
	})
}

func (l *lab) create(t *testing.T, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		must(t, l.admin.Create(t.Context(), object))
	}
}

// toggleRights makes the account of the shop a cluster-admin, or takes that away: what the workloads that run as it lead to
// changes by one event, and so does what leads to them.
func (l *lab) toggleRights(ctx context.Context) error {
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "shop-deployer"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: shop, Name: "deployer"}},
	}
	err := l.admin.Create(ctx, binding)
	if apierrors.IsAlreadyExists(err) {
		err = l.admin.Delete(ctx, binding)
	}
	if err != nil {
		return fmt.Errorf("changing the rights of the shop: %w", err)
	}
	return nil
}

func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

func podSpec() corev1.PodSpec {
	return corev1.PodSpec{
		AutomountServiceAccountToken:  ptr.To(false),
		TerminationGracePeriodSeconds: ptr.To[int64](0),
		Containers:                    []corev1.Container{{Name: "main", Image: "registry.example.com/faults/main:v1"}},
	}
}

func pod(namespace, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: meta(namespace, name), Spec: podSpec()}
}

func deployment(namespace, name string) *appsv1.Deployment {
	labels := map[string]string{"app": name}
	return &appsv1.Deployment{ObjectMeta: meta(namespace, name), Spec: appsv1.DeploymentSpec{
		Replicas: ptr.To[int32](1), Selector: &metav1.LabelSelector{MatchLabels: labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: podSpec()},
	}}
}
