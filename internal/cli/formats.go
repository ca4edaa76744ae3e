package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/printer"
	"github.com/daysix/daysix/internal/printer/html"
	"github.com/daysix/daysix/internal/snapshot"
)

// print writes the reports in the format that was asked for.
func (o *scanOptions) print(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport, namespace string) error {
	switch o.Output {
	case outputJSON:
		return printer.JSON(w, reports)
	case outputYAML:
		return printer.YAML(w, reports)
	case outputSARIF:
		locate, err := o.locator()
		if err != nil {
			return err
		}
		return printer.SARIF(w, reports, locate)
	case outputJUnit:
		return printer.JUnit(w, reports, cmp.Or(finding.Severity(o.FailOn), finding.SeverityMedium))
	case outputHTML:
		source, err := o.pageSource(namespace)
		if err != nil {
			return err
		}
		return html.Write(w, reports, source)
	default:
		return printer.Table(w, reports, o.colour)
	}
}

// locator finds workloads in the files that were given. Those of a cluster stand in none.
func (o *scanOptions) locator() (printer.Locate, error) {
	namespace := ""
	if len(o.Filenames) > 0 {
		var err error
		if namespace, err = o.namespace(); err != nil {
			return nil, err
		}
	}
	positions := loader.Positions(o.Filenames, namespace)
	return func(r *daysixv1alpha1.PodSecurityReport, field string) (file string, line int, ok bool) {
		ref := &r.Spec.WorkloadRef
		key := snapshot.Key{Kind: ref.Kind, Namespace: r.Namespace, Name: ref.Name}
		if gv, err := schema.ParseGroupVersion(ref.APIVersion); err == nil {
			key.Group = gv.Group
		}
		position, ok := positions[key]
		if !ok {
			return "", 0, false
		}
		return position.File, position.Line(field), true
	}, nil
}

// filesNamed is how many files a page names of those that it is about.
const filesNamed = 3

func filesOf(names []string) string {
	names = slices.Sorted(slices.Values(names))
	said := strings.Join(names[:min(len(names), filesNamed)], ", ")
	if more := len(names) - filesNamed; more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return "Files: " + said
}

// pageSource says on a page what it is about. Files have no time: the same files give the same page.
func (o *scanOptions) pageSource(namespace string) (*html.Source, error) {
	if len(o.Filenames) > 0 {
		return &html.Source{Name: filesOf(o.Filenames)}, nil
	}
	kubeconfig, err := o.ConfigFlags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	name := "Cluster"
	if kubeContext := cmp.Or(*o.ConfigFlags.Context, kubeconfig.CurrentContext); kubeContext != "" {
		name += ": " + kubeContext
	}
	scope := "all namespaces"
	if namespace != metav1.NamespaceAll {
		scope = "namespace " + namespace
	}
	return &html.Source{Name: name, Scope: scope, Read: o.clock.Now().Truncate(time.Minute)}, nil
}
