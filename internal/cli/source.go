package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/loader/live"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

// The limits of a client that reads a cluster once: those of kubectl's discovery, in requests per second.
const (
	clientQPS   = 50
	clientBurst = 300
)

// ordinaryCluster says what files cannot show. The checks assume the same.
const ordinaryCluster = "Only files were read. What they do not show is taken for an ordinary cluster: other pods and worker " +
	"nodes exist, no control-plane node is in sight, a ServiceAccount has no bindings but those given and mounts its token, and a " +
	"container is root unless its manifest says otherwise."

// sourceOptions say where the objects come from. Verbs that read objects embed it.
type sourceOptions struct {
	genericiooptions.IOStreams
	ConfigFlags   *genericclioptions.ConfigFlags
	Filenames     []string
	AllNamespaces bool
	ConfigFile    string
	// SecretMetadata reads which Secrets of the cluster hold tokens.
	SecretMetadata bool
	// configMaps reads what ConfigMaps of the cluster name: for verbs that print it.
	configMaps bool

	progress *progress
	// drain are the facts that a drain asks for; nil where none is asked about.
	drain *drain.Facts
}

func newSourceOptions(streams genericiooptions.IOStreams) sourceOptions {
	return sourceOptions{
		IOStreams: streams, ConfigFlags: genericclioptions.NewConfigFlags(true), progress: newProgress(streams.ErrOut),
	}
}

func (o *sourceOptions) addFlags(flags *pflag.FlagSet) {
	o.addFilenames(flags)
	o.addClusterFlags(flags)
	flags.BoolVar(&o.SecretMetadata, "secret-metadata", false,
		"Read also which Secrets of the live cluster hold tokens of ServiceAccounts. It needs the right to list Secrets.")
}

func (o *sourceOptions) addFilenames(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&o.Filenames, "filename", "f", nil,
		"File or directory of manifests, or - for the standard input. May be repeated. Without it the live cluster is read.")
}

func (o *sourceOptions) addClusterFlags(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "Look at all namespaces of the live cluster.")
	flags.StringVar(&o.ConfigFile, "config", "", "File that holds an AuditConfiguration.")
	o.ConfigFlags.AddFlags(flags)
	if flag := flags.Lookup("namespace"); flag != nil {
		flag.Usage = "Namespace of the live cluster to read; with -f, the namespace of objects that name none."
	}
}

// complete takes arguments for further files, which is what a shell makes of -f *.yaml.
func (o *sourceOptions) complete(args []string) error {
	if len(args) > 0 && len(o.Filenames) == 0 {
		return fmt.Errorf("unexpected argument %q: name files with -f", args[0])
	}
	o.Filenames = append(o.Filenames, args...)
	return nil
}

func (o *sourceOptions) validate() error {
	if slices.Contains(o.Filenames, "") {
		return errors.New("--filename must not be empty")
	}
	if len(o.Filenames) > 0 && o.SecretMetadata {
		return errors.New("--secret-metadata is for a live cluster: of files, the Secrets among them are read")
	}
	return nil
}

// configuration is the operator's, or the default.
func (o *sourceOptions) configuration() (*config.AuditConfiguration, error) {
	if o.ConfigFile == "" {
		return config.Default(), nil
	}
	return config.Load(o.ConfigFile)
}

// loaded is what was read.
type loaded struct {
	*model.Model
	// minor is the minor version of the API server; the newest that is known where files were read.
	minor int
	// broken counts what could not be read, and what a result cannot do without.
	broken int
	// clients are those that the cluster was read by; nil where files were read.
	clients *live.Clients
	// aside are the objects of files that are not read unless a policy takes its parameters from them.
	aside *loader.Aside
}

// incomplete is the error of a result that is not the whole; nil where it is.
func (m *loaded) incomplete() error {
	if m.broken == 0 {
		return nil
	}
	return &exitCodeError{exitError, fmt.Sprintf("what could not be read is missing in the result; errors: %d", m.broken)}
}

// load reads the objects, of a live cluster all namespaces or the one that was asked for. What could not be read is told
// on the standard error; a live source that is needed and cannot be read is an error.
func (o *sourceOptions) load(
	ctx context.Context, c *config.AuditConfiguration, allNamespaces bool, needed ...snapshot.Source,
) (*loaded, error) {
	if len(o.Filenames) > 0 {
		m := &loaded{Model: model.NewPartial(c.CustomResources...)}
		m.Drain = o.drain
		return m, o.loadFiles(m)
	}
	m := &loaded{Model: model.New(c.CustomResources...)}
	m.Drain = o.drain
	if err := o.loadCluster(ctx, m, allNamespaces); err != nil {
		return nil, err
	}
	if o.SecretMetadata {
		needed = append(needed, snapshot.Secrets)
	}
	m.broken = o.tellStates(m.Snapshot, needed)
	o.noteLost(m)
	return m, nil
}

// namespace is the one that was asked for: by a flag, else by the kubeconfig; default for files.
func (o *sourceOptions) namespace() (string, error) {
	if len(o.Filenames) > 0 {
		return cmp.Or(*o.ConfigFlags.Namespace, metav1.NamespaceDefault), nil
	}
	namespace, _, err := o.ConfigFlags.ToRawKubeConfigLoader().Namespace()
	if err != nil {
		return "", fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return namespace, nil
}

func (o *sourceOptions) loadFiles(m *loaded) error {
	namespace, err := o.namespace()
	if err != nil {
		return err
	}
	m.minor = podsecurity.NewestMinor
	result := loader.Files(o.Filenames, o.In, namespace, m.Model)
	m.aside = result.Aside
	for _, err := range result.Errors {
		complain(o.ErrOut, err)
	}
	note(o.ErrOut, ordinaryCluster)
	o.useExceptions(m, time.Now())
	o.noteKinds("Kinds that are not read", result.Ignored)
	o.noteDuplicates(result.Duplicates)
	for _, key := range result.Unowned {
		note(o.ErrOut, "%s is not assessed: it belongs to a controller that is not in the files, and no pod of it is.", key)
	}
	for _, p := range m.Grants.Problems() {
		note(o.ErrOut, "%s: %s", p.Object, p.Message)
	}
	o.noteLost(m)
	m.broken = len(result.Errors)
	return nil
}

func (o *sourceOptions) client() (*rest.Config, kubernetes.Interface, error) {
	restConfig, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	restConfig.QPS, restConfig.Burst = clientQPS, clientBurst
	client, err := kubernetes.NewForConfig(restConfig)
	if err != nil {
		return nil, nil, fmt.Errorf("making a client: %w", err)
	}
	return restConfig, client, nil
}

func (o *sourceOptions) loadCluster(ctx context.Context, m *loaded, allNamespaces bool) error {
	restConfig, client, err := o.client()
	if err != nil {
		return err
	}
	namespace := metav1.NamespaceAll
	if !allNamespaces {
		if namespace, err = o.namespace(); err != nil {
			return err
		}
	}
	o.progress.begin("Objects read")
	defer o.progress.end()
	clients := live.Clients{Kubernetes: client, ConfigMaps: o.configMaps, OnObject: o.progress.step}
	if clients.Names, err = metadata.NewForConfig(restConfig); err != nil {
		return fmt.Errorf("making a client for metadata: %w", err)
	}
	if o.SecretMetadata {
		clients.Secrets = clients.Names
	}
	if clients.Params, err = dynamic.NewForConfig(restConfig); err != nil {
		return fmt.Errorf("making a client for the parameters of policies: %w", err)
	}
	if clients.Mapper, err = o.ConfigFlags.ToRESTMapper(); err != nil {
		return fmt.Errorf("asking the cluster for its resources: %w", err)
	}
	m.clients = &clients
	if err := live.List(ctx, clients, namespace, m.Model); err != nil {
		return err
	}
	if err := o.loadExceptions(ctx, m); err != nil {
		return err
	}
	o.useExceptions(m, time.Now())
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return fmt.Errorf("asking for the version of the API server: %w", err)
	}
	// Some providers write 37+. One that cannot be read is not known.
	m.minor, _ = strconv.Atoi(strings.TrimRight(version.Minor, "+"))
	return nil
}

// tellStates names the sources of a cluster that could not be read. Those that are needed count as broken: without pods a
// scan would look clean for want of anything to look at.
func (o *sourceOptions) tellStates(s *snapshot.Snapshot, needed []snapshot.Source) (broken int) {
	for _, status := range s.SourceStates() {
		switch {
		case !status.Lacking():
		case slices.Contains(needed, status.Source):
			complain(o.ErrOut, fmt.Errorf("%s cannot be read (%s)", status.Source, status.State))
			broken++
		default:
			note(o.ErrOut, "%s cannot be read (%s): answers that need them are Unknown.", status.Source, status.State)
		}
	}
	if state := s.ConfigMaps(); state == snapshot.Forbidden || state == snapshot.Missing {
		note(o.ErrOut, "configmaps cannot be read (%s): hosts that they name for the environment of pods are not reported.", state)
	}
	return broken
}

// noteKinds counts objects by kind, where there are any.
func (o *sourceOptions) noteKinds(what string, kinds []loader.KindCount) {
	if len(kinds) == 0 {
		return
	}
	counts := make([]string, len(kinds))
	for i, k := range kinds {
		counts[i] = fmt.Sprintf("%d %s (%s)", k.Count, k.Kind, k.APIVersion)
	}
	note(o.ErrOut, "%s: %s.", what, strings.Join(counts, ", "))
}

func (o *sourceOptions) noteDuplicates(duplicates []loader.Duplicate) {
	for _, d := range duplicates {
		note(o.ErrOut, "%s is given more than once; the last one counts, %s.", d.Key, d.At)
	}
}

// noteLost has the pods assessed by themselves whose owner could not be found: all is read, so none is to come. A drain tells of
// them in its own way.
func (o *sourceOptions) noteLost(m *loaded) {
	if m.Drain != nil {
		return
	}
	lost := m.Snapshot.Lost()
	if m.Snapshot.GiveUp(lost); len(lost) > 0 {
		note(o.ErrOut, "Pods that are assessed by themselves, because their owner could not be found: %d.", len(lost))
	}
}
