package rbac

import (
	"cmp"
	"math/rand/v2"
	"strconv"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	ours "github.com/daysix/daysix/internal/rbac"
)

// world is a random cluster: small vocabularies, so that rules and questions meet.
type world struct {
	random              *rand.Rand
	roles               []*rbacv1.Role
	clusterRoles        []*rbacv1.ClusterRole
	roleBindings        []*rbacv1.RoleBinding
	clusterRoleBindings []*rbacv1.ClusterRoleBinding
}

var (
	namespaces = []string{"a", "b", "kube-system"}
	accounts   = []string{"app", "default", "ci"}
	verbs      = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "bind", "impersonate"}
	groups     = []string{"", "apps", "extensions", "rbac.authorization.k8s.io"}
	resources  = []string{"pods", "secrets", "deployments", "nodes", "namespaces", "clusterroles", "serviceaccounts"}
	subs       = []string{"exec", "scale", "status", "token", "*"}
	names      = []string{"a", "b", "x", "y"}
	paths      = []string{"/", "/metrics", "/debug/pprof", "/debug/pprof/heap", "/healthz", "/apis/apps/v1"}
	urlRules   = []string{"*", "/metrics", "/debug/*", "/debug/pprof*", "/healthz/*", "/apis/**", "/met*rics"}
)

func (w *world) pick(list []string) string { return list[w.random.IntN(len(list))] }

// some returns up to n items, and now and then none or the wildcard.
func (w *world) some(list []string, n, wildcard int) []string {
	if w.random.IntN(100) < wildcard {
		return []string{"*"}
	}
	var out []string
	for range w.random.IntN(n + 1) {
		out = append(out, w.pick(list))
	}
	return out
}

func (w *world) ruleResources() []string {
	list := w.some(resources, 3, 15)
	if w.random.IntN(3) == 0 {
		list = append(list, w.pick(append([]string{"*"}, resources...))+"/"+w.pick(subs))
	}
	return list
}

func (w *world) rule() rbacv1.PolicyRule {
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

func (w *world) rules() []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for range w.random.IntN(5) {
		rules = append(rules, w.rule())
	}
	return rules
}

func (w *world) subject() rbacv1.Subject {
	switch w.random.IntN(9) {
	case 0:
		return rbacv1.Subject{Kind: "Group", Name: w.pick([]string{"system:authenticated", "system:serviceaccounts", "system:masters"})}
	case 1:
		return rbacv1.Subject{Kind: "Group", Name: "system:serviceaccounts:" + w.pick(namespaces)}
	case 2:
		return rbacv1.Subject{Kind: "User", Name: "system:serviceaccount:" + w.pick(namespaces) + ":" + w.pick(accounts)}
	case 3:
		return rbacv1.Subject{Kind: "ServiceAccount", Name: w.pick(accounts)}
	case 4:
		return rbacv1.Subject{Kind: w.pick([]string{"Robot", "", "serviceaccount"}), Namespace: "a", Name: w.pick(accounts)}
	case 5:
		return rbacv1.Subject{Kind: "Group", Name: "system:unauthenticated"}
	default:
		return rbacv1.Subject{Kind: "ServiceAccount", Namespace: w.pick(namespaces), Name: w.pick(accounts)}
	}
}

func (w *world) subjects() []rbacv1.Subject {
	var subjects []rbacv1.Subject
	for range w.random.IntN(5) {
		subjects = append(subjects, w.subject())
	}
	return subjects
}

func (w *world) roleRef() rbacv1.RoleRef {
	kind := "ClusterRole"
	if w.random.IntN(2) == 0 {
		kind = w.pick([]string{"Role", "Role", "Role", "Rolle"})
	}
	return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: "r" + strconv.Itoa(w.random.IntN(7))} // r5 and r6 may dangle
}

func newWorld(seed uint64) *world {
	w := &world{random: rand.New(rand.NewPCG(seed, 1))}
	for i := range 5 {
		w.clusterRoles = append(w.clusterRoles, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "r" + strconv.Itoa(i)}, Rules: w.rules()})
		for _, namespace := range namespaces {
			meta := metav1.ObjectMeta{Namespace: namespace, Name: "r" + strconv.Itoa(i)}
			w.roles = append(w.roles, &rbacv1.Role{ObjectMeta: meta, Rules: w.rules()})
		}
	}
	for i := range 6 {
		w.clusterRoleBindings = append(w.clusterRoleBindings, &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "b" + strconv.Itoa(i)}, RoleRef: w.roleRef(), Subjects: w.subjects(),
		})
		for _, namespace := range namespaces {
			w.roleBindings = append(w.roleBindings, &rbacv1.RoleBinding{
				ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "b" + strconv.Itoa(i)}, RoleRef: w.roleRef(), Subjects: w.subjects(),
			})
		}
	}
	return w
}

// index feeds ours in a random order, with objects of the same names before them that are then replaced or deleted.
func (w *world) index() *ours.Index {
	x := ours.New()
	old := newWorld(w.random.Uint64())
	old.clusterRoleBindings[0].Name = "gone"
	old.feed(x)
	x.DeleteClusterRoleBinding("gone")
	w.feed(x)
	return x
}

func (w *world) feed(x *ours.Index) {
	var steps []func()
	for _, o := range w.roles {
		steps = append(steps, func() { x.UpsertRole(o) })
	}
	for _, o := range w.clusterRoles {
		steps = append(steps, func() { x.UpsertClusterRole(o) })
	}
	for _, o := range w.roleBindings {
		steps = append(steps, func() { x.UpsertRoleBinding(o) })
	}
	for _, o := range w.clusterRoleBindings {
		steps = append(steps, func() { x.UpsertClusterRoleBinding(o) })
	}
	w.random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
}

// question is a random request. Most are made of the words of a rule, so that yes is common: of one that we think whoever
// asks has, or of any. One word in ten is then another.
func (w *world) question(rights *ours.Rights) ours.Attributes {
	kind, grants := w.random.IntN(10), rights.Grants()
	switch {
	case kind < 6 && len(grants) > 0:
		g := grants[w.random.IntN(len(grants))]
		rule := rbacv1.PolicyRule{
			Verbs: g.Rule.Verbs, APIGroups: g.Rule.APIGroups, Resources: g.Rule.Resources,
			ResourceNames: g.Rule.ResourceNames, NonResourceURLs: g.Rule.NonResourceURLs,
		}
		if a, ok := w.pointed(&rule, cmp.Or(g.Binding.Namespace, w.pick(namespaces))); ok {
			return a
		}
	case kind < 8:
		rule, namespace := w.boundRule()
		if a, ok := w.pointed(rule, namespace); ok {
			return a
		}
	}
	return w.blind()
}

// blind is a question that knows of no rule.
func (w *world) blind() ours.Attributes {
	if w.random.IntN(10) == 0 {
		return ours.Attributes{Verb: w.pick(verbs), Path: w.pick(paths)}
	}
	a := ours.Attributes{Verb: w.pick(verbs), APIGroup: w.pick(groups), Resource: w.pick(resources)}
	if w.random.IntN(4) == 0 {
		a.Subresource = w.pick(subs)
	}
	if w.random.IntN(5) > 0 {
		a.Namespace = w.pick(namespaces)
	}
	if w.random.IntN(2) == 0 {
		a.Name = w.pick(names)
	}
	return a
}

// pointed is a question about a rule.
func (w *world) pointed(rule *rbacv1.PolicyRule, namespace string) (ours.Attributes, bool) {
	if rule == nil || len(rule.Verbs) == 0 {
		return ours.Attributes{}, false
	}
	word := func(list, others []string) string {
		if len(list) == 0 || w.random.IntN(10) == 0 {
			return w.pick(others)
		}
		if found := w.pick(list); found != "*" {
			return found
		}
		return w.pick(others)
	}
	a := ours.Attributes{Verb: word(rule.Verbs, verbs)}
	if len(rule.NonResourceURLs) > 0 {
		a.Path = strings.TrimRight(word(rule.NonResourceURLs, paths), "*")
		return a, a.Path != ""
	}
	a.APIGroup, a.Namespace = word(rule.APIGroups, groups), namespace
	a.Resource, a.Subresource, _ = strings.Cut(word(rule.Resources, resources), "/")
	if a.Resource == "*" {
		a.Resource = w.pick(resources)
	}
	if len(rule.ResourceNames) > 0 || w.random.IntN(2) == 0 {
		a.Name = word(rule.ResourceNames, names)
	}
	return a, true
}

// boundRule is a rule of the role of a random binding, and a namespace in which it holds.
func (w *world) boundRule() (*rbacv1.PolicyRule, string) {
	if w.random.IntN(2) == 0 {
		b := w.clusterRoleBindings[w.random.IntN(len(w.clusterRoleBindings))]
		return w.ruleOf(b.RoleRef, ""), w.pick(append([]string{""}, namespaces...))
	}
	b := w.roleBindings[w.random.IntN(len(w.roleBindings))]
	return w.ruleOf(b.RoleRef, b.Namespace), b.Namespace
}

func (w *world) ruleOf(ref rbacv1.RoleRef, namespace string) *rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for _, r := range w.clusterRoles {
		if ref.Kind == "ClusterRole" && r.Name == ref.Name {
			rules = r.Rules
		}
	}
	for _, r := range w.roles {
		if ref.Kind == "Role" && r.Name == ref.Name && r.Namespace == namespace {
			rules = r.Rules
		}
	}
	if len(rules) == 0 {
		return nil
	}
	return &rules[w.random.IntN(len(rules))]
}
