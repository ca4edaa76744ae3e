package assess

import (
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/snapshot"
)

// outlook is what the attack graph says of one workload, as it is and after a change of it. Nil where it is not solved.
type outlook struct {
	solution *attackgraph.Solution
	key      attackgraph.Key
	// node and token tell whether any pod of the workload gets out to its node, and holds a token.
	node, token bool
	// binding is gone for everybody; empty for none.
	binding string
	now     *attackgraph.Answers
	// after are the answers after changes that were looked at: many changes of a pod, and of many pods, are the same one here.
	after map[attackgraph.Gone]*attackgraph.Answers
}

func newOutlook(solution *attackgraph.Solution, key snapshot.Key) *outlook {
	if solution == nil {
		return nil
	}
	o := &outlook{solution: solution, key: attackgraph.Key(key), after: make(map[attackgraph.Gone]*attackgraph.Answers)}
	if answers, ok := solution.Answers(o.key); ok {
		o.now = &answers
	}
	return o
}

// look takes note of what a pod does today, so that a change of it can be told.
func (o *outlook) look(pod *posture.Pod, own []finding.Finding) {
	if o != nil {
		o.token = o.token || pod.HoldsAPIToken()
		o.node = o.node || getsOut(own)
	}
}

func getsOut(findings []finding.Finding) bool {
	for i := range findings {
		if _, leads := findings[i].Leads(func(c finding.Consequence) bool {
			return c == finding.NodeRoot || c == finding.NodeRead
		}); leads {
			return true
		}
	}
	return false
}

// without is the outlook in a cluster where a binding is gone.
func (o *outlook) without(binding string) *outlook {
	if o == nil {
		return nil
	}
	rest := *o
	rest.binding = binding
	return &rest
}

// answers are those for a pod with these findings of its own: the workload's, unless the pod lacks what the workload has.
// Nil where the graph does not know the workload.
func (o *outlook) answers(pod *posture.Pod, own []finding.Finding) *attackgraph.Answers {
	if o == nil || o.now == nil {
		return nil
	}
	gone := attackgraph.Gone{
		Token: o.token && !pod.HoldsAPIToken(), Node: o.node && !getsOut(own), Binding: o.binding,
	}
	if gone == (attackgraph.Gone{}) {
		return o.now
	}
	if known, ok := o.after[gone]; ok {
		return known
	}
	o.after[gone] = o.now
	if answers, ok := o.solution.Without(o.key, gone); ok {
		o.after[gone] = &answers
	}
	return o.after[gone]
}
