package reach

import (
	"cmp"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/rbac"
)

// Result is who can do what was asked.
type Result struct {
	Question Question `json:"question"`
	// Workloads are sorted by namespace, kind, name and ServiceAccount. Those that get to a target are sorted by how near they
	// are before that, the certain ones first.
	Workloads []Row `json:"workloads"`
	// Untold counts the workloads with a Secret of which it is not known whether it is a token: they may be able, too.
	Untold int `json:"untold,omitempty"`
	// Unplaced counts the workloads that become root on the node of a pod that has none yet, where a node is the target: it
	// may be that one.
	Unplaced int `json:"unplaced,omitempty"`
}

// Row is a workload with one of its ServiceAccounts; nearly all have one.
type Row struct {
	Namespace      string   `json:"namespace"`
	Workload       Workload `json:"workload"`
	ServiceAccount string   `json:"serviceAccount"`
	// Token: a container holds a token that the API server accepts.
	Token bool `json:"token"`
	// TokenSecrets are the Secrets that bring the token to pods for which none was made.
	TokenSecrets []string `json:"tokenSecrets,omitempty"`
	// Answer is Yes or Conditional; Condition says on what.
	Answer    finding.Verdict `json:"answer"`
	Condition string          `json:"condition,omitempty"`
	// Through are the ways of the workload by itself, each of which is enough.
	Through []Way `json:"through"`
	// Path is the shortest way of the workload to a target, over others where it leads there.
	Path []Step `json:"path,omitempty"`

	near int
}

// Step is one step of a path. Each starts where the one before it ended.
type Step struct {
	// Edge is the kind of the step: TakeNode, ExecIntoPods.
	Edge attackgraph.EdgeID `json:"edge"`
	// From and To say what one has before and after it.
	From string `json:"from"`
	To   string `json:"to"`
	// Why names the binding and the rule, the field of the pod, or the workload that makes the step possible.
	Why string `json:"why"`
	// Condition names the fact that decides the step; empty where it is certain.
	Condition string `json:"condition,omitempty"`
	// Pod is one by which the step can be taken, as namespace/name.
	Pod string `json:"pod,omitempty"`
}

// String is the step in short, as the table shows it.
func (s *Step) String() string {
	said := s.To + ", by " + string(s.Edge) + ": " + s.Why
	if s.Condition != "" {
		said += " (if: " + s.Condition + ")"
	}
	return said
}

// Workload names a workload in the namespace of its row.
type Workload struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// Way is what makes a workload able: a rule that a binding gives, a field of the pod, or a finding.
type Way struct {
	// Verbs that the rule gives of those that were asked about.
	Verbs []string `json:"verbs,omitempty"`
	// Binding and Role are kind and name: RoleBinding shop/deployers, ClusterRole edit.
	Binding string `json:"binding,omitempty"`
	// Subject is who the binding names: the ServiceAccount's user name, or a group that it is in.
	Subject string `json:"subject,omitempty"`
	Role    string `json:"role,omitempty"`
	// RuleIndex counts the rules of the role from 0; Rule is that one in short.
	RuleIndex *int   `json:"ruleIndex,omitempty"`
	Rule      string `json:"rule,omitempty"`
	// Check is the finding, where the way is one.
	Check finding.CheckID `json:"check,omitempty"`
	// Field is the place in the pod, or the place that the finding names, with its Value.
	Field string `json:"field,omitempty"`
	Value string `json:"value,omitempty"`

	group  bool
	origin rbac.Grant
}

// hold records that a container has a token, and from which Secret, if from one.
func (r *Row) hold(secret string) {
	r.Token = true
	if secret != "" && !slices.Contains(r.TokenSecrets, secret) {
		r.TokenSecrets = append(r.TokenSecrets, secret)
	}
}

// String is the way in short, as the table shows it.
func (w *Way) String() string {
	switch {
	case w.Check != "":
		return string(w.Check) + ": " + cmp.Or(w.Field, "-")
	case w.Binding == "":
		return w.Field
	case w.group:
		return w.Binding + " -> " + w.Role + " (" + w.Subject + ")"
	default:
		return w.Binding + " -> " + w.Role
	}
}

// addGrant adds a grant, or the verb where the grant is there already.
func addGrant(ways []Way, verb string, g *rbac.Grant) []Way {
	same := func(w Way) bool {
		o := &w.origin
		return o.Binding == g.Binding && o.Subject == g.Subject && o.RuleIndex == g.RuleIndex
	}
	if at := slices.IndexFunc(ways, same); at >= 0 {
		if !slices.Contains(ways[at].Verbs, verb) {
			ways[at].Verbs = append(ways[at].Verbs, verb)
		}
		return ways
	}
	index := g.RuleIndex
	return append(ways, Way{
		Verbs: []string{verb}, Binding: g.Binding.String(), Subject: g.Subject.String(), Role: g.Role.String(),
		RuleIndex: &index, Rule: g.Rule.String(), group: g.Subject.Kind == rbacv1.GroupKind, origin: *g,
	})
}

// compareWays orders grants by binding, subject and rule, those for the whole cluster first.
func compareWays(a, b Way) int {
	return cmp.Or(
		cmp.Compare(a.origin.Binding.Namespace, b.origin.Binding.Namespace),
		cmp.Compare(a.origin.Binding.Name, b.origin.Binding.Name),
		rbac.CompareSubjects(a.origin.Subject, b.origin.Subject),
		cmp.Compare(a.origin.RuleIndex, b.origin.RuleIndex),
	)
}
