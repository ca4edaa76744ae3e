package graphgen

import (
	"fmt"
	"math/rand/v2"

	"github.com/daysix/daysix/internal/attackgraph"
)

// Cluster is a set of facts.
type Cluster struct {
	Nodes      []string
	Namespaces []string
	Accounts   []Account
	Workloads  []Workload
}

// Account is a ServiceAccount with what its rights lead to.
type Account struct {
	Namespace, Name string
	Effects         []attackgraph.Effect
}

// Workload is a workload with its facts.
type Workload struct {
	Key   attackgraph.Key
	Facts attackgraph.Workload
}

const daemonSets = 8

// New makes a cluster of about so many pods. For 150,000 these are 5,000 nodes, 20,000 workloads and ServiceAccounts, and
// 500 namespaces.
func New(pods int, seed uint64) *Cluster {
	m := &maker{rand: rand.New(rand.NewPCG(seed, uint64(pods)))}
	for i := range max(pods/30, 1) {
		m.Nodes = append(m.Nodes, fmt.Sprintf("node-%05d", i))
	}
	m.Namespaces = append(m.Namespaces, "kube-system")
	for i := range max(pods/300, 1) {
		m.Namespaces = append(m.Namespaces, fmt.Sprintf("team-%03d", i))
	}
	m.systemPods()
	workloads := max(pods*20/150, daemonSets+1) - daemonSets
	left := pods - daemonSets*len(m.Nodes)
	for i := range workloads {
		mean := max(left/(workloads-i), 1)
		left -= m.deployment(i, 1+m.rand.IntN(2*mean-1))
	}
	return &m.Cluster
}

// Fill puts the facts into a graph.
func (c *Cluster) Fill(g *attackgraph.Graph) {
	for _, n := range c.Nodes {
		g.SetNode(n, attackgraph.Node{})
	}
	for i := range c.Accounts {
		a := &c.Accounts[i]
		g.SetServiceAccount(a.Namespace, a.Name, a.Effects)
	}
	for i := range c.Workloads {
		g.SetWorkload(c.Workloads[i].Key, c.Workloads[i].Facts)
	}
}

// MovePod moves the first pod of a workload, which the number chooses, to another node.
func (c *Cluster) MovePod(g *attackgraph.Graph, number int) {
	w := &c.Workloads[daemonSets+number%(len(c.Workloads)-daemonSets)]
	w.Facts.Groups[0].Pods[0].Node = c.Nodes[number*7919%len(c.Nodes)]
	g.SetWorkload(w.Key, w.Facts)
}

// Pods counts them.
func (c *Cluster) Pods() int {
	count := 0
	for i := range c.Workloads {
		for j := range c.Workloads[i].Facts.Groups {
			count += len(c.Workloads[i].Facts.Groups[j].Pods)
		}
	}
	return count
}

// maker draws the parts of a cluster.
type maker struct {
	Cluster
	rand *rand.Rand
}

// systemPods are on every node.
func (m *maker) systemPods() {
	for i := range daemonSets {
		name := fmt.Sprintf("agent-%d", i)
		g := attackgraph.Group{
			ServiceAccount: name, HoldsToken: true, Placement: attackgraph.EveryNode, Secrets: []string{name + "-tls"},
		}
		switch {
		case i%2 == 0:
			g.Root = &attackgraph.Way{Why: "spec.containers[0].securityContext.privileged"}
		case i == 1:
			g.Read = &attackgraph.Way{Why: "spec.hostPID", Condition: "The processes must run as the same user."}
		}
		for _, n := range m.Nodes {
			g.Pods = append(g.Pods, attackgraph.Pod{Name: name + "-" + n, Node: n})
		}
		m.add("DaemonSet", "kube-system", name, g)
		m.Accounts = append(m.Accounts, Account{Namespace: "kube-system", Name: name})
	}
}

// deployment makes a workload, and returns how many pods it has.
func (m *maker) deployment(i, replicas int) int {
	namespace := m.Namespaces[1+i%(len(m.Namespaces)-1)]
	name := fmt.Sprintf("app-%05d", i)
	g := attackgraph.Group{
		ServiceAccount: name, HoldsToken: m.rand.IntN(10) > 2, Placement: attackgraph.Free,
		Secrets: []string{name + "-config"}, NodeSecrets: []string{"registry"},
	}
	switch m.rand.IntN(60) {
	case 0, 1:
		g.Root = &attackgraph.Way{Why: "spec.containers[0].securityContext.privileged"}
	case 2:
		g.Read = &attackgraph.Way{Why: "spec.volumes[0].hostPath.path"}
	}
	for j := range replicas {
		g.Pods = append(g.Pods, attackgraph.Pod{
			Name: fmt.Sprintf("%s-%02d", name, j), Node: m.Nodes[m.rand.IntN(len(m.Nodes))],
		})
	}
	m.add("Deployment", namespace, name, g)
	m.Accounts = append(m.Accounts, Account{Namespace: namespace, Name: name, Effects: m.effects(namespace, name)})
	return replicas
}

func (m *maker) add(kind, namespace, name string, g attackgraph.Group) {
	key := attackgraph.Key{Group: "apps", Kind: kind, Namespace: namespace, Name: name}
	m.Workloads = append(m.Workloads, Workload{key, attackgraph.Workload{Groups: []attackgraph.Group{g}}})
}
