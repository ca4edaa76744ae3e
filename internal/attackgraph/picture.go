package attackgraph

import (
	"cmp"
	"slices"
)

// Picture is the part of a graph that matters for a workload or a target, small enough to be looked at.
type Picture struct {
	Vertices []Sight
	Links    []Link
	// LeftOut are the workloads that reach the target too and are not shown.
	LeftOut int
}

// Sight is a vertex in a picture.
type Sight struct {
	Vertex
	// Goal: an answer ends here.
	Goal bool
	// More are the vertices that it leads to and that are not shown: of a hub, most of its members.
	More int
}

// Link is a step in a picture, by numbers of its vertices. Steps of the same kind between the same vertices are one.
type Link struct {
	From, To int
	Edge     EdgeID
	// Conditional: none of them is certain.
	Conditional bool
}

// PictureOf shows how a workload gets to its answers, and what it has in its hands, with that many vertices at most; ok is
// false where there is no such workload.
func (s *Solution) PictureOf(key Key, vertices int) (picture Picture, ok bool) {
	i, ok := s.state.find(key)
	if !ok {
		return Picture{}, false
	}
	d := sketch{Solution: s, room: vertices, at: make(map[Vertex]int)}
	a, _ := s.Answers(key)
	for _, answer := range [...]*Answer{
		&a.BecomeClusterAdmin, &a.HopNodes, &a.ControlNode, &a.ReadSecrets, &a.ControlPods, &a.CreatePods,
	} {
		d.add(answer.Path, true)
		d.add(answer.Widest, true)
	}
	if v := s.results[i].vertex; v != absent {
		for _, a := range s.core.out(v) {
			d.add(Path{s.step(v, &a)}, false)
		}
	}
	if len(d.picture.Vertices) == 0 && vertices > 0 {
		d.vertex(Vertex{KindWorkload, key})
	}
	return d.finish(), true
}

// PictureTo shows how workloads get to a target, the nearest first.
func (s *Solution) PictureTo(target Vertex, vertices int) Picture {
	d := sketch{Solution: s, room: vertices, at: make(map[Vertex]int)}
	for _, r := range s.Reaching(target) {
		if !d.add(r.Path, true) {
			d.picture.LeftOut++
		}
	}
	return d.finish()
}

// sketch is a picture in the making.
type sketch struct {
	*Solution
	picture Picture
	room    int
	at      map[Vertex]int
	links   map[Link]int // by all but whether they are conditional
}

// add puts a path into the picture if there is room for all of it.
func (d *sketch) add(path Path, goal bool) bool {
	fresh := make(map[Vertex]bool)
	for i := range path {
		for _, v := range [...]Vertex{path[i].From, path[i].To} {
			if _, ok := d.at[v]; !ok {
				fresh[v] = true
			}
		}
	}
	if len(d.at)+len(fresh) > d.room {
		return false
	}
	for i := range path {
		d.link(&path[i])
	}
	if goal && len(path) > 0 {
		d.picture.Vertices[d.at[path[len(path)-1].To]].Goal = true
	}
	return true
}

func (d *sketch) link(s *Step) {
	l := Link{From: d.vertex(s.From), To: d.vertex(s.To), Edge: s.Edge}
	if d.links == nil {
		d.links = make(map[Link]int)
	}
	n, ok := d.links[l]
	if !ok {
		n = len(d.picture.Links)
		d.links[l] = n
		d.picture.Links = append(d.picture.Links, l)
		d.picture.Links[n].Conditional = true
	}
	if s.Condition == "" {
		d.picture.Links[n].Conditional = false
	}
}

func (d *sketch) vertex(v Vertex) int {
	n, ok := d.at[v]
	if !ok {
		n = len(d.picture.Vertices)
		d.at[v] = n
		d.picture.Vertices = append(d.picture.Vertices, Sight{Vertex: v})
	}
	return n
}

// finish counts what is left out at every vertex.
func (d *sketch) finish() Picture {
	for i := range d.picture.Vertices {
		sight := &d.picture.Vertices[i]
		if v, ok := d.core.find(sight.Vertex); ok {
			sight.More = d.hidden(v)
		}
	}
	return d.picture
}

// hidden counts the vertices one step away that are not shown.
func (d *sketch) hidden(v int32) int {
	var to []int32
	for _, a := range d.core.out(v) {
		if a.flags&noStep == 0 {
			to = append(to, a.to)
			continue
		}
		for _, b := range d.core.out(a.to) {
			to = append(to, b.to)
		}
	}
	slices.Sort(to)
	count := 0
	for _, v := range slices.Compact(to) {
		if _, shown := d.at[d.core.vertex(v)]; !shown {
			count++
		}
	}
	return count
}

// find is the number of a vertex; ok is false where nothing is drawn for it.
func (c *core) find(of Vertex) (v int32, ok bool) {
	s := c.state
	switch of.Kind {
	case KindWorkload:
		i, ok := s.find(of.Object)
		if !ok || c.vertexOf[i] == absent {
			return absent, false
		}
		return c.vertexOf[i], true
	case KindNode, KindNodeFiles:
		if of == (Vertex{Kind: KindNode}) {
			return someNodeVertex, true
		}
		n, ok := slices.BinarySearchFunc(s.nodes, of.Object.Name, func(n *node, name string) int { return cmp.Compare(n.name, name) })
		if of.Kind == KindNode {
			return c.node(int32(n)), ok
		}
		return c.nodeFiles(int32(n)), ok
	case KindServiceAccount:
		i, ok := slices.BinarySearchFunc(s.accounts, name{of.Object.Namespace, of.Object.Name}, func(a *account, id name) int {
			return compareNames(a.name, id)
		})
		return c.account(int32(i)), ok
	case KindPod, KindSecret, KindKubelet, KindPermissionSet:
		v, ok := c.objectAt[of]
		return v, ok
	default:
		if of.Object.Namespace == "" {
			return c.scoped(of.Kind, absent), true
		}
		namespace, ok := slices.BinarySearch(s.namespaces, of.Object.Namespace)
		return c.scoped(of.Kind, int32(namespace)), ok
	}
}
