package rbacgen

import (
	"math/rand/v2"
	"strconv"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// World is a random cluster, and the source of random questions about it.
type World struct {
	Objects

	random *rand.Rand
}

// New makes the world of a seed. It holds objects that the API server would refuse, because the authorizer must not
// stumble over them; see Objects.DropInvalid.
func New(seed uint64) *World {
	w := &World{random: rand.New(rand.NewPCG(seed, 1))}
	for i := range 5 {
		w.ClusterRoles = append(w.ClusterRoles, w.clusterRole(i))
		for _, namespace := range Namespaces() {
			w.Roles = append(w.Roles, &rbacv1.Role{ObjectMeta: meta(namespace, "r", i), Rules: w.rules()})
		}
	}
	for i := range 6 {
		w.ClusterRoleBindings = append(w.ClusterRoleBindings, &rbacv1.ClusterRoleBinding{
			ObjectMeta: meta("", "b", i), RoleRef: w.roleRef(), Subjects: w.subjects(),
		})
		for _, namespace := range Namespaces() {
			w.RoleBindings = append(w.RoleBindings, &rbacv1.RoleBinding{
				ObjectMeta: meta(namespace, "b", i), RoleRef: w.roleRef(), Subjects: w.subjects(),
			})
		}
	}
	return w
}

// Namespaces are those of every world.
func Namespaces() []string { return []string{"a", "b", "kube-system"} }

func meta(namespace, prefix string, i int) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: prefix + strconv.Itoa(i)}
}

func (w *World) pick(list []string) string { return list[w.random.IntN(len(list))] }

// some returns up to n items, and now and then none or the wildcard.
func (w *World) some(list []string, n, wildcard int) []string {
	if w.random.IntN(100) < wildcard {
		return []string{"*"}
	}
	var out []string
	for range w.random.IntN(n + 1) {
		out = append(out, w.pick(list))
	}
	return out
}

// clusterRole is one that others may take in; two of the five take in others.
func (w *World) clusterRole(i int) *rbacv1.ClusterRole {
	const label = "rbac.example.com/aggregate-to"
	role := &rbacv1.ClusterRole{ObjectMeta: meta("", "r", i), Rules: w.rules()}
	role.Labels = map[string]string{label: w.pick([]string{"r3", "r4", "none"})}
	if i >= 3 {
		selector := metav1.LabelSelector{MatchLabels: map[string]string{label: role.Name}}
		role.AggregationRule = &rbacv1.AggregationRule{ClusterRoleSelectors: []metav1.LabelSelector{selector}}
	}
	return role
}

func (w *World) ruleResources() []string {
	list := w.some(resources, 3, 15)
	if w.random.IntN(3) == 0 {
		list = append(list, w.pick(append([]string{"*"}, resources...))+"/"+w.pick(subresources))
	}
	return list
}

func (w *World) rule() rbacv1.PolicyRule {
	if w.random.IntN(6) == 0 {
		return rbacv1.PolicyRule{Verbs: w.some(verbs, 3, 40), NonResourceURLs: w.some(urlRules, 3, 5)}
	}
	rule := rbacv1.PolicyRule{Verbs: w.some(verbs, 4, 25), APIGroups: w.some(groups, 3, 30), Resources: w.ruleResources()}
	if w.random.IntN(4) == 0 {
		rule.ResourceNames = w.some(append([]string{""}, names...), 2, 5)
	}
	if w.random.IntN(20) == 0 {
		rule.NonResourceURLs = w.some(urlRules, 2, 5)
	}
	return rule
}

func (w *World) rules() []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for range w.random.IntN(5) {
		rules = append(rules, w.rule())
	}
	return rules
}

func (w *World) roleRef() rbacv1.RoleRef {
	kind := "ClusterRole"
	if w.random.IntN(2) == 0 {
		kind = w.pick([]string{"Role", "Role", "Role", "Rolle"})
	}
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: "r" + strconv.Itoa(w.random.IntN(7))} // r5 and r6 dangle
}
