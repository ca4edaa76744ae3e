package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes"

	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/loader/live"
	"github.com/daysix/daysix/internal/snapshot"
)

// The limits of a client that reads a cluster once: those of kubectl's discovery, in requests per second.
const (
	clientQPS   = 50
	clientBurst = 300
)

// ordinaryCluster says what files cannot show. The checks assume the same.
const ordinaryCluster = "Only files were read. What they do not show is taken for an ordinary cluster: other pods and worker " +
	"nodes exist, no control-plane node is in sight, a ServiceAccount has no bindings and mounts its token, and a container " +
	"is root unless its manifest says otherwise."

// sourceOptions say where the objects come from. Verbs that read objects embed it.
type sourceOptions struct {
	genericiooptions.IOStreams
	ConfigFlags   *genericclioptions.ConfigFlags
	Filenames     []string
	AllNamespaces bool
	ConfigFile    string
}

func newSourceOptions(streams genericiooptions.IOStreams) sourceOptions {
	return sourceOptions{IOStreams: streams, ConfigFlags: genericclioptions.NewConfigFlags(true)}
}

func (o *sourceOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVarP(&o.Filenames, "filename", "f", nil,
		"File or directory of manifests, or - for the standard input. May be repeated. Without it the live cluster is read.")
	flags.BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "Read all namespaces of the live cluster.")
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
	if len(o.Filenames) > 0 && o.AllNamespaces {
		return errors.New("--all-namespaces is for a live cluster: files are read as a whole")
	}
	if slices.Contains(o.Filenames, "") {
		return errors.New("--filename must not be empty")
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

// load reads the objects. What could not be read is told on the standard error; broken counts it.
func (o *sourceOptions) load(ctx context.Context) (s *snapshot.Snapshot, broken int, err error) {
	if len(o.Filenames) > 0 {
		s, broken = o.loadFiles()
		return s, broken, nil
	}
	if s, err = o.loadCluster(ctx); err != nil {
		return nil, 0, err
	}
	return s, o.tellStates(s), nil
}

func (o *sourceOptions) loadFiles() (s *snapshot.Snapshot, broken int) {
	namespace := *o.ConfigFlags.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault
	}
	result := loader.Files(o.Filenames, o.In, namespace)
	for _, err := range result.Errors {
		complain(o.ErrOut, err)
	}
	note(o.ErrOut, ordinaryCluster)
	if len(result.Ignored) > 0 {
		kinds := make([]string, len(result.Ignored))
		for i, k := range result.Ignored {
			kinds[i] = fmt.Sprintf("%d %s (%s)", k.Count, k.Kind, k.APIVersion)
		}
		note(o.ErrOut, "Kinds that are not read: %s.", strings.Join(kinds, ", "))
	}
	for _, d := range result.Duplicates {
		note(o.ErrOut, "%s is given more than once; the last one counts, %s.", d.Key, d.At)
	}
	for _, key := range result.Unowned {
		note(o.ErrOut, "%s is not assessed: it belongs to a controller that is not in the files, and no pod of it is.", key)
	}
	o.noteWaiting(result.Snapshot)
	return result.Snapshot, len(result.Errors)
}

func (o *sourceOptions) loadCluster(ctx context.Context) (*snapshot.Snapshot, error) {
	restConfig, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	restConfig.QPS, restConfig.Burst = clientQPS, clientBurst
	client, err := kubernetes.NewForConfig(restConfig)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	namespace := metav1.NamespaceAll
	if !o.AllNamespaces {
		if namespace, _, err = o.ConfigFlags.ToRawKubeConfigLoader().Namespace(); err != nil {
			return nil, fmt.Errorf("reading the kubeconfig: %w", err)
		}
	}
	return live.List(ctx, client, namespace)
}

// tellStates names the sources of a cluster that could not be read. Without pods a scan would look clean for want of
// anything to look at: that counts as broken.
func (o *sourceOptions) tellStates(s *snapshot.Snapshot) (broken int) {
	for _, status := range s.SourceStates() {
		switch {
		case status.State == snapshot.Synced:
		case status.Source == snapshot.Pods:
			complain(o.ErrOut, fmt.Errorf("%s cannot be read (%s)", status.Source, status.State))
			broken++
		default:
			note(o.ErrOut, "%s cannot be read (%s): answers that need them are Unknown.", status.Source, status.State)
		}
	}
	o.noteWaiting(s)
	return broken
}

func (o *sourceOptions) noteWaiting(s *snapshot.Snapshot) {
	if waiting := s.Waiting(); waiting > 0 {
		note(o.ErrOut, "Pods that are not assessed, because their owner could not be found: %d.", waiting)
	}
}
