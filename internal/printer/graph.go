package printer

import (
	"io"

	"github.com/daysix/daysix/internal/attackgraph"
)

// picture is a picture for programs.
type picture struct {
	Vertices []pictureVertex `json:"vertices"`
	Links    []pictureLink   `json:"links"`
	// LeftOut are the workloads that get to the target too and are not shown.
	LeftOut int `json:"leftOut"`
}

type pictureVertex struct {
	Kind string `json:"kind"`
	// WorkloadKind and APIGroup are those of a workload.
	WorkloadKind string `json:"workloadKind,omitempty"`
	APIGroup     string `json:"apiGroup,omitempty"`
	Namespace    string `json:"namespace,omitempty"`
	Name         string `json:"name,omitempty"`
	// Label says in words what one has there.
	Label string `json:"label"`
	// Goal: an answer ends here.
	Goal bool `json:"goal,omitempty"`
	// More are the vertices one step away that are not shown.
	More int `json:"more,omitempty"`
}

type pictureLink struct {
	// From and To count the vertices from 0.
	From        int                `json:"from"`
	To          int                `json:"to"`
	Edge        attackgraph.EdgeID `json:"edge"`
	Conditional bool               `json:"conditional,omitempty"`
}

// GraphJSON writes a picture of the attack graph as JSON.
func GraphJSON(w io.Writer, p *attackgraph.Picture) error {
	out := picture{Vertices: make([]pictureVertex, 0, len(p.Vertices)), Links: make([]pictureLink, 0, len(p.Links)), LeftOut: p.LeftOut}
	for i := range p.Vertices {
		v := &p.Vertices[i]
		out.Vertices = append(out.Vertices, pictureVertex{
			Kind: v.Kind.String(), WorkloadKind: v.Object.Kind, APIGroup: v.Object.Group, Namespace: v.Object.Namespace,
			Name: v.Object.Name, Label: v.String(), Goal: v.Goal, More: v.More,
		})
	}
	for _, l := range p.Links {
		out.Links = append(out.Links, pictureLink(l))
	}
	return writeJSON(w, out)
}

// GraphDOT writes a picture of the attack graph in the language of Graphviz.
func GraphDOT(w io.Writer, p *attackgraph.Picture) error { return plainPicture(p).DOT(w) }

// GraphMermaid writes a picture of the attack graph as a flowchart of Mermaid.
func GraphMermaid(w io.Writer, p *attackgraph.Picture) error { return plainPicture(p).Mermaid(w) }

// plainPicture is a picture with names that do a terminal no harm.
func plainPicture(p *attackgraph.Picture) *attackgraph.Picture {
	safe := &attackgraph.Picture{Links: p.Links, LeftOut: p.LeftOut}
	for _, v := range p.Vertices {
		o := &v.Object
		o.Group, o.Kind, o.Namespace, o.Name = Plain(o.Group), Plain(o.Kind), Plain(o.Namespace), Plain(o.Name)
		safe.Vertices = append(safe.Vertices, v)
	}
	return safe
}
