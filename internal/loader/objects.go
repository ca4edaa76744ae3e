package loader

import (
	"strings"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	rbacVersion       = rbacv1.GroupName + "/v1"
	networkingVersion = networkingv1.GroupName + "/v1"
)

// newObject returns an empty object of a kind that is read, and whether the kind is namespaced; nil for any other.
func newObject(kind metav1.TypeMeta) (object metav1.Object, namespaced bool) {
	if maker := snapshot.NewMaker(kind.APIVersion, kind.Kind); maker != nil {
		return maker, true
	}
	for _, newOf := range [...]func(metav1.TypeMeta) metav1.Object{newOfNamespace, newRights} {
		if object := newOf(kind); object != nil {
			return object, !strings.HasPrefix(kind.Kind, "Cluster")
		}
	}
	if object := newOfCluster(kind); object != nil {
		return object, false
	}
	object = newPolicy(kind)
	return object, false
}

// newOfCluster returns an empty object of a kind that belongs to no namespace, nil for any other.
func newOfCluster(kind metav1.TypeMeta) metav1.Object {
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 Namespace":
		return &corev1.Namespace{}
	case "v1 Node":
		return &corev1.Node{}
	case "v1 PersistentVolume":
		return &corev1.PersistentVolume{}
	case daysixv1alpha1.SchemeGroupVersion.String() + " AuditException":
		return &daysixv1alpha1.AuditException{}
	case "scheduling.k8s.io/v1 PriorityClass":
		return &schedulingv1.PriorityClass{}
	case "node.k8s.io/v1 RuntimeClass":
		return &nodev1.RuntimeClass{}
	default:
		return nil
	}
}

// newOfNamespace returns an empty object of a kind that stands in a namespace, nil for any other.
func newOfNamespace(kind metav1.TypeMeta) metav1.Object {
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 Pod":
		return &corev1.Pod{}
	case "v1 ServiceAccount":
		return &corev1.ServiceAccount{}
	case "v1 Secret":
		return &secret{}
	case "v1 Service":
		return &corev1.Service{}
	case "v1 LimitRange":
		return &corev1.LimitRange{}
	case "v1 ResourceQuota":
		return &corev1.ResourceQuota{}
	case networkingVersion + " NetworkPolicy":
		return &networkingv1.NetworkPolicy{}
	case networkingVersion + " Ingress":
		return &networkingv1.Ingress{}
	default:
		return nil
	}
}

// newRights returns an empty role or binding, nil for any other kind.
func newRights(kind metav1.TypeMeta) metav1.Object {
	switch kind.APIVersion + " " + kind.Kind {
	case rbacVersion + " ClusterRole":
		return &rbacv1.ClusterRole{}
	case rbacVersion + " ClusterRoleBinding":
		return &rbacv1.ClusterRoleBinding{}
	case rbacVersion + " Role":
		return &rbacv1.Role{}
	case rbacVersion + " RoleBinding":
		return &rbacv1.RoleBinding{}
	default:
		return nil
	}
}

// newBudget returns an empty object of the kind that only drains are asked about, nil for any other.
func newBudget(kind metav1.TypeMeta) (object metav1.Object, namespaced bool) {
	if kind.APIVersion == policyv1.SchemeGroupVersion.String() && kind.Kind == "PodDisruptionBudget" {
		return &policyv1.PodDisruptionBudget{}, true
	}
	return nil, false
}

// newPolicy returns an empty object of a kind that decides about admission, nil for any other. MutatingAdmissionPolicies are
// the same in v1beta1 and in v1 but for that name.
func newPolicy(kind metav1.TypeMeta) metav1.Object {
	switch kind.APIVersion {
	case admissionregistrationv1.SchemeGroupVersion.String():
	case admissionregistrationv1beta1.SchemeGroupVersion.String():
		if !strings.HasPrefix(kind.Kind, string(admission.MutatingPolicy)) {
			return nil // No API server that is supported serves another kind in it.
		}
	default:
		return nil
	}
	switch admission.Kind(strings.TrimSuffix(kind.Kind, "Binding")) {
	case admission.ValidatingPolicy:
		if strings.HasSuffix(kind.Kind, "Binding") {
			return &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}
		}
		return &admissionregistrationv1.ValidatingAdmissionPolicy{}
	case admission.MutatingPolicy:
		if strings.HasSuffix(kind.Kind, "Binding") {
			return &admissionregistrationv1.MutatingAdmissionPolicyBinding{}
		}
		return &admissionregistrationv1.MutatingAdmissionPolicy{}
	case admission.ValidatingWebhooks:
		return &admissionregistrationv1.ValidatingWebhookConfiguration{}
	case admission.MutatingWebhooks:
		return &admissionregistrationv1.MutatingWebhookConfiguration{}
	default:
		return nil
	}
}

// Add projects an object as the caches of the controller do and records it where it belongs. It takes the object over. An
// object of a kind that nobody reads is left out.
func Add(m *model.Model, object any) {
	if m.Drain != nil {
		m.Drain.Add(object)
	}
	switch o := object.(type) {
	case *daysixv1alpha1.AuditException:
		m.Exceptions.Upsert(exception.New(o), time.Time{})
	case *networkingv1.NetworkPolicy:
		m.Network.UpsertPolicy(o)
	case *networkingv1.Ingress:
		m.Network.UpsertIngress(o)
	case *corev1.Service:
		m.Network.UpsertService(o)
	case *extension:
		m.UpsertExtension(o.of, &o.Unstructured)
	default:
		if !addRights(m.Grants, object) && !addPolicy(m.Policies, object) {
			addToSnapshot(m, object)
		}
	}
}

// addRights records what gives rights; false for an object of any other kind.
func addRights(g *rbac.Index, object any) bool {
	switch o := object.(type) {
	case *rbacv1.Role:
		g.UpsertRole(o)
	case *rbacv1.ClusterRole:
		g.UpsertClusterRole(o)
	case *rbacv1.RoleBinding:
		g.UpsertRoleBinding(o)
	case *rbacv1.ClusterRoleBinding:
		g.UpsertClusterRoleBinding(o)
	default:
		return false
	}
	return true
}

// addPolicy records what decides about admission; false for an object of any other kind.
func addPolicy(p *admission.Policies, object any) bool {
	switch o := object.(type) {
	case *admissionregistrationv1.ValidatingAdmissionPolicy:
		p.UpsertValidatingPolicy(o)
	case *admissionregistrationv1.ValidatingAdmissionPolicyBinding:
		p.UpsertValidatingBinding(o)
	case *admissionregistrationv1.MutatingAdmissionPolicy:
		p.UpsertMutatingPolicy(o)
	case *admissionregistrationv1.MutatingAdmissionPolicyBinding:
		p.UpsertMutatingBinding(o)
	case *admissionregistrationv1.ValidatingWebhookConfiguration:
		p.UpsertValidatingWebhooks(o)
	case *admissionregistrationv1.MutatingWebhookConfiguration:
		p.UpsertMutatingWebhooks(o)
	default:
		return false
	}
	return true
}

func addToSnapshot(m *model.Model, object any) {
	s := m.Snapshot
	switch o := s.Transform(object).(type) {
	case *snapshot.Pod:
		s.UpsertPod(o)
	case *snapshot.Owner:
		s.UpsertOwner(o)
	case *snapshot.Namespace:
		s.UpsertNamespace(o)
		m.Network.UpsertNamespace(o.Object())
	case *corev1.ServiceAccount:
		s.UpsertServiceAccount(o)
	case *secret:
		s.UpsertSecret(o.metadata())
	case *metav1.PartialObjectMetadata: // Of a Secret with a token: nothing else is listed by its metadata.
		snapshot.StripSecret(o)
		s.UpsertSecret(o)
	case *corev1.Node:
		s.UpsertNode(o)
	case *corev1.PersistentVolume:
		s.UpsertPersistentVolume(o)
	default:
		addDefault(s, object)
	}
}

// addDefault records what the API server completes pods from.
func addDefault(s *snapshot.Snapshot, object any) {
	switch o := object.(type) {
	case *corev1.LimitRange:
		s.UpsertLimitRange(o)
	case *corev1.ResourceQuota:
		s.UpsertResourceQuota(o)
	case *schedulingv1.PriorityClass:
		s.UpsertPriorityClass(o)
	case *nodev1.RuntimeClass:
		s.UpsertRuntimeClass(o)
	}
}
