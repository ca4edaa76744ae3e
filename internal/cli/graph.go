package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/snapshot"
)

// defaultVertices is as much as somebody takes in at a look.
const defaultVertices = 40

const graphExample = `  # Which workloads become cluster-admin, and how: the nearest first
  kubectl daysix graph | dot -Tsvg > admin.svg

  # How one workload gets to its answers, and how it gets to a node
  kubectl daysix graph deployment/cart -n shop -o mermaid
  kubectl daysix graph deployment/cart -n shop --to node/worker-1`

// graphOptions are those of the verb graph.
type graphOptions struct {
	sourceOptions
	Output   string
	To       string
	Vertices int

	workload string
}

func newGraphCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &graphOptions{sourceOptions: newSourceOptions(streams), Output: outputDOT, Vertices: defaultVertices}
	cmd := &cobra.Command{
		Use:   "graph [WORKLOAD] [--to TARGET]",
		Short: "Draw the part of the attack graph that matters for a workload or a target",
		Long: "Draw the attack paths behind a workload's answers, the paths from workloads to a target, or the path from one workload\n" +
			"to a target; with neither, the paths to cluster-admin. The picture is bounded, and says how much it leaves out and\n" +
			"where. The whole cluster is read.",
		Example:           graphExample,
		ValidArgsFunction: o.completeWorkload,
		RunE:              steps(o),
	}
	o.addFlags(cmd.Flags())
	addOutput(cmd, &o.Output, pictures())
	cmd.Flags().StringVar(&o.To, "to", "", toUsage)
	cmd.Flags().IntVar(&o.Vertices, "max-vertices", o.Vertices, "The most vertices to draw.")
	describeNamespaces(cmd.Flags())
	completeFlags(cmd, map[string][]string{"to": targets()})
	return cmd
}

// Complete takes the workload from the arguments.
func (o *graphOptions) Complete(args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("unexpected argument %q: name one workload, such as deployment/cart", args[1])
	}
	if len(args) == 1 {
		o.workload = args[0]
	} else if o.To == "" {
		o.To = reach.ClusterAdmin
	}
	return nil
}

// Validate refuses what cannot be meant.
func (o *graphOptions) Validate() error {
	if err := oneOf("output", o.Output, pictures()); err != nil {
		return err
	}
	if o.Vertices < 2 {
		return fmt.Errorf("--max-vertices %d: must be 2 or more", o.Vertices)
	}
	if o.workload != "" {
		if _, err := parseWorkload(o.workload); err != nil {
			return err
		}
	}
	return o.validate()
}

// Run draws. An empty picture is a result too.
func (o *graphOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	var question reach.Question
	if o.To != "" {
		if question, err = target(o.To); err != nil {
			return err
		}
	}
	m, err := o.load(ctx, configuration, true, graphSources()...)
	if err != nil {
		return err
	}
	var key snapshot.Key
	if o.workload != "" {
		if key, err = o.findWorkload(m, o.workload); err != nil {
			return err
		}
	}
	engine, err := m.engine(configuration)
	if err != nil {
		return err
	}
	if err := known(engine, &question); err != nil {
		return err
	}
	picture, err := o.draw(engine, attackgraph.Key(key), &question)
	if err != nil {
		return err
	}
	if err := o.print(&picture); err != nil {
		return err
	}
	return m.incomplete()
}

// draw makes the picture, and tells on the standard error what is not in it.
func (o *graphOptions) draw(engine *assess.Engine, key attackgraph.Key, q *reach.Question) (picture attackgraph.Picture, err error) {
	switch {
	case o.workload == "":
		picture = engine.Solution().PictureTo(q.Target(), o.Vertices)
	case o.To == "":
		picture, _ = engine.Solution().PictureOf(key, o.Vertices)
	default:
		picture, err = o.way(engine.Solution(), key, q.Target())
	}
	if err != nil {
		return picture, err
	}
	if picture.LeftOut > 0 {
		note(o.ErrOut, "Workloads that get there too and are not drawn: %d. --max-vertices draws more.", picture.LeftOut)
	}
	if slices.ContainsFunc(picture.Vertices, func(s attackgraph.Sight) bool { return s.More > 0 }) {
		note(o.ErrOut, "Not all that lies a step away is drawn; a vertex says how much more there is.")
	}
	if len(picture.Links) == 0 {
		note(o.ErrOut, "No path was found in what was read. The verb explain tells which answers are Conditional or Unknown.")
	}
	return picture, nil
}

// way is the picture of one path.
func (o *graphOptions) way(s *attackgraph.Solution, key attackgraph.Key, to attackgraph.Vertex) (attackgraph.Picture, error) {
	all := s.Reaching(to)
	at := slices.IndexFunc(all, func(r attackgraph.Reacher) bool { return r.Workload == key })
	if at < 0 {
		return attackgraph.Picture{Vertices: []attackgraph.Sight{
			{Vertex: attackgraph.Vertex{Kind: attackgraph.KindWorkload, Object: key}}, {Vertex: to, Goal: true},
		}}, nil
	}
	path := all[at].Path
	if len(path)+1 > o.Vertices {
		return attackgraph.Picture{}, fmt.Errorf("--max-vertices %d: the path has %d vertices", o.Vertices, len(path)+1)
	}
	picture := attackgraph.Picture{Vertices: []attackgraph.Sight{{Vertex: path[0].From}}}
	for i := range path {
		picture.Vertices = append(picture.Vertices, attackgraph.Sight{Vertex: path[i].To, Goal: i == len(path)-1})
		picture.Links = append(picture.Links, attackgraph.Link{
			From: i, To: i + 1, Edge: path[i].Edge, Conditional: path[i].Condition != "",
		})
	}
	return picture, nil
}

func (o *graphOptions) print(picture *attackgraph.Picture) error {
	switch o.Output {
	case outputJSON:
		return printer.GraphJSON(o.Out, picture)
	case outputMermaid:
		return printer.GraphMermaid(o.Out, picture)
	default:
		return printer.GraphDOT(o.Out, picture)
	}
}
