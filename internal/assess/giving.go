package assess

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// Giver is a binding that gives a privilege to a ServiceAccount of the workload's namespace.
type Giver struct {
	Binding        rbac.BindingRef
	ServiceAccount string
}

// Givers are the bindings that give a privilege to the pods of a workload, in the order of the grants. Empty where the check
// is no privilege.
func (e *Engine) Givers(key snapshot.Key, privilege finding.CheckID) []Giver {
	view, ok := e.Snapshot.View(key)
	if !ok {
		return nil
	}
	around := e.Around(&view)
	e.mu.Lock()
	j := newJudge(e.assessor, &view, around)
	e.mu.Unlock()
	var out []Giver
	groups := view.Subjects()
	for i := range groups {
		pod := j.subject(&groups[i])
		j.privileges(pod) // It looks up what is held.
		for _, identity := range pod.Identities() {
			for _, g := range grantsOf(j.held[identity.ServiceAccount], privilege) {
				if giver := (Giver{g.Binding, identity.ServiceAccount}); !slices.Contains(out, giver) {
					out = append(out, giver)
				}
			}
		}
	}
	return out
}

// IsNetwork tells whether a check is about what a pod reaches over the network, for which a NetworkPolicy is the fix.
func IsNetwork(check finding.CheckID) bool {
	return check == reachesOtherNamespaces || check == reachesOwnNamespace || check == reachesOutside
}
