package fleet

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Surroundings are what the workloads run among, in the order in which it is created: namespaces, ServiceAccounts, RBAC,
// NetworkPolicies.
func (f *Fleet) Surroundings() []client.Object {
	out := []client.Object{namespace(SystemNamespace), account(SystemNamespace, "default")}
	for i := range f.size.Namespaces {
		out = append(out, namespace(namespaceName(i)), account(namespaceName(i), "default"))
	}
	for i := 0; i < f.Count(); i += 2 {
		out = append(out, account(f.namespaceOf(i), accountName(i)))
	}
	out = append(out,
		clusterRole("fleet-operator", "pods", "get", "list", "watch", "create", "delete"),
		clusterRole("fleet-vault", "secrets", "get", "list"))
	for i := 0; i < f.Count(); i += 40 { // One in twenty of the ServiceAccounts.
		out = append(out, f.binding(i))
	}
	for i := 0; i < f.size.Namespaces; i += 2 {
		out = append(out, isolation(namespaceName(i)))
	}
	return out
}

// Policies are the labels of Pod Security that came after the pods: the day 6 problem. The namespaces exist by then.
func (f *Fleet) Policies() []*corev1.Namespace {
	var out []*corev1.Namespace
	for i := range f.size.Namespaces {
		level := []string{"", "baseline", "restricted", "baseline"}[i%4]
		if level == "" {
			continue
		}
		n := namespace(namespaceName(i))
		n.Labels["pod-security.kubernetes.io/enforce"] = level
		out = append(out, n)
	}
	return out
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"fleet": "true"}}}
}

func account(namespace, name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func accountName(workload int) string { return fmt.Sprintf("app-%05d", workload) }

func clusterRole(name, what string, verbs ...string) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{what}, Verbs: verbs}},
	}
}

// binding gives the ServiceAccount of a workload rights in its namespace; one in ten of them in the whole cluster.
func (f *Fleet) binding(workload int) client.Object {
	role := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "fleet-operator"}
	if workload%80 == 0 {
		role.Name = "fleet-vault"
	}
	subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: f.namespaceOf(workload), Name: accountName(workload)}}
	name := "fleet-" + accountName(workload)
	if workload%400 == 0 {
		return &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: role, Subjects: subjects}
	}
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: f.namespaceOf(workload), Name: name}, RoleRef: role, Subjects: subjects,
	}
}

// isolation lets the pods of a namespace talk among themselves and to the DNS, and to nobody else.
func isolation(namespace string) *networkingv1.NetworkPolicy {
	peers := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "isolate"},
		Spec: networkingv1.NetworkPolicySpec{
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: peers}},
			Egress:      []networkingv1.NetworkPolicyEgressRule{{To: peers}},
		},
	}
}
