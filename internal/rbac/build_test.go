package rbac

import (
	"strings"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/finding"
)

// rule reads a rule as it is said: "get,list secrets,pods/log", "update deployments in apps", "get secrets named a,b",
// "get url /metrics". The group is the core one unless it is named; in * is every group.
func rule(text string) rbacv1.PolicyRule {
	words := strings.Fields(text)
	r := rbacv1.PolicyRule{Verbs: strings.Split(words[0], ",")}
	if words[1] == "url" {
		r.NonResourceURLs = strings.Split(words[2], ",")
		return r
	}
	r.APIGroups, r.Resources = []string{""}, strings.Split(words[1], ",")
	for i := 2; i+1 < len(words); i += 2 {
		switch words[i] {
		case "in":
			r.APIGroups = strings.Split(words[i+1], ",")
		case "named":
			r.ResourceNames = strings.Split(words[i+1], ",")
		default:
			panic("unknown word in rule: " + words[i])
		}
	}
	return r
}

func rules(texts ...string) []rbacv1.PolicyRule {
	var all []rbacv1.PolicyRule
	for _, text := range texts {
		all = append(all, rule(text))
	}
	return all
}

var app = ServiceAccount("team", "app")

func subjectObject(s Subject) rbacv1.Subject {
	return rbacv1.Subject{Kind: s.Kind, Namespace: s.Namespace, Name: s.Name}
}

func clusterRole(name string, texts ...string) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules(texts...)}
}

func roleIn(namespace, name string, texts ...string) *rbacv1.Role {
	return &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Rules: rules(texts...)}
}

func clusterRoleBinding(name, role string, subjects ...Subject) *rbacv1.ClusterRoleBinding {
	b := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: role},
	}
	for _, s := range subjects {
		b.Subjects = append(b.Subjects, subjectObject(s))
	}
	return b
}

func roleBinding(namespace, name, kind, role string, subjects ...Subject) *rbacv1.RoleBinding {
	b := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, RoleRef: rbacv1.RoleRef{Kind: kind, Name: role},
	}
	for _, s := range subjects {
		b.Subjects = append(b.Subjects, subjectObject(s))
	}
	return b
}

// grantTo gives rules to a subject by a binding of their own: in the whole cluster, or through a ClusterRole in a
// namespace where there is one.
func grantTo(x *Index, s Subject, namespace, name string, texts ...string) {
	x.UpsertClusterRole(clusterRole(name, texts...))
	if namespace == "" {
		x.UpsertClusterRoleBinding(clusterRoleBinding(name, name, s))
		return
	}
	x.UpsertRoleBinding(roleBinding(namespace, name, "ClusterRole", name, s))
}

// indexOf gives each rule to the app by a binding of its own; "team: create pods" by a RoleBinding in team.
// "latent: team/later" is a RoleBinding in team to the Role later, which does not exist.
func indexOf(texts ...string) *Index {
	x := New()
	for i, text := range texts {
		namespace, said, ok := strings.Cut(text, ": ")
		if !ok {
			namespace, said = "", text
		}
		if namespace == "latent" {
			namespace, said, _ = strings.Cut(said, "/")
			x.UpsertRoleBinding(roleBinding(namespace, "waits", "Role", said, app))
			continue
		}
		grantTo(x, app, namespace, "r"+string(rune('a'+i)), said)
	}
	return x
}

// heldLine is a held privilege in one line.
func heldLine(h *Held) string {
	line := string(h.Privilege.ID)
	if len(h.Namespaces) > 0 {
		line += " in " + strings.Join(h.Namespaces, ",")
	}
	if len(h.ResourceNames) > 0 {
		line += " named " + strings.Join(h.ResourceNames, ",")
	}
	var effects []string
	for _, e := range h.Effects {
		effect := string(e.Consequence)
		if e.Condition != "" {
			effect += "?"
		}
		if len(e.Namespaces) > 0 {
			effect += "@" + strings.Join(e.Namespaces, ",")
		}
		effects = append(effects, effect)
	}
	return line + ": " + strings.Join(effects, " ")
}

func heldLines(held []Held) []string {
	lines := []string{}
	for i := range held {
		lines = append(lines, heldLine(&held[i]))
	}
	return lines
}

func hasPrivilege(held []Held, id finding.CheckID) bool {
	for i := range held {
		if held[i].Privilege.ID == id {
			return true
		}
	}
	return false
}

func privilegesOf(t *testing.T, env *Environment, texts ...string) []Held {
	t.Helper()
	rights := indexOf(texts...).Resolve(app)
	return rights.Privileges(env)
}
