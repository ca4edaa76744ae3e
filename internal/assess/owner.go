package assess

import (
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/snapshot"
)

// ownerOf is who a workload belongs to, a team or a cost centre; empty where nobody asks or nobody says. The first place that
// has the label counts. What is no value of a label, as a manifest may hold, names nobody.
func ownerOf(rule *config.Owner, view *snapshot.View) string {
	if rule.Label == "" {
		return ""
	}
	for _, place := range rule.Places() {
		if owner := ownerAt(place, rule.Label, view); owner != "" && len(validation.IsValidLabelValue(owner)) == 0 {
			return owner
		}
	}
	return ""
}

// ownerAt looks at one place. Pods of a rollout may say different things: the first by their labels counts, which depends on
// nothing else.
func ownerAt(place, label string, view *snapshot.View) string {
	if place == config.OwnerFromNamespace {
		if view.Namespace == nil {
			return ""
		}
		return view.Namespace.Labels[label]
	}
	for i := range view.Networks {
		if owner := view.Networks[i].Labels[label]; owner != "" {
			return owner
		}
	}
	return ""
}

// WithOwner is the assessor that also says who a workload belongs to.
func (a *Assessor) WithOwner(rule config.Owner) *Assessor {
	with := *a
	with.owner = rule
	return &with
}
