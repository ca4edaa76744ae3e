package printer

import (
	"cmp"
	"io"
	"slices"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// list is what kubectl prints for several objects.
type list struct {
	APIVersion string                              `json:"apiVersion"`
	Kind       string                              `json:"kind"`
	Metadata   metav1.ListMeta                     `json:"metadata"`
	Items      []*daysixv1alpha1.PodSecurityReport `json:"items"`
}

func listOf(reports []*daysixv1alpha1.PodSecurityReport) list {
	items := slices.Clone(reports)
	slices.SortStableFunc(items, byWorkload)
	if items == nil {
		items = []*daysixv1alpha1.PodSecurityReport{}
	}
	return list{APIVersion: "v1", Kind: "List", Items: items}
}

// byWorkload orders reports by namespace, kind and name of the workload.
func byWorkload(a, b *daysixv1alpha1.PodSecurityReport) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Spec.WorkloadRef.Kind, b.Spec.WorkloadRef.Kind),
		cmp.Compare(a.Spec.WorkloadRef.Name, b.Spec.WorkloadRef.Name),
		cmp.Compare(a.Spec.WorkloadRef.APIVersion, b.Spec.WorkloadRef.APIVersion),
	)
}

// JSON writes the reports as one List, ordered by namespace, kind and name of the workload.
func JSON(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport) error {
	return writeJSON(w, listOf(reports))
}

// YAML writes what JSON writes, as YAML.
func YAML(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport) error {
	return writeYAML(w, listOf(reports))
}
