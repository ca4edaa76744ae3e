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
			hubsOf := func(g *groupAt) [2]int32 {
				return [2]int32{
					d.core.hub(stolenHub, d.namespaceAt[d.workloads[g.workload].namespace]), d.core.hub(stolenHub, absent),
				}
			}
			for i := range d.holders {
				for j := range d.holders[i] {
					if g := &d.holders[i][j]; g.placement == Free {
						for _, hub := range hubsOf(g) {
							d.edge(hub, d.core.account(int32(i)), "", g.byFirst())
						}
					}
				}
			}
			if len(d.bearing) > 0 {
				d.eachMount(func(g *groupAt, to int32) {
					if g.placement == Free {
						for _, hub := range hubsOf(g) {
							d.edge(hub, to, "", g.byFirst())
						}
					}
				})
			}
		},
	}
}
