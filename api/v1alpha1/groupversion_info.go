// Package v1alpha1 holds the kinds of the API group daysix.dev: what the audit found, one report a workload, and what
// of it is accepted.
//
// +kubebuilder:object:generate=true
// +kubebuilder:ac:generate=true
// +groupName=daysix.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// SchemeGroupVersion is the group and version of the kinds in this package.
	SchemeGroupVersion = schema.GroupVersion{Group: "daysix.dev", Version: "v1alpha1"}

	// SchemeBuilder registers the kinds of this package.
	SchemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme adds the kinds of this package to a scheme.
	AddToScheme = SchemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(SchemeGroupVersion,
		&AuditException{}, &AuditExceptionList{}, &PodSecurityReport{}, &PodSecurityReportList{})
	metav1.AddToGroupVersion(scheme, SchemeGroupVersion)
	return nil
}
