package rbac

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// ClusterAdmins lists the subjects that a ClusterRoleBinding lets do everything, sorted. What they could become by way
// of others is for the attack graph.
func (x *Index) ClusterAdmins() []Subject {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var admins []Subject
	for ref, b := range x.bindings {
		if ref.Namespace == "" && b.validRole && x.roles[b.role].everything() {
			admins = append(admins, b.subjects...)
		}
	}
	return sortSubjects(admins)
}

// ServiceAccounts lists those that a binding names, sorted, whether or not they exist.
func (x *Index) ServiceAccounts() []Subject {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var accounts []Subject
	for subject := range x.bySubject {
		if subject.Kind == rbacv1.ServiceAccountKind {
			accounts = append(accounts, subject)
		}
	}
	return sortSubjects(accounts)
}

func (r *role) everything() bool {
	return r != nil && slices.ContainsFunc(r.rules, func(rule *Rule) bool {
		return slices.Contains(rule.Verbs, wildcard) && slices.Contains(rule.APIGroups, wildcard) &&
			slices.Contains(rule.Resources, wildcard) && rule.matchesName("")
	})
}

// AggregatedClusterRoles lists the ClusterRoles whose rules the controller fills in from others, by name, with the
// labels that let others in (catalogue R41).
func (x *Index) AggregatedClusterRoles() []AggregatedClusterRole {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []AggregatedClusterRole
	for ref, r := range x.roles {
		if r.aggregation != nil {
			found = append(found, AggregatedClusterRole{ref.Name, r.aggregation.DeepCopy()})
		}
	}
	slices.SortFunc(found, func(a, b AggregatedClusterRole) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// AggregatedClusterRole is a ClusterRole that takes in the rules of others.
type AggregatedClusterRole struct {
	Name string
	Rule *rbacv1.AggregationRule
}

// Problem is something in a role or binding that does nothing, or not what it seems to.
type Problem struct {
	// Object is the kind and name: RoleBinding team-a/deployers.
	Object string
	// Message says what is wrong with it, in a sentence.
	Message string
}

// Problems lists what in the roles and bindings has no effect: subjects that match nobody, references to roles that do
// not exist or may not be referred to, rules that match nothing. It is sorted by object.
func (x *Index) Problems() []Problem {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []Problem
	for _, b := range x.bindings {
		found = append(found, b.problems(x.roles[b.role] != nil)...)
	}
	for ref, r := range x.roles {
		if slices.ContainsFunc(r.rules, (*Rule).Inert) {
			found = append(found, Problem{ref.String(), "A rule has no verbs, or names no resources: it gives nothing."})
		}
	}
	slices.SortFunc(found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(found)
}

func (b *binding) problems(roleExists bool) []Problem {
	var found []Problem
	add := func(message string) { found = append(found, Problem{b.ref.String(), message}) }
	switch {
	case !b.validRole:
		add("The reference is not to a role that such a binding can refer to: it gives nothing.")
	case !roleExists:
		add(b.role.String() + " does not exist: whoever creates it gives its rights to the subjects.")
	}
	for i := range b.ignored {
		switch b.ignored[i].Kind {
		case rbacv1.ServiceAccountKind:
			add("ServiceAccount " + b.ignored[i].Name + " has no namespace: it matches nobody.")
		default:
			add("The kind " + b.ignored[i].Kind + " of subject " + b.ignored[i].Name + " is not known: it matches nobody.")
		}
	}
	if slices.Contains(b.subjects, Group(GroupMasters)) {
		add("system:masters is let through before RBAC is asked: a binding gives it nothing.")
	}
	return found
}
