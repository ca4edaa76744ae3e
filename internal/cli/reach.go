package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/reach"
	"github.com/daysix/daysix/internal/snapshot"
)

const reachExample = `  # Which workloads can run a command in pods of the namespace shop, and which anywhere
  kubectl daysix reach create pods/exec -n shop
  kubectl daysix reach create pods/exec -A

  # Which get to a Secret, to root on a node, to cluster-admin: by themselves or through others, the nearest first
  kubectl daysix reach --to secret/shop/db
  kubectl daysix reach --to node/worker-1
  kubectl daysix reach --to cluster-admin

  # The same of manifests
  kubectl daysix reach get nodes/proxy -f deploy/ -o json`

// reachOptions are those of the verb reach.
type reachOptions struct {
	sourceOptions
	Output string
	To     string
	All    bool

	verb, resource, name string
}

func newReachCommand(streams genericiooptions.IOStreams) *cobra.Command {
	o := &reachOptions{sourceOptions: newSourceOptions(streams), Output: outputTable}
	cmd := &cobra.Command{
		Use:   "reach (VERB RESOURCE [NAME] | --to TARGET)",
		Short: "List the workloads that can do something, and through what",
		Long: "List the workloads whose ServiceAccount may use VERB on RESOURCE, with the binding and role that allow it, or those\n" +
			"that get to a target, with the shortest path there. RESOURCE is written as for kubectl: pods, pods/exec,\n" +
			"deployments.apps, or /path for a URL that is no resource. The workloads of all namespaces are asked.",
		Example: reachExample,
		RunE:    steps(o),
	}
	o.addFlags(cmd.Flags())
	addOutput(cmd, &o.Output, outputs())
	cmd.Flags().StringVar(&o.To, "to", "", toUsage)
	cmd.Flags().BoolVar(&o.All, "all", false, "List also the workloads whose pods hold no token of their ServiceAccount.")
	describe(cmd.Flags(), map[string]string{
		"namespace":      "Namespace of the objects of RESOURCE; with -f also that of objects that name none.",
		"all-namespaces": "Ask for the right in any namespace.",
	})
	completeFlags(cmd, map[string][]string{"to": targets()})
	return cmd
}

// Complete takes the question from the arguments.
func (o *reachOptions) Complete(args []string) error {
	switch {
	case o.To != "" && len(args) > 0:
		return fmt.Errorf("unexpected argument %q: --to is a question by itself", args[0])
	case o.To != "":
		return nil
	case len(args) < 2:
		return errors.New("say what is asked: VERB RESOURCE [NAME], or --to TARGET")
	case len(args) > 3:
		return fmt.Errorf("unexpected argument %q: a question is VERB RESOURCE [NAME]; name each file with a -f of its own", args[3])
	}
	o.verb, o.resource = strings.ToLower(args[0]), args[1]
	if len(args) == 3 {
		o.name = args[2]
	}
	return nil
}

// Validate refuses what cannot be meant.
func (o *reachOptions) Validate() error {
	if err := oneOf("output", o.Output, outputs()); err != nil {
		return err
	}
	if o.To != "" {
		return cmp.Or(o.validateTarget(), o.validate())
	}
	isURL := strings.HasPrefix(o.resource, "/")
	if isURL && (o.name != "" || o.AllNamespaces) {
		return fmt.Errorf("%s is no resource: it has neither names nor namespaces", o.resource)
	}
	if problems := content.IsPathSegmentName(o.name); len(problems) > 0 {
		return fmt.Errorf("the name %q: %s", o.name, strings.Join(problems, ", "))
	}
	if o.verb == "" {
		return errors.New("the verb must not be empty")
	}
	return o.validate()
}

func (o *reachOptions) validateTarget() error {
	if o.AllNamespaces {
		return errors.New("--all-namespaces goes with VERB RESOURCE: a target is where it is")
	}
	if o.All && !strings.HasPrefix(o.To, "secret") {
		return fmt.Errorf("--all goes with questions about rights: %s is reached in other ways too", o.To)
	}
	return nil
}

// Run asks and prints. Nobody who can is a result too.
func (o *reachOptions) Run(ctx context.Context) error {
	configuration, err := o.configuration()
	if err != nil {
		return err
	}
	question, err := o.question()
	if err != nil {
		return err
	}
	finder, m, err := o.finder(ctx, configuration, &question)
	if err != nil {
		return err
	}
	result, excluded := finder.Find(question)
	if excluded > 0 {
		note(o.ErrOut, "Workloads in excluded namespaces: %d.", excluded)
	}
	if len(result.Workloads) == 0 {
		note(o.ErrOut, "No workload can do that by what was read.")
	}
	if result.Untold > 0 {
		note(o.ErrOut, "Workloads that use a Secret that may hold a token, so they may qualify as well: %d.%s",
			result.Untold, o.moreAboutSecrets())
	}
	if result.Unplaced > 0 {
		note(o.ErrOut, "Workloads that become root on the node of a pod that has none yet, which may be this one: %d.", result.Unplaced)
	}
	if err := o.print(result); err != nil {
		return err
	}
	return m.incomplete()
}

// finder reads what the question needs. One with a target asks the attack graph.
func (o *reachOptions) finder(ctx context.Context, c *config.AuditConfiguration, q *reach.Question) (*reach.Finder, *loaded, error) {
	needed := []snapshot.Source{
		snapshot.Pods, snapshot.Roles, snapshot.ClusterRoles, snapshot.RoleBindings, snapshot.ClusterRoleBindings,
	}
	if q.To != "" {
		needed = graphSources()
	}
	m, err := o.load(ctx, c, true, needed...)
	if err != nil {
		return nil, nil, err
	}
	finder := &reach.Finder{
		Snapshot: m.Snapshot, Grants: m.Grants, Settings: c.PostureSettings(), Excludes: c.Excludes, WithoutToken: o.All,
	}
	if q.To == "" {
		return finder, m, nil
	}
	if finder.Engine, err = m.engine(c); err != nil {
		return nil, nil, err
	}
	return finder, m, known(finder.Engine, q)
}

// moreAboutSecrets says how to learn more, where there is a way.
func (o *reachOptions) moreAboutSecrets() string {
	if len(o.Filenames) > 0 || o.SecretMetadata {
		return ""
	}
	return " Use --secret-metadata to find out."
}

func (o *reachOptions) print(result *reach.Result) error {
	switch o.Output {
	case outputJSON:
		return printer.ReachJSON(o.Out, result)
	case outputYAML:
		return printer.ReachYAML(o.Out, result)
	default:
		return printer.ReachTable(o.Out, result)
	}
}
