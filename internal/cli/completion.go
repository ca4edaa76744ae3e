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
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"

	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/printer"
)

// The limits of a completion, for which a user waits at the prompt. Nodes are all listed, which may take longer.
const (
	completionWait      = 3 * time.Second
	completionNames     = 500
	completionNodesWait = 5 * time.Second
)

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
	ctx, cancel := context.WithTimeout(ctx, completionNodesWait)
	defer cancel()
	return o.namesOf(ctx, corev1.SchemeGroupVersion.WithResource("nodes"), metav1.NamespaceAll, 0)
}

// workloadKinds are those that a shell offers: the ones of Kubernetes itself, as they are read.
func workloadKinds() []resource {
	var kinds []resource
	for _, r := range builtinResources() {
		switch r.group + "/" + r.singular {
		case "/pod", "/replicationcontroller", "apps/daemonset", "apps/deployment", "apps/replicaset", "apps/statefulset",
			"batch/cronjob", "batch/job":
			kinds = append(kinds, r)
		}
	}
	return kinds
}

// describeNamespaces says what the flags about namespaces mean to a verb that names a workload.
func describeNamespaces(flags *pflag.FlagSet) {
	describe(flags, map[string]string{
		"namespace":      "Namespace of the workload; with -f also that of objects that name none.",
		"all-namespaces": "Look for the workload in all namespaces.",
	})
}

// completeWorkload offers kinds, and the names of one kind: of a cluster one request, of files what they hold.
func (o *sourceOptions) completeWorkload(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	namespace, err := o.namespace()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	if len(o.Filenames) > 0 {
		return o.workloadsOfFiles(namespace), cobra.ShellCompDirectiveNoFileComp
	}
	prefix, _, named := strings.Cut(typed, "/")
	if !named {
		var kinds []string
		for _, r := range workloadKinds() {
			kinds = append(kinds, r.singular+"/")
		}
		return kinds, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	kind, group, _ := strings.Cut(strings.ToLower(prefix), ".")
	found, ok := find(workloadKinds(), kind, group)
	if !ok {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if o.AllNamespaces {
		namespace = metav1.NamespaceAll
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionWait)
	defer cancel()
	of := schema.GroupVersionResource{Group: found.group, Version: "v1", Resource: found.plural}
	names, err := o.namesOf(ctx, of, namespace, completionNames)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	for i := range names {
		names[i] = prefix + "/" + names[i]
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// workloadsOfFiles are those of a namespace, or of all with -A. What is broken in the files is for the command to tell.
func (o *sourceOptions) workloadsOfFiles(namespace string) []string {
	m := model.NewPartial()
	loader.Files(o.Filenames, o.In, namespace, m)
	var names []string
	for _, key := range m.Snapshot.Workloads() {
		name := strings.ToLower(key.Kind) + "/" + key.Name
		// A shell prints what it is offered as it is.
		if (o.AllNamespaces || key.Namespace == namespace) && printer.Plain(name) == name {
			names = append(names, name)
		}
	}
	return names
}

// namesOf lists objects of a resource by their metadata, not more than the limit; 0 for all of them.
func (o *sourceOptions) namesOf(ctx context.Context, of schema.GroupVersionResource, namespace string, limit int64) ([]string, error) {
	restConfig, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	client, err := metadata.NewForConfig(restConfig)
	if err != nil {
		return nil, fmt.Errorf("making a client for metadata: %w", err)
	}
	list, err := client.Resource(of).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: limit})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", of.Resource, err)
	}
	var names []string
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	return names, nil
}
