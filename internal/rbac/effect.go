package rbac

import "github.com/daysix/daysix/internal/finding"

const (
	clusterAdmin    = finding.ClusterAdmin
	systemNamespace = "kube-system"
	everythingID    = "RBACClusterAdmin"
)

// certain are effects that nothing outside of RBAC decides.
func certain(consequences ...finding.Consequence) []Effect {
	effects := make([]Effect, len(consequences))
	for i, c := range consequences {
		effects[i].Consequence = c
	}
	return effects
}

// when is an effect that a fact outside of RBAC decides.
func when(condition string, consequence finding.Consequence) Effect {
	return Effect{Consequence: consequence, Condition: condition}
}

// nodeEffects are those of a privileged pod: root on its node, and on any other node that it is sent to.
func nodeEffects(condition string, namespaces []string) []Effect {
	return []Effect{
		{finding.NodeRoot, condition, namespaces},
		{finding.MultiNode, condition, namespaces},
	}
}

func firstOf(conditions ...string) string {
	for _, c := range conditions {
		if c != "" {
			return c
		}
	}
	return ""
}
