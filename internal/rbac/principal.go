package rbac

import (
	"cmp"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Principal is a subject that makes a binding special (catalogue, section B.2): what it is given reaches more than one
// ServiceAccount, or somebody without one.
type Principal struct {
	// Catalogue is the row: G04.
	Catalogue string
	// Names are the groups or users; one that ends in * stands for all with the prefix.
	Names []string
	// Meaning says who that is, in a sentence.
	Meaning string
}

// Principals lists those that are known. Where several fit a name, the first counts.
func Principals() []Principal {
	return []Principal{
		{"G01", []string{GroupMasters}, "Let through before RBAC is asked; only certificates give it, and RBAC cannot take it away."},
		{
			"G02",
			[]string{"kubeadm:cluster-admins"},
			"The group of admin.conf since kubeadm 1.29, open to whoever issues client certificates.",
		},
		{"G03", []string{"system:nodes", "system:node:*"}, "Every kubelet: whoever is root on a node has it."},
		{"G04", []string{GroupAuthenticated}, "Every user and every ServiceAccount."},
		{"G05", []string{GroupServiceAccounts}, "Every ServiceAccount."},
		{"G07", []string{GroupUnauthenticated, UserAnonymous}, "Whoever reaches the API server, without any credential."},
		{
			"G08",
			[]string{"system:bootstrappers", "system:bootstrappers:*"},
			"Bootstrap tokens: they may ask for the certificate of a node.",
		},
		{"G09", []string{GroupServiceAccounts + ":" + systemNamespace}, "Every ServiceAccount of kube-system, controllers among them."},
		{"G06", []string{GroupServiceAccounts + ":*"}, "Every ServiceAccount of a namespace."},
	}
}

// PrincipalOf finds the row of a group or user.
func PrincipalOf(s Subject) (Principal, bool) {
	if s.Kind != rbacv1.GroupKind && s.Kind != rbacv1.UserKind {
		return Principal{}, false
	}
	for _, p := range Principals() {
		for _, name := range p.Names {
			prefix, open := strings.CutSuffix(name, wildcard)
			if name == s.Name || (open && strings.HasPrefix(s.Name, prefix)) {
				return p, true
			}
		}
	}
	return Principal{}, false
}

// SpecialBinding is a binding to a principal.
type SpecialBinding struct {
	Principal Principal
	Subject   Subject
	Binding   BindingRef
	Role      RoleRef
}

// SpecialBindings lists the bindings to principals, by subject and binding.
func (x *Index) SpecialBindings() []SpecialBinding {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var found []SpecialBinding
	for subject, bindings := range x.bySubject {
		p, ok := PrincipalOf(subject)
		if !ok {
			continue
		}
		for _, b := range bindings {
			found = append(found, SpecialBinding{p, subject, b.ref, b.role})
		}
	}
	slices.SortFunc(found, func(a, b SpecialBinding) int {
		return cmp.Or(CompareSubjects(a.Subject, b.Subject), cmp.Compare(a.Binding.Namespace, b.Binding.Namespace),
			cmp.Compare(a.Binding.Name, b.Binding.Name))
	})
	return found
}
