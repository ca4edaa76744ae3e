package controllers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// crowd is three namespaces with 500 StatefulSets of four pods in each; every tenth runs an image of another registry.
func crowd() *snapshot.Snapshot {
	const namespaces, workloads, replicas = 3, 500, 4
	s := synced()
	for n := range namespaces {
		namespace := fmt.Sprintf("team-%d", n)
		s.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name: namespace, Labels: map[string]string{"tier": fmt.Sprint(n)},
		}})
		s.UpsertServiceAccount(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "default"}})
		for w := range workloads {
			name := fmt.Sprintf("db-%03d", w)
			spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: fmt.Sprintf("registry.example.com/app:%d", w)}}}
			if w%10 == 0 {
				spec.Containers[0].Image = "docker.io/library/nginx:1"
			}
			meta := metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(namespace + name)}
			set := &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Template: corev1.PodTemplateSpec{Spec: *spec.DeepCopy()}}}
			if owner, ok := s.Transform(set).(*snapshot.Owner); ok {
				s.UpsertOwner(owner)
			}
			for r := range replicas {
				p := &corev1.Pod{ObjectMeta: meta, Spec: *spec.DeepCopy()}
				p.Name, p.UID = fmt.Sprintf("%s-%d", name, r), types.UID(fmt.Sprintf("%s-%d", meta.UID, r))
				p.OwnerReferences = []metav1.OwnerReference{
					{APIVersion: "apps/v1", Kind: "StatefulSet", Name: name, UID: meta.UID, Controller: ptr.To(true)},
				}
				if projected, ok := s.Transform(p).(*snapshot.Pod); ok {
					s.UpsertPod(projected)
				}
			}
		}
	}
	return s
}

// A policy is about two of three namespaces. Their workloads are judged anew, and of 1,500 reports those are written whose
// verdict is another one: that of every tenth.
func TestAPolicyChangeWritesOnlyTheReportsWhoseVerdictChanges(t *testing.T) {
	s := crowd()
	l := newLoop(t, s)
	l.Publisher = publish.New(l.client, l.ledger, publish.NewEvents(&events.FakeRecorder{}), l.Clock) // Of events there are many.
	feeds := map[snapshot.Source]feed{}
	for _, fd := range policyFeeds(l.Policies, s, func() {}) {
		feeds[fd.source] = fd
	}
	policy, binding := policyOnPods("images", "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))")
	binding.Spec.MatchResources = &admissionregistrationv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "tier", Operator: metav1.LabelSelectorOpIn, Values: []string{"0", "1"}}},
	}}
	explained := policy.DeepCopy()
	explained.Spec.Validations[0].Message = "images come from our registry"
	if first := l.written(t, s.Workloads()); len(first) != 1500 {
		t.Fatalf("the first pass wrote %d reports", len(first))
	}
	tenth := tenths("team-0", "team-1")
	policies, bindings := feeds[snapshot.ValidatingAdmissionPolicies], feeds[snapshot.ValidatingAdmissionPolicyBindings]
	for _, step := range []struct {
		name    string
		change  func() snapshot.Affected
		asked   int
		written []string
	}{
		{"a second pass", func() snapshot.Affected { return s.Workloads() }, 1500, nil},
		{"a policy that nobody binds", func() snapshot.Affected { return policies.upsert(policy) }, 0, nil},
		{"its binding", func() snapshot.Affected { return bindings.upsert(binding) }, 1000, tenth},
		{"the same binding again", func() snapshot.Affected { return bindings.upsert(binding.DeepCopy()) }, 0, nil},
		{"another message", func() snapshot.Affected { return policies.upsert(explained) }, 1000, tenth},
		{"the end of the binding", func() snapshot.Affected { return bindings.remove(binding) }, 1000, tenth},
	} {
		affected := step.change()
		if len(affected) != step.asked {
			t.Errorf("%s: %d workloads are judged anew, want %d", step.name, len(affected), step.asked)
		}
		if diff := cmp.Diff(step.written, l.written(t, affected)); diff != "" {
			t.Errorf("%s: written reports (-want +got):\n%s", step.name, diff)
		}
	}
}

// written are the workloads whose reports were written.
func (l *loop) written(t *testing.T, keys []snapshot.Key) []string {
	t.Helper()
	var names []string
	for _, key := range keys {
		if writes, _ := l.reconciled(t, Request{Workload: key}); len(writes) > 0 {
			names = append(names, key.Namespace+"/"+key.Name)
		}
	}
	return names
}

func tenths(namespaces ...string) []string {
	var names []string
	for _, namespace := range namespaces {
		for w := 0; w < 500; w += 10 {
			names = append(names, fmt.Sprintf("%s/db-%03d", namespace, w))
		}
	}
	return names
}

// policyOnPods refuses the pods of which an expression is false.
func policyOnPods(name, expression string) (
	*admissionregistrationv1.ValidatingAdmissionPolicy, *admissionregistrationv1.ValidatingAdmissionPolicyBinding,
) {
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	policy.Spec = admissionregistrationv1.ValidatingAdmissionPolicySpec{
		MatchConstraints: &admissionregistrationv1.MatchResources{ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{
			RuleWithOperations: admissionregistrationv1.RuleWithOperations{
				Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
				Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
			},
		}}},
		Validations: []admissionregistrationv1.Validation{{Expression: expression}},
	}
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: policy.ObjectMeta}
	binding.Spec = admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
		PolicyName: name, ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
	}
	return policy, binding
}

// idle is a Deployment, StatefulSet or DaemonSet without pods.
func idle(s *snapshot.Snapshot, kind, namespace, name string) snapshot.Key {
	meta := metav1.ObjectMeta{Namespace: namespace, Name: name, UID: types.UID(kind + namespace + name)}
	template := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app:1"}}}}
	object := map[string]any{
		"Deployment":  &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Template: template}},
		"StatefulSet": &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Template: template}},
		"DaemonSet":   &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Template: template}},
	}[kind]
	if owner, ok := s.Transform(object).(*snapshot.Owner); ok {
		s.UpsertOwner(owner)
	}
	return snapshot.Key{Group: "apps", Kind: kind, Namespace: namespace, Name: name}
}

// restarts tells what was judged of workloads, as verdict, reason and message.
func (l *loop) restarts(keys ...snapshot.Key) []string {
	var out []string
	for _, key := range keys {
		r := l.Assess(key).Restart
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s: %s", key.Name, r.Verdict, r.Message)))
	}
	return out
}

func namespaces(s *snapshot.Snapshot, names ...string) {
	for _, name := range names {
		s.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"name": name}}})
		s.UpsertServiceAccount(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: "default"}})
	}
}

// bySource are the feeds of a running feeder.
func (l *loop) bySource() map[snapshot.Source]feed {
	l.Feeder.begun = true
	feeds := map[snapshot.Source]feed{}
	for _, fd := range l.Feeder.feeds() {
		feeds[fd.source] = fd
	}
	return feeds
}

// The rights of the ReplicaSet controller decide about the pods of Deployments, where a policy asks for them. Nobody else is
// judged anew, and without such a policy nobody.
func TestRightsThatPoliciesAskForAreFollowed(t *testing.T) {
	s := synced()
	namespaces(s, "asked", "shop")
	web, db, log := idle(s, "Deployment", "asked", "web"), idle(s, "StatefulSet", "asked", "db"), idle(s, "DaemonSet", "asked", "log")
	other := idle(s, "Deployment", "shop", "web")
	l := newLoop(t, s)
	feeds := l.bySource()
	policies, bindings, grants := feeds[snapshot.ValidatingAdmissionPolicies], feeds[snapshot.ValidatingAdmissionPolicyBindings], feeds[snapshot.ClusterRoleBindings]
	grant := func(name, kind, namespace, subject string) snapshot.Affected {
		return grants.upsert(&rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "use"},
			Subjects: []rbacv1.Subject{{Kind: kind, Namespace: namespace, Name: subject}},
		})
	}
	policy, binding := policyOnPods("may", "authorizer.group('').resource('hosts').check('use').allowed()")
	binding.Spec.MatchResources = &admissionregistrationv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"name": "asked"}}}
	about := policy.DeepCopy()
	about.Spec.Validations[0].Expression = "authorizer.serviceAccount('shop', 'web').group('').resource('hosts').check('use').allowed()"
	all := snapshot.Affected{log, web, db}
	want := func(step string, want, got snapshot.Affected) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: judged anew (-want +got):\n%s", step, diff)
		}
	}
	want("a role", nil, feeds[snapshot.ClusterRoles].upsert(&rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "use"}, Rules: []rbacv1.PolicyRule{{Verbs: []string{"use"}, APIGroups: []string{""}, Resources: []string{"hosts"}}},
	}))
	want("a grant, where no policy asks", nil, grant("early", "ServiceAccount", "kube-system", "daemon-set-controller"))
	want("a policy that nobody binds", nil, policies.upsert(policy))
	want("its binding", all, bindings.upsert(binding))
	const refused = " Denied: ValidatingAdmissionPolicy may: failed expression: authorizer.group('').resource('hosts').check('use').allowed()"
	if diff := cmp.Diff([]string{"log Admitted:", "web" + refused, "db" + refused}, l.restarts(all...)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	want("a grant to the ReplicaSet controller", snapshot.Affected{web}, grant("web", "ServiceAccount", "kube-system", "replicaset-controller"))
	if diff := cmp.Diff([]string{"web Admitted:", "web Admitted:"}, l.restarts(web, other)); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
	want("another name for it", snapshot.Affected{db}, grant("db", "User", "", "system:serviceaccount:kube-system:statefulset-controller"))
	want("a grant to somebody else", nil, grant("else", "User", "", "jane"))
	want("a grant to another ServiceAccount of the same name", nil, grant("namesake", "ServiceAccount", "shop", "replicaset-controller"))
	want("a grant to a group of all controllers", all, grant("group", "Group", "", rbac.GroupServiceAccounts+":kube-system"))
	want("the end of a grant", snapshot.Affected{web}, grants.remove(&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "web"}}))
	want("another role", all, feeds[snapshot.ClusterRoles].upsert(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "use"}}))
	want("a policy about another ServiceAccount", all, policies.upsert(about))
	want("a grant to that one", all, grant("named", "ServiceAccount", "shop", "web"))
	want("a grant to a user, who is no ServiceAccount", nil, grant("joe", "User", "", "joe"))
}

// What does not compile is named by the reports of all that it is about, and counted.
func TestAPolicyThatDoesNotCompileIsNamedAndCounted(t *testing.T) {
	s := synced()
	namespaces(s, "shop")
	web := idle(s, "Deployment", "shop", "web")
	l := newLoop(t, s)
	feeds := l.bySource()
	policies := feeds[snapshot.ValidatingAdmissionPolicies]
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(metrics.NewPolicyFaults(l.Policies.Faults))
	policy, binding := policyOnPods("typo", "objekt.spec.hostNetwork != true")
	feeds[snapshot.ValidatingAdmissionPolicyBindings].upsert(binding)
	ignored := policy.DeepCopy()
	ignored.Spec.FailurePolicy = ptr.To(admissionregistrationv1.Ignore)
	repaired := policy.DeepCopy()
	repaired.Spec.Validations[0].Expression = "!has(object.spec.hostNetwork)"
	for _, step := range []struct {
		name    string
		policy  *admissionregistrationv1.ValidatingAdmissionPolicy
		verdict string
		faults  float64
	}{
		{"it fails closed", policy, "web Denied: ValidatingAdmissionPolicy typo: compilation error", 1},
		{"it fails open", ignored, "web Unknown: ValidatingAdmissionPolicy typo: The policy does not compile, and ignores failures.", 1},
		{"it is repaired", repaired, "web Admitted:", 0},
	} {
		if affected := policies.upsert(step.policy); !slices.Equal(affected, snapshot.Affected{web}) {
			t.Errorf("%s: judged anew: %v", step.name, affected)
		}
		if got := l.restarts(web)[0]; !strings.HasPrefix(got, step.verdict) {
			t.Errorf("%s: %s", step.name, got)
		}
		want := fmt.Sprintf(`
			# HELP daysix_policy_faults Policies, bindings and configurations of webhooks that decide about pods and cannot be evaluated as a whole: an expression does not compile, or a value is not known.
			# TYPE daysix_policy_faults gauge
			daysix_policy_faults{kind="MutatingAdmissionPolicy"} 0
			daysix_policy_faults{kind="MutatingAdmissionPolicyBinding"} 0
			daysix_policy_faults{kind="MutatingWebhookConfiguration"} 0
			daysix_policy_faults{kind="ValidatingAdmissionPolicy"} %g
			daysix_policy_faults{kind="ValidatingAdmissionPolicyBinding"} 0
			daysix_policy_faults{kind="ValidatingWebhookConfiguration"} 0
		`, step.faults)
		if err := testutil.GatherAndCompare(registry, strings.NewReader(want)); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}
