package admission

import (
	"fmt"
	"slices"
)

// view is what is asked about every pod, in order. It does not change.
type view struct {
	mutating   []*rule
	validating []*rule
	webhooks   []*webhook
}

// rule is a policy about pods with its bindings by name, of which it has one at least.
type rule struct {
	*policy

	bindings []*binding
	params   ParamStatus
}

// configuration is the error that the API server finds before it looks at the bindings.
func (r *rule) configuration() error {
	if r.param != nil && r.params.State == ParamsMissing {
		return fmt.Errorf("failed to find resource referenced by paramKind: '%v'", *r.param)
	}
	return nil
}

// unreadable is why the parameters of a binding cannot be read, empty where they can or where it takes none.
func (r *rule) unreadable(b *binding) Reason {
	if r.param == nil {
		return ""
	}
	switch r.params.State {
	case ParamsSynced, ParamsMissing:
		return ""
	case ParamsForbidden, ParamsNeverRead:
		if b.accessor.GetParamRef() == nil {
			return ""
		}
		return ParamUnreadable
	default:
		// Whether the kind exists is not known either.
		return ParamNotSynced
	}
}

func (x *Policies) currentView() *view {
	x.mu.RLock()
	v := x.view
	x.mu.RUnlock()
	if v != nil {
		return v
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.view == nil {
		x.view = x.buildViewLocked()
	}
	return x.view
}

func (x *Policies) buildViewLocked() *view {
	v := &view{}
	for ref, p := range x.policies {
		if !p.target.pods || len(x.byPolicy[ref]) == 0 {
			continue
		}
		r := &rule{policy: p}
		if p.param != nil {
			r.params = x.statusLocked(*p.param)
		}
		for _, b := range x.byPolicy[ref] {
			r.bindings = append(r.bindings, b)
		}
		slices.SortFunc(r.bindings, func(a, b *binding) int { return compareRefs(a.ref, b.ref) })
		if ref.Kind == MutatingPolicy {
			v.mutating = append(v.mutating, r)
		} else {
			v.validating = append(v.validating, r)
		}
	}
	for _, c := range x.webhooks {
		for _, w := range c.webhooks {
			if w.target.pods {
				v.webhooks = append(v.webhooks, w)
			}
		}
	}
	byName := func(a, b *rule) int { return compareRefs(a.ref, b.ref) }
	slices.SortFunc(v.mutating, byName)
	slices.SortFunc(v.validating, byName)
	slices.SortFunc(v.webhooks, compareWebhooks)
	return v
}
