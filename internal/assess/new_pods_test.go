package assess

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// Pods are made where the binding reaches, wherever else the workload gets at something.
func TestCreatePodsCountsTheNamespacesInWhichPodsCanBeMade(t *testing.T) {
	bind := func(m *model.Model, namespace, role string, resources []string, verbs ...string) {
		rule := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: resources, Verbs: verbs}
		subjects := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "shop", Name: "default"}}
		ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role}
		m.Grants.UpsertClusterRole(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: role}, Rules: []rbacv1.PolicyRule{rule}})
		if namespace == "" {
			m.Grants.UpsertClusterRoleBinding(&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: role}, Subjects: subjects, RoleRef: ref})
			return
		}
		m.Grants.UpsertRoleBinding(&rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: role}, Subjects: subjects, RoleRef: ref,
		})
	}
	pods, secrets := []string{"pods"}, []string{"secrets"}
	for name, test := range map[string]struct {
		change func(*model.Model)
		want   finding.Reached
	}{
		"pods in one namespace, Secrets in all": {
			func(m *model.Model) {
				bind(m, "back", "create", pods, "create")
				bind(m, "", "read", secrets, "get", "list")
			},
			finding.Reached{Namespaces: 1},
		},
		"pods in two namespaces": {
			func(m *model.Model) {
				bind(m, "back", "create", pods, "create")
				bind(m, "jobs", "create", pods, "create")
			},
			finding.Reached{Namespaces: 2},
		},
		"pods in all namespaces": {
			func(m *model.Model) { bind(m, "", "create", pods, "create") }, finding.Reached{Namespaces: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := model.New()
			for _, source := range snapshot.Sources() {
				m.Snapshot.SetSource(source, snapshot.Synced)
			}
			for _, namespace := range []string{"shop", "back", "jobs", "vault"} {
				// Nothing privileged is let in: else a node would be taken, and with it all that is on it.
				m.Snapshot.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: map[string]string{
					"pod-security.kubernetes.io/enforce": "restricted",
				}}})
				pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "app"}, Spec: *spec()}
				placed, ok := m.Snapshot.Transform(pod).(*snapshot.Pod)
				if !ok {
					t.Fatal("the snapshot keeps no pod")
				}
				m.Snapshot.UpsertPod(placed)
			}
			test.change(m)
			e := NewEngine(m, New(posture.Settings{}), nil)
			e.Observe(m.Snapshot.Workloads()...)
			e.ObserveRights()
			e.Solve()
			got := e.Assess(snapshot.Key{Kind: "Pod", Namespace: "shop", Name: "app"})
			for i := range got.Answers {
				if a := &got.Answers[i]; a.Question == finding.CreatePods {
					if diff := cmp.Diff(test.want, a.Reached); a.Verdict != finding.Yes || diff != "" {
						t.Errorf("%s (-want +got):\n%s", a.Verdict, diff)
					}
				}
			}
		})
	}
}
