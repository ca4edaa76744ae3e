package admission

// AskingAuthorizer is where policies and the match conditions of webhooks ask the authorizer: about the user that creates the
// pod, and about a ServiceAccount that they name. A change of what RBAC grants can affect no other pods. It compiles the
// policies that no pod has needed yet.
func (x *Policies) AskingAuthorizer() (aboutUser, aboutOthers Scope) {
	v := x.currentView()
	ask := func(read reads, areas ...area) {
		if read&readsAuthorizer == 0 {
			return
		}
		if read&readsUser != 0 {
			aboutUser.areas = append(aboutUser.areas, areas...)
		}
		if read&readsOthers != 0 {
			aboutOthers.areas = append(aboutOthers.areas, areas...)
		}
	}
	for _, list := range [...][]*rule{v.mutating, v.validating} {
		for _, r := range list {
			var areas []area
			for _, b := range r.bindings {
				areas = append(areas, area{policy: r.target.namespaces, binding: b.target.namespaces})
			}
			ask(r.reads(), areas...)
		}
	}
	for _, w := range v.webhooks {
		ask(w.conditions().union(), area{policy: w.target.namespaces})
	}
	return aboutUser, aboutOthers
}

// reads is what the expressions of a policy read, its match conditions among them.
func (r *rule) reads() reads {
	if r.ref.Kind == MutatingPolicy {
		m := r.mutate()
		return m.all | m.conditions.union()
	}
	v := r.validate()
	return v.all | v.conditions.union()
}
