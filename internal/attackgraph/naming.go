package attackgraph

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

// nameSets gives vertices to the permission sets, and numbers to their effects, in the order of those who have them.
func (d *drawing) nameSets() {
	add := func(set *permissionSet, of Vertex) {
		if _, ok := d.core.sets[set]; ok {
			return
		}
		v, _ := d.core.object(Vertex{KindPermissionSet, of.Object})
		d.core.sets[set] = v
		for i := range set.effects {
			e := &set.effects[i]
			d.effects[e.Privilege] = append(d.effects[e.Privilege], int32(len(d.core.effects)))
			d.core.effects = append(d.core.effects, effectAt{e, v})
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
	for i := range int32(len(d.workloads)) {
		mounts, leads := d.leads(i)
		if mounts != absent && mounts != shown {
			shown, leads = mounts, true
		}
		if !leads {
			continue
		}
		v := d.core.workload(i)
		for number := d.census.groupsOf[i]; number < d.census.groupsOf[i+1]; number++ {
			pods := d.all(number)
			pods.vertex = v
			d.namePods(&pods)
		}
	}
}

// leads tells whether a workload leads anywhere, and the namespace in which it mounts Secrets, absent where it does not.
func (d *drawing) leads(workload int32) (mounts int32, leads bool) {
	mounts = absent
	groups := d.census.of(workload)
	for i := range groups {
		g := &groups[i]
		leads = leads || g.getsOut || g.holds != absent
		if g.endMount > g.firstSlot {
			mounts = g.namespace
		}
		for _, slot := range d.census.mounts(g) {
			if _, ok := d.bearing[slot]; ok {
				leads = true
			}
		}
	}
	return mounts, leads
}

// namePods notes that pods have a vertex.
func (d *drawing) namePods(p *podsAt) {
	d.pods = append(d.pods, *p)
	g := d.group(p)
	if g.holds != absent {
		d.holders[g.holds] = append(d.holders[g.holds], *p)
	}
	if g.read != nil {
		d.eachNode(p, func(n, _ int32) {
			if n != absent {
				d.filesRead[n] = true
			}
		})
	}
}

// nameObjects gives vertices to what effects name, before edges from there are drawn.
func (d *drawing) nameObjects(edges []Edge) {
	for i := range edges {
		for j := range edges[i].rights {
			r := &edges[i].rights[j]
			d.eachEffect(r, func(i int32, e *heldEffect) {
				if r.named != nil && len(e.Names) > 0 {
					d.named[limited{r, i}] = r.named(d, e)
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
