package rbac

import (
	"slices"
	"sync"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Affected are the subjects whose grants, latent ones included, a change touches: sorted and distinct. A group stands
// for all of its members.
type Affected []Subject

// Index holds the roles and bindings of a cluster, by the subjects they reach. The objects given to it are only read.
// It is safe for concurrent use. What it costs to change it follows the subjects of the change, not the cluster.
//
// Edges: subject → bindings, role → bindings, binding → role, role → rules (interned, counted).
type Index struct {
	mu        sync.RWMutex
	roles     map[RoleRef]*role
	bindings  map[BindingRef]*binding
	byRole    map[RoleRef]map[*binding]struct{}
	bySubject map[Subject][]*binding
	rules     map[ruleID]*countedRule
	sets      setInterner
}

type countedRule struct {
	rule  *Rule
	count int
}

// New returns an empty index. The custom resources are added to those of CustomResources.
func New(custom ...CustomResource) *Index {
	return &Index{
		roles:     map[RoleRef]*role{},
		bindings:  map[BindingRef]*binding{},
		byRole:    map[RoleRef]map[*binding]struct{}{},
		bySubject: map[Subject][]*binding{},
		rules:     map[ruleID]*countedRule{},
		sets:      newSetInterner(Registry(custom...)),
	}
}

// UpsertRole puts the Role in the place of the one of the same name.
func (x *Index) UpsertRole(r *rbacv1.Role) Affected {
	return x.upsertRole(RoleRef{r.Namespace, r.Name}, r.Rules, nil)
}

// UpsertClusterRole puts the ClusterRole in the place of the one of the same name.
func (x *Index) UpsertClusterRole(r *rbacv1.ClusterRole) Affected {
	return x.upsertRole(RoleRef{Name: r.Name}, r.Rules, r.AggregationRule)
}

// DeleteRole forgets a Role. Bindings to it stay as latent grants.
func (x *Index) DeleteRole(namespace, name string) Affected {
	return x.deleteRole(RoleRef{namespace, name})
}

// DeleteClusterRole forgets a ClusterRole. Bindings to it stay as latent grants.
func (x *Index) DeleteClusterRole(name string) Affected { return x.deleteRole(RoleRef{Name: name}) }

// UpsertRoleBinding puts the RoleBinding in the place of the one of the same name.
func (x *Index) UpsertRoleBinding(b *rbacv1.RoleBinding) Affected {
	return x.upsertBinding(&b.ObjectMeta, b.RoleRef, b.Subjects)
}

// UpsertClusterRoleBinding puts the ClusterRoleBinding in the place of the one of the same name.
func (x *Index) UpsertClusterRoleBinding(b *rbacv1.ClusterRoleBinding) Affected {
	return x.upsertBinding(&metav1.ObjectMeta{Name: b.Name}, b.RoleRef, b.Subjects)
}

// DeleteRoleBinding forgets a RoleBinding.
func (x *Index) DeleteRoleBinding(namespace, name string) Affected {
	return x.deleteBinding(BindingRef{namespace, name})
}

// DeleteClusterRoleBinding forgets a ClusterRoleBinding.
func (x *Index) DeleteClusterRoleBinding(name string) Affected {
	return x.deleteBinding(BindingRef{Name: name})
}

func (x *Index) upsertRole(ref RoleRef, rules []rbacv1.PolicyRule, aggregation *rbacv1.AggregationRule) Affected {
	fresh := &role{aggregation: aggregation.DeepCopy(), rules: make([]*Rule, len(rules))}
	for i := range rules {
		fresh.rules[i] = newRule(&rules[i])
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for i, rule := range fresh.rules {
		fresh.rules[i] = x.internLocked(rule)
	}
	old := x.roles[ref]
	x.roles[ref] = fresh
	x.releaseLocked(old)
	if fresh.sameRules(old) {
		return nil
	}
	return x.boundLocked(ref)
}

func (x *Index) deleteRole(ref RoleRef) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	old, ok := x.roles[ref]
	if !ok {
		return nil
	}
	delete(x.roles, ref)
	x.releaseLocked(old)
	return x.boundLocked(ref)
}

func (x *Index) upsertBinding(meta *metav1.ObjectMeta, roleRef rbacv1.RoleRef, subjects []rbacv1.Subject) Affected {
	fresh := newBinding(meta, roleRef, subjects)
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.bindings[fresh.ref]
	x.unlinkLocked(old)
	x.linkLocked(fresh)
	return slices.Clone(fresh.touched(old))
}

func (x *Index) deleteBinding(ref BindingRef) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	old, ok := x.bindings[ref]
	if !ok {
		return nil
	}
	x.unlinkLocked(old)
	return slices.Clone(old.subjects)
}

func (x *Index) linkLocked(b *binding) {
	x.bindings[b.ref] = b
	if b.validRole {
		if x.byRole[b.role] == nil {
			x.byRole[b.role] = map[*binding]struct{}{}
		}
		x.byRole[b.role][b] = struct{}{}
	}
	for _, s := range b.subjects {
		list := x.bySubject[s]
		at, _ := slices.BinarySearchFunc(list, b, compareBindings)
		x.bySubject[s] = slices.Insert(list, at, b)
	}
}

func (x *Index) unlinkLocked(b *binding) {
	if b == nil {
		return
	}
	delete(x.bindings, b.ref)
	delete(x.byRole[b.role], b)
	if len(x.byRole[b.role]) == 0 {
		delete(x.byRole, b.role)
	}
	for _, s := range b.subjects {
		list := x.bySubject[s]
		if at, found := slices.BinarySearchFunc(list, b, compareBindings); found {
			list = slices.Delete(list, at, at+1)
		}
		if len(list) == 0 {
			delete(x.bySubject, s)
			continue
		}
		x.bySubject[s] = list
	}
}

// boundLocked are the subjects of all bindings to a role.
func (x *Index) boundLocked(ref RoleRef) Affected {
	var bound []Subject
	for b := range x.byRole[ref] {
		bound = append(bound, b.subjects...)
	}
	return sortSubjects(bound)
}

func (x *Index) internLocked(rule *Rule) *Rule {
	counted, ok := x.rules[rule.id]
	if !ok {
		counted = &countedRule{rule: rule}
		x.rules[rule.id] = counted
	}
	counted.count++
	return counted.rule
}

func (x *Index) releaseLocked(r *role) {
	if r == nil {
		return
	}
	for _, rule := range r.rules {
		counted := x.rules[rule.id]
		if counted.count--; counted.count == 0 {
			delete(x.rules, rule.id)
		}
	}
}
