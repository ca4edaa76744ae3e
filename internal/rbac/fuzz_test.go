package rbac

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Whatever the rules and subjects of a binding say: a rule allows what it names, both ways to read it give the same privileges,
// and nothing is left of it once it is deleted.
func FuzzRules(f *testing.F) {
	for _, seed := range []string{
		`{rules: [{verbs: [get], apiGroups: [""], resources: [pods, pods/log]}]}`,
		`{rules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*", "*/scale", "/", "a/b/c"], resourceNames: ["", "*"]}]}`,
		`{rules: [{verbs: [get], nonResourceURLs: ["*", "/x/**", "", "**", "/healthz*"]}]}`,
		`{rules: [{}, {verbs: [""], apiGroups: [apps], resources: [deployments]}, {verbs: [escalate, bind, impersonate], apiGroups: ["*"], resources: ["*"]}]}`,
		`{subjects: [{kind: Group, name: "system:serviceaccounts:team"}, {kind: User, name: "system:serviceaccount:team:app:x"}, {kind: ServiceAccount}]}`,
		"{rules: [{verbs: [\"get\\e[2J\", \"\\u202e\"], apiGroups: [\"\\x7f\"], resources: [\"se\\u200bcrets\"]}]}",
	} {
		f.Add([]byte(seed), "r")
	}
	f.Fuzz(func(t *testing.T, manifest []byte, name string) {
		role := &rbacv1.ClusterRole{}
		binding := &rbacv1.ClusterRoleBinding{}
		if yaml.Unmarshal(manifest, role) != nil || yaml.Unmarshal(manifest, binding) != nil {
			return
		}
		role.Name, binding.Name, binding.RoleRef = name, name, rbacv1.RoleRef{Kind: "ClusterRole", Name: name}
		binding.Subjects = append(binding.Subjects, subjectObject(app))
		x := New()
		x.UpsertClusterRole(role)
		x.UpsertClusterRoleBinding(binding)
		rights := x.Resolve(app)
		for i := range role.Rules {
			allowsWhatItNames(t, &rights, &role.Rules[i])
		}
		env := &Environment{Admins: x.ClusterAdmins()}
		again := x.Resolve(app)
		if diff := cmp.Diff(lines(rights.Privileges(env)), lines(again.Privileges(env))); diff != "" {
			t.Errorf("two readings differ:\n%s", diff)
		}
		x.Problems()
		inNamespace(t, role, binding)
		x.DeleteClusterRoleBinding(name)
		x.DeleteClusterRole(name)
		if len(x.rules)+len(x.byRole)+len(x.bySubject) > 0 {
			t.Errorf("left: %d rules, %d roles, %d subjects", len(x.rules), len(x.byRole), len(x.bySubject))
		}
	})
}

// inNamespace binds the same in a namespace, where it gives nothing outside of it.
func inNamespace(t *testing.T, role *rbacv1.ClusterRole, binding *rbacv1.ClusterRoleBinding) {
	t.Helper()
	x := New()
	x.UpsertClusterRole(role)
	x.UpsertRoleBinding(&rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: binding.Name}, RoleRef: binding.RoleRef, Subjects: binding.Subjects,
	})
	rights := x.Resolve(app)
	for _, h := range rights.Privileges(&Environment{}) {
		if h.Cluster() {
			t.Errorf("a RoleBinding gives %s in the whole cluster", h.Privilege.ID)
		}
	}
}

func allowsWhatItNames(t *testing.T, rights *Rights, rule *rbacv1.PolicyRule) {
	t.Helper()
	const most = 8
	for _, verb := range rule.Verbs[:min(len(rule.Verbs), most)] {
		for _, group := range rule.APIGroups[:min(len(rule.APIGroups), most)] {
			for _, text := range rule.Resources[:min(len(rule.Resources), most)] {
				a := Attributes{Verb: verb, APIGroup: group, Namespace: "team"}
				a.Resource, a.Subresource, _ = strings.Cut(text, "/")
				if len(rule.ResourceNames) > 0 {
					a.Name = rule.ResourceNames[0]
				}
				if _, ok := rights.Allows(a); !ok {
					t.Errorf("%+v is named and not allowed", a)
				}
			}
		}
		for _, path := range rule.NonResourceURLs[:min(len(rule.NonResourceURLs), most)] {
			if _, ok := rights.Allows(Attributes{Verb: verb, Path: path}); !ok && path != "" {
				t.Errorf("%s %q is named and not allowed", verb, path)
			}
		}
	}
}

func lines(held []Held) []string {
	var out []string
	for i := range held {
		h := &held[i]
		line := string(h.Privilege.ID) + " " + strings.Join(h.Namespaces, ",") + " " + strings.Join(h.ResourceNames, ",") + " " + strings.Join(h.Details, ",")
		for _, g := range h.Grants {
			line += " " + g.Binding.String() + " " + g.Rule.String()
		}
		out = append(out, line)
	}
	return out
}
