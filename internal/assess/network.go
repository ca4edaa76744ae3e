package assess

import (
	"slices"
	"strconv"
	"strings"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/snapshot"
)

// Network is what a workload reaches over the network, and from where it is reached: the furthest of its pods.
type Network struct {
	Egress   []netpol.Egress
	Exposure []netpol.Exposure
	// Aliases are the names of Services of its namespace that stand for a host elsewhere, with that host.
	Aliases map[string]string
}

// groupKey names one of the groups of a workload in the index of the network.
func groupKey(key snapshot.Key, i int) netpol.Key {
	return netpol.Key{Namespace: key.Namespace, Name: key.Kind + "." + key.Group + "/" + key.Name + "#" + strconv.Itoa(i)}
}

// observeNetwork tells the index which groups of pods a workload has now, and adds the workloads whose answers that touches.
func (e *Engine) observeNetwork(key snapshot.Key, groups []snapshot.Network, affected map[snapshot.Key]struct{}) {
	had := e.groups[key]
	for i := range groups {
		g := &groups[i]
		e.addAffected(e.Network.SetGroup(groupKey(key, i), netpol.GroupOf(g.Labels, g.Spec, g.Pods)), affected)
	}
	for i := len(groups); i < had; i++ {
		e.addAffected(e.Network.DeleteGroup(groupKey(key, i)), affected)
	}
	if len(groups) == 0 {
		delete(e.groups, key)
	} else {
		e.groups[key] = len(groups)
	}
}

func (e *Engine) addAffected(change netpol.Affected, affected map[snapshot.Key]struct{}) {
	for _, key := range e.workloadsOf(change) {
		affected[key] = struct{}{}
	}
}

// NetworkAffected lists the workloads whose answers a change of policies, Services or namespaces may touch.
func (e *Engine) NetworkAffected(change netpol.Affected) snapshot.Affected {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.workloadsOf(change)
}

// workloadOf is the workload that a group belongs to.
func workloadOf(group netpol.Key) (snapshot.Key, bool) {
	name, _, _ := strings.Cut(group.Name, "#")
	kind, name, ok := strings.Cut(name, "/")
	kind, of, dotted := strings.Cut(kind, ".")
	return snapshot.Key{Group: of, Kind: kind, Namespace: group.Namespace, Name: name}, ok && dotted
}

func (e *Engine) workloadsOf(change netpol.Affected) snapshot.Affected {
	if change.Everywhere {
		return e.Snapshot.Workloads()
	}
	var out snapshot.Affected
	for _, namespace := range change.Namespaces {
		out = append(out, e.Snapshot.OfNamespace(namespace)...)
	}
	for _, group := range change.Groups {
		if key, ok := workloadOf(group); ok {
			out = append(out, key)
		}
	}
	return out
}

// networkOf are the answers for a workload.
func (e *Engine) networkOf(view *snapshot.View) *Network {
	out := &Network{Aliases: e.Network.Aliases(view.Workload.Key.Namespace)}
	unread := func(s snapshot.SourceStatus) bool { return s.Source == snapshot.NetworkPolicies }
	if slices.ContainsFunc(view.Unavailable, unread) { // Those of files count: NotGiven is not unavailable.
		return out // Any policy may be there: nothing is let through for certain, and nothing is kept out.
	}
	for i := range view.Networks {
		if egress, ok := e.Network.Egress(groupKey(view.Workload.Key, i), 0); ok {
			out.Egress = append(out.Egress, egress)
		}
		if exposure, ok := e.Network.Exposure(groupKey(view.Workload.Key, i)); ok {
			out.Exposure = append(out.Exposure, exposure)
		}
	}
	return out
}

// exposureSources are those that say what leads to pods, and what lets it in.
var exposureSources = slices.Concat(networkSources, []snapshot.Source{snapshot.Ingresses, snapshot.Services}, snapshot.Routes())

// exposureWithout is the furthest level from which connections get at the workload. It is not known where a source is
// unavailable that may lead farther than those that were read.
func (n *Network) exposureWithout(unavailable []snapshot.SourceStatus) netpol.Exposure {
	best := n.exposure()
	if best.Level == netpol.LevelExternal {
		return best
	}
	for _, s := range unavailable {
		if slices.Contains(exposureSources, s.Source) {
			best.Level, best.Condition = netpol.LevelUnknown, cannotBeTold(s)
			break
		}
	}
	return best
}

// exposure is the furthest level among the pods, by what was read.
func (n *Network) exposure() netpol.Exposure {
	levels := netpol.Levels()
	best := netpol.Exposure{Level: netpol.LevelNone, Certain: netpol.LevelNone}
	for i := range n.Exposure {
		if x := &n.Exposure[i]; slices.Index(levels, x.Level) < slices.Index(levels, best.Level) {
			best = *x
		}
	}
	return best
}

// The checks that say what a pod reaches over the network.
const (
	reachesOtherNamespaces finding.CheckID = "NetworkReachesOtherNamespaces"
	reachesOwnNamespace    finding.CheckID = "NetworkReachesOwnNamespace"
	reachesOutside         finding.CheckID = "NetworkReachesOutside"
)

// openField stands for the policies that are not there.
const openField = "no NetworkPolicy isolates its egress"

// findings say what of the network counts, once for the furthest of the pods. Where not all pods are known, others are taken
// to be there.
func (n *Network) findings(othersThere bool) []finding.Finding {
	if n == nil {
		return nil
	}
	var out []finding.Finding
	add := func(check finding.CheckID, consequence finding.Consequence, verdict finding.Verdict, condition, message, field string) {
		if verdict != finding.Yes && verdict != finding.Conditional {
			return
		}
		f := finding.Finding{
			Check: check, Consequence: consequence, Condition: condition, Field: field, Message: message,
			Remediation: "Select its pods with a NetworkPolicy that lets out only what they need.",
		}
		for i := range out {
			if out[i].Check == check {
				if out[i].Condition != "" && f.Condition == "" {
					out[i] = f
				}
				return
			}
		}
		out = append(out, f)
	}
	for i := range n.Egress {
		e := &n.Egress[i]
		field := isolation(e)
		others := netpol.Access{Verdict: e.OtherNamespaces.Verdict, Condition: e.OtherNamespaces.Condition}
		own := netpol.Access{Verdict: e.OwnNamespace.Verdict, Condition: e.OwnNamespace.Condition}
		if othersThere {
			others, own = e.ToOtherNamespaces.Access, e.ToOwnNamespace.Access
		}
		add(reachesOtherNamespaces, finding.ReachOtherNamespaces, others.Verdict, others.Condition,
			"It can connect to pods of other namespaces.", field)
		add(reachesOwnNamespace, finding.ReachOwnNamespace, own.Verdict, own.Condition,
			"It can connect to other pods of its namespace.", field)
		add(reachesOutside, finding.ReachOutside, e.Outside.Any.Verdict, e.Outside.Any.Condition,
			"It can connect to addresses outside of the cluster.", field)
	}
	return out
}

// isolation names the policies that decide about egress.
func isolation(e *netpol.Egress) string {
	if len(e.Isolation) == 0 {
		return openField
	}
	return e.Isolation[0].String()
}
