package paths

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

func meta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": name}}
}

// namespace is one that enforces a level of Pod Security.
func namespace(name, enforce string) *corev1.Namespace {
	n := &corev1.Namespace{ObjectMeta: meta("", name)}
	n.Labels["pod-security.kubernetes.io/enforce"] = enforce
	return n
}

func node(name string, change ...func(*corev1.Node)) *corev1.Node {
	n := cluster.WorkerNode(name)
	for _, c := range change {
		c(n)
	}
	return n
}

func account(namespace, name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: meta(namespace, name)}
}

// pod is one that the restricted level admits, with its token, before what is changed about it.
func pod(namespace, name, account, node string, change ...func(*corev1.PodSpec)) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: meta(namespace, name), Spec: corev1.PodSpec{
		ServiceAccountName: account, NodeName: node,
		Containers: []corev1.Container{{Name: "main", Image: "registry.example.com/main:v1", SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false), RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](1000),
			Capabilities:   &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		}}},
	}}
	for _, c := range change {
		c(&p.Spec)
	}
	return p
}

func privileged(s *corev1.PodSpec) {
	s.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(true)}
}

func noToken(s *corev1.PodSpec) { s.AutomountServiceAccountToken = ptr.To(false) }

func pulls(secret string) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.ImagePullSecrets = append(s.ImagePullSecrets, corev1.LocalObjectReference{Name: secret})
	}
}

func mount(name string, source corev1.VolumeSource) func(*corev1.PodSpec) {
	return func(s *corev1.PodSpec) {
		s.Volumes = append(s.Volumes, corev1.Volume{Name: name, VolumeSource: source})
		s.Containers[0].VolumeMounts = append(s.Containers[0].VolumeMounts, corev1.VolumeMount{Name: name, MountPath: "/" + name, ReadOnly: true})
	}
}

func secret(name string) func(*corev1.PodSpec) {
	return mount(name, corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}})
}

func hostPath(path string) func(*corev1.PodSpec) {
	return mount("host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}})
}

// asRoot is a user that reads every file of the node.
func asRoot(s *corev1.PodSpec) { s.Containers[0].SecurityContext = nil }

// replicas is a ReplicaSet with a pod of it: what the scheduler may place anew.
func replicas(namespace, name, account, node string, change ...func(*corev1.PodSpec)) []client.Object {
	p := pod(namespace, name+"-0", account, node, change...)
	p.Labels["app"] = name
	set := &appsv1.ReplicaSet{ObjectMeta: meta(namespace, name), Spec: appsv1.ReplicaSetSpec{
		Replicas: ptr.To[int32](1), Selector: &metav1.LabelSelector{MatchLabels: p.Labels}, Template: template(p),
	}}
	return []client.Object{set, &owned{p, set, "ReplicaSet"}}
}

// onNodes is a DaemonSet with a pod on each of the nodes.
func onNodes(namespace, name, account string, nodes []string, change ...func(*corev1.PodSpec)) []client.Object {
	var set *appsv1.DaemonSet
	var out []client.Object
	for _, node := range nodes {
		p := pod(namespace, name+"-"+node, account, node, change...)
		p.Labels["app"] = name
		if set == nil {
			set = &appsv1.DaemonSet{ObjectMeta: meta(namespace, name), Spec: appsv1.DaemonSetSpec{
				Selector: &metav1.LabelSelector{MatchLabels: p.Labels}, Template: template(p),
			}}
			out = append(out, set)
		}
		out = append(out, &owned{p, set, "DaemonSet"})
	}
	return out
}

// template is that of a pod, wherever it runs.
func template(p *corev1.Pod) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: p.Labels}, Spec: *p.Spec.DeepCopy()}
	t.Spec.NodeName = ""
	return t
}

// owned is a pod that belongs to an object of apps, whose UID is known once that is created.
type owned struct {
	*corev1.Pod
	by   client.Object
	kind string
}

// clusterAdmin binds a subject to cluster-admin.
func clusterAdmin(name string, subject rbacv1.Subject) *rbacv1.ClusterRoleBinding {
	return &rbacv1.ClusterRoleBinding{ObjectMeta: meta("", name), Subjects: []rbacv1.Subject{subject}, RoleRef: roleRef("ClusterRole", "cluster-admin")}
}

func accountSubject(namespace, name string) rbacv1.Subject {
	return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: namespace, Name: name}
}

func userSubject(name string) rbacv1.Subject {
	return rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}
}

func roleRef(kind, name string) rbacv1.RoleRef {
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
}

// grant gives a ServiceAccount rights, as "scope: verbs resources [in group] [named names]". The scope is a namespace, or
// cluster. Rights of one scope are rules of one role; roles and bindings are all of one name.
func grant(name string, to rbacv1.Subject, rights ...string) []client.Object {
	var out []client.Object
	for _, scope := range scopesOf(rights) {
		var rules []rbacv1.PolicyRule
		for _, right := range rights {
			if rule, in := strings.CutPrefix(right, scope+": "); in {
				rules = append(rules, ruleOf(rule))
			}
		}
		if scope == "cluster" {
			out = append(out, &rbacv1.ClusterRole{ObjectMeta: meta("", name), Rules: rules}, &rbacv1.ClusterRoleBinding{
				ObjectMeta: meta("", name), Subjects: []rbacv1.Subject{to}, RoleRef: roleRef("ClusterRole", name),
			})
			continue
		}
		out = append(out, &rbacv1.Role{ObjectMeta: meta(scope, name), Rules: rules}, &rbacv1.RoleBinding{
			ObjectMeta: meta(scope, name), Subjects: []rbacv1.Subject{to}, RoleRef: roleRef("Role", name),
		})
	}
	return out
}

func scopesOf(rights []string) []string {
	var scopes []string
	for _, right := range rights {
		scope, _, _ := strings.Cut(right, ": ")
		scopes = append(scopes, scope)
	}
	slices.Sort(scopes)
	return slices.Compact(scopes)
}

func ruleOf(text string) rbacv1.PolicyRule {
	text, names, named := strings.Cut(text, " named ")
	text, group, _ := strings.Cut(text, " in ")
	verbs, resources, _ := strings.Cut(text, " ")
	rule := rbacv1.PolicyRule{
		Verbs: strings.Split(verbs, ","), Resources: strings.Split(resources, ","), APIGroups: []string{group},
	}
	if named {
		rule.ResourceNames = strings.Split(names, ",")
	}
	return rule
}
