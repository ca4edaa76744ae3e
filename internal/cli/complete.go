package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/metadata"

	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
)

// completionTimeout is how long a shell waits for names.
const completionTimeout = 5 * time.Second

// describe gives flags that verbs share the usage that they have for this verb.
func describe(flags *pflag.FlagSet, usages map[string]string) {
	for flag, usage := range usages {
		if f := flags.Lookup(flag); f != nil {
			f.Usage = usage
		}
	}
}

// completeFlags lets a shell complete the values of flags that have a few.
func completeFlags(cmd *cobra.Command, values map[string][]string) {
	for flag, list := range values {
		complete := cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
		cobra.CheckErr(cmd.RegisterFlagCompletionFunc(flag, complete))
	}
}

// completeNodes lists the nodes that are not named yet.
func (o *drainOptions) completeNodes(cmd *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, err := o.nodeNames(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.Contains(args, name) || !strings.HasPrefix(name, toComplete)
	}), cobra.ShellCompDirectiveNoFileComp
}

// nodeNames are those of the cluster, or of the files.
func (o *drainOptions) nodeNames(ctx context.Context) ([]string, error) {
	if len(o.Filenames) > 0 {
		m := model.New()
		m.Drain = drain.NewFacts()
		loader.Files(o.Filenames, o.In, metav1.NamespaceDefault, m)
		planner := drain.Planner{Snapshot: m.Snapshot, Facts: m.Drain}
		return planner.Nodes(), nil
	}
	restConfig, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client, err := metadata.NewForConfig(restConfig)
	if err != nil {
		return nil, fmt.Errorf("making a client for metadata: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	nodes, err := client.Resource(corev1.SchemeGroupVersion.WithResource("nodes")).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing nodes: %w", err)
	}
	var names []string
	for i := range nodes.Items {
		names = append(names, nodes.Items[i].Name)
	}
	return names, nil
}
