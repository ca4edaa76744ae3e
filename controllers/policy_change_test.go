package controllers

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/publish"
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
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "images"},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicySpec{
			MatchConstraints: &admissionregistrationv1.MatchResources{ResourceRules: []admissionregistrationv1.NamedRuleWithOperations{{
				RuleWithOperations: admissionregistrationv1.RuleWithOperations{
					Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
					Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
				},
			}}},
			Validations: []admissionregistrationv1.Validation{{Expression: "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))"}},
		},
	}
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "images"},
		Spec: admissionregistrationv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: "images", ValidationActions: []admissionregistrationv1.ValidationAction{admissionregistrationv1.Deny},
			MatchResources: &admissionregistrationv1.MatchResources{NamespaceSelector: &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
				{Key: "tier", Operator: metav1.LabelSelectorOpIn, Values: []string{"0", "1"}},
			}}},
		},
	}
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
