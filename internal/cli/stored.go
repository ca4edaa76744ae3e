package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/strict"
)

// The resources of Daysix itself.
const (
	reportsResource    = "podsecurityreports"
	exceptionsResource = "auditexceptions"
)

// pageSize is the number of objects in one answer of the API server, as kubectl asks for them.
const pageSize = 500

// stored lists objects of Daysix that a cluster holds. The error says of which kind a cluster holds none because the API server
// does not serve it.
func (o *sourceOptions) stored(ctx context.Context, resource, namespace, selector string, add func(runtime.Object) error) error {
	client, err := o.daysixClient()
	if err != nil {
		return err
	}
	list := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		var into runtime.Object = &daysixv1alpha1.PodSecurityReportList{}
		if resource == exceptionsResource {
			into = &daysixv1alpha1.AuditExceptionList{}
		}
		err := client.Get().NamespaceIfScoped(namespace, namespace != metav1.NamespaceAll).Resource(resource).
			VersionedParams(&options, metav1.ParameterCodec).Do(ctx).Into(into)
		return into, err
	}
	pages := pager.New(list)
	pages.PageSize = pageSize
	if err := pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: selector}, add); err != nil {
		return fmt.Errorf("listing %s: %w", resource, err)
	}
	return nil
}

func (o *sourceOptions) daysixClient() (rest.Interface, error) {
	config, err := o.ConfigFlags.ToRESTConfig()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	scheme := runtime.NewScheme()
	if err := daysixv1alpha1.AddToScheme(scheme); err != nil {
		return nil, fmt.Errorf("knowing the kinds of Daysix: %w", err)
	}
	config.QPS, config.Burst = clientQPS, clientBurst
	config.APIPath, config.GroupVersion = "/apis", &daysixv1alpha1.SchemeGroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.RESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	return client, nil
}

// storedReports lists the reports of a namespace, or of all.
func (o *sourceOptions) storedReports(ctx context.Context, namespace, selector string) ([]*daysixv1alpha1.PodSecurityReport, error) {
	var reports []*daysixv1alpha1.PodSecurityReport
	err := o.stored(ctx, reportsResource, namespace, selector, func(object runtime.Object) error {
		if r, ok := object.(*daysixv1alpha1.PodSecurityReport); ok {
			reports = append(reports, r)
		}
		return nil
	})
	if apierrors.IsNotFound(errors.Unwrap(err)) {
		return nil, errors.New("the cluster serves no podsecurityreports: Daysix is not installed there; kubectl daysix scan needs no installation")
	}
	return reports, err
}

// readReports reads reports from a file or the standard input: a List as scan and kubectl write it, or documents.
func readReports(path string, stdin io.Reader) ([]*daysixv1alpha1.PodSecurityReport, error) {
	name, data, err := path, []byte(nil), error(nil)
	if path == "-" {
		name = "stdin"
		data, err = io.ReadAll(stdin)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var out []*daysixv1alpha1.PodSecurityReport
	documents := strict.Documents(data)
	for i := range documents {
		at := fmt.Sprintf("%s: document %d", name, documents[i].Number)
		encoded, err := documents[i].JSON()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		reports, err := reportsIn(encoded)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at, err)
		}
		out = append(out, reports...)
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("%s: no PodSecurityReports, and no List of them", name)
	}
	return out, nil
}
