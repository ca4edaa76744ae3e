package attackgraph

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/finding"
)

const (
	privileged = "spec.containers[0].securityContext.privileged"
	hostPath   = "spec.volumes[0].hostPath.path"
)

func deployment(namespace, name string) Key { return Key{"apps", "Deployment", namespace, name} }

// one is a workload of one group.
func one(options ...func(*Group)) Workload {
	g := Group{ServiceAccount: "default", Placement: Free}
	for _, option := range options {
		option(&g)
	}
	return Workload{[]Group{g}}
}

// on adds pods on nodes: "cart-1@a"; without a node it waits for one.
func on(pods ...string) func(*Group) {
	return func(g *Group) {
		for _, p := range pods {
			name, node, _ := strings.Cut(p, "@")
			g.Pods = append(g.Pods, Pod{name, node})
		}
	}
}

func token(account string) func(*Group) {
	return func(g *Group) { g.ServiceAccount, g.HoldsToken = account, true }
}

func placed(p Placement) func(*Group) { return func(g *Group) { g.Placement = p } }

func root(g *Group) { g.Root = &Way{Why: privileged} }

func read(condition string) func(*Group) {
	return func(g *Group) { g.Read = &Way{condition, hostPath} }
}

func mounts(secrets ...string) func(*Group) {
	return func(g *Group) { g.Secrets = append(g.Secrets, secrets...) }
}

func pulls(secrets ...string) func(*Group) {
	return func(g *Group) { g.NodeSecrets = append(g.NodeSecrets, secrets...) }
}

// may is a certain effect; the binding is of that name.
func may(privilege finding.CheckID, consequence finding.Consequence, namespace string, names ...string) Effect {
	why := "ClusterRoleBinding b"
	if namespace != "" {
		why = "RoleBinding " + namespace + "/b"
	}
	return Effect{
		Privilege: privilege, Consequence: consequence, Namespace: namespace, Names: names,
		Why: why + " -> ClusterRole r rules[0]", Needs: []string{why},
	}
}

// when makes an effect conditional.
func (e Effect) when(condition string) Effect {
	e.Condition = condition
	return e
}

// by is the effect of another binding.
func (e Effect) by(binding string) Effect {
	e.Why, e.Needs = binding+" -> ClusterRole r rules[0]", []string{binding}
	return e
}

// lines writes a path down: a line for each step.
func (p Path) lines() []string {
	var lines []string
	for i := range p {
		s := &p[i]
		line := s.From.String() + " =" + string(s.Edge) + "=> " + s.To.String() + " | " + s.Why
		if s.Pod != "" {
			line += " | " + s.Pod
		}
		if s.Condition != "" {
			line += " | if: " + s.Condition
		}
		lines = append(lines, line)
	}
	return lines
}

func answersOf(t *testing.T, s *Solution, key Key) Answers {
	t.Helper()
	a, ok := s.Answers(key)
	if !ok {
		t.Fatalf("no answers for %s", key)
	}
	return a
}

func wantPath(t *testing.T, a Answer, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, a.Path.lines()); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
}

// all lists the answers by the name of their question.
func (a *Answers) all() map[string]Answer {
	return map[string]Answer{
		"BecomeClusterAdmin": a.BecomeClusterAdmin, "ControlNode": a.ControlNode, "HopNodes": a.HopNodes,
		"CreatePods": a.CreatePods, "ControlPods": a.ControlPods, "ReadSecrets": a.ReadSecrets,
	}
}
