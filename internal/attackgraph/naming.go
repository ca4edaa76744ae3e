package attackgraph

import "slices"

// nameTokenSecrets gives vertices to the Secrets that hold a token with rights.
func (d *drawing) nameTokenSecrets() {
	for i, list := range d.known {
		for _, s := range list {
			if s.tokenOf == noAccount || d.accountAt[s.tokenOf] == absent {
				continue
			}
			v, _ := d.core.object(Vertex{KindSecret, Key{Namespace: d.namespaces[i], Name: s.name}})
			d.core.secretAt[v] = secretAt{int32(i), s.slot}
			d.bearing[s.slot] = tokenSecret{v, d.accountAt[s.tokenOf]}
		}
	}
}

// nameSets gives vertices to the permission sets, in the order of those who have them.
func (d *drawing) nameSets() {
	add := func(set *permissionSet, of Vertex) {
		if set == nil {
			return
		}
		if _, ok := d.core.sets[set]; ok {
			return
		}
		v, _ := d.core.object(Vertex{KindPermissionSet, of.Object})
		d.core.sets[set] = v
		for i := range set.effects {
			e := &set.effects[i]
			d.effects[e.Privilege] = append(d.effects[e.Privilege], heldBy{v, e})
		}
	}
	for i, a := range d.accounts {
		add(a.rights, d.core.vertex(d.core.account(int32(i))))
	}
	for _, n := range d.nodes {
		if n.kubelet != nil {
			v := Vertex{KindKubelet, Key{Name: n.name}}
			d.core.object(v)
			add(n.kubelet, v)
		}
	}
}

// nameWorkloads gives vertices to the workloads that lead somewhere, and notes who holds which token. The first one of a
// namespace that mounts a Secret stands for all that lead nowhere else: who gets into any pod there reads that Secret.
func (d *drawing) nameWorkloads() {
	shown := int32(absent)
	for i, w := range d.workloads {
		first := len(w.secrets) > 0 && w.namespace != shown
		if first {
			shown = w.namespace
		}
		if !first && !d.leads(w) {
			continue
		}
		v := d.core.workload(int32(i))
		for j := range w.groups {
			at := groupAt{&w.groups[j], v, int32(i), int32(j), absent}
			d.groups = append(d.groups, at)
			if account := d.accountAt[at.account]; at.token && account != absent {
				d.holders[account] = append(d.holders[account], at)
			}
			if at.read != nil {
				d.eachNode(&at, func(n int32, _ int) {
					if n != absent {
						d.filesRead[n] = true
					}
				})
			}
		}
	}
}

func (d *drawing) leads(w *workload) bool {
	if w.getsOut {
		return true
	}
	for i := range w.groups {
		if g := &w.groups[i]; g.token && d.accountAt[g.account] != absent {
			return true
		}
	}
	return len(d.bearing) > 0 && slices.ContainsFunc(w.secrets, func(slot int32) bool {
		_, ok := d.bearing[slot]
		return ok
	})
}

// nameObjects gives vertices to what effects name, before edges from there are drawn.
func (d *drawing) nameObjects(edges []Edge) {
	for i := range edges {
		for j := range edges[i].rights {
			r := &edges[i].rights[j]
			d.eachEffect(r, func(held heldBy) {
				if r.named != nil && len(held.effect.Names) > 0 {
					d.named[limited{r, held.effect}] = r.named(d, held.effect)
				}
				if r.to == KindAllNodeFiles {
					for n := range d.filesRead {
						d.filesRead[n] = true
					}
				}
			})
		}
	}
}
