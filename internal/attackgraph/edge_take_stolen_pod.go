package attackgraph

// Only pods that the scheduler places anew can be driven away: not those of a DaemonSet, static, bare or pinned ones.
func takeStolenPod() Edge {
	return Edge{
		ID: "TakeStolenPod", Catalogue: []string{"R19", "R20", "N01", "N03"}, ATTACK: []string{"T1528", "T1552.001"},
		From: between(KindStolenPods), To: between(KindServiceAccount, KindSecret),
		Title:   "Take what a stolen pod brings",
		Why:     "The token and the Secrets of a pod come with it to the node that the attacker controls.",
		Sources: "rbac-police steal_pods.",
		because: "the scheduler may place its pods anew",
		draw: func(d *drawing) {
			d.eachHolder(d.bring)
			d.eachMount(d.bring)
		},
	}
}

// bring draws the edges to what pods bring along, if they can be stolen.
func (d *drawing) bring(p *podsAt, to int32) {
	if g := d.group(p); g.free {
		d.edge(d.core.hub(stolenHub, g.namespace), to, "", p.byFirst())
		d.edge(d.core.hub(stolenHub, absent), to, "", p.byFirst())
	}
}
