package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"

	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
)

// The limits of a completion, for which a user waits at the prompt.
const (
	completionWait  = 3 * time.Second
	completionNames = 500
)

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
func (o *sourceOptions) describeNamespaces(cmd *cobra.Command) {
	for flag, usage := range map[string]string{
		"namespace":      "Namespace of the workload; with -f also that of objects that name none.",
		"all-namespaces": "Look for the workload in all namespaces.",
	} {
		if f := cmd.Flags().Lookup(flag); f != nil {
			f.Usage = usage
		}
	}
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
	names, err := o.namesOf(cmd.Context(), found, namespace)
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
		if o.AllNamespaces || key.Namespace == namespace {
			names = append(names, strings.ToLower(key.Kind)+"/"+key.Name)
		}
	}
	return names
}

// namesOf lists objects of a resource by their metadata.
func (o *sourceOptions) namesOf(ctx context.Context, r resource, namespace string) ([]string, error) {
	restConfig, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	client, err := metadata.NewForConfig(restConfig)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, completionWait)
	defer cancel()
	if o.AllNamespaces {
		namespace = metav1.NamespaceAll
	}
	of := schema.GroupVersionResource{Group: r.group, Version: "v1", Resource: r.plural}
	list, err := client.Resource(of).Namespace(namespace).List(ctx, metav1.ListOptions{Limit: completionNames})
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	return names, nil
}
