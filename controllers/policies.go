package controllers

import (
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingadmissionpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingadmissionpolicybindings,verbs=get;list;watch
// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=mutatingadmissionpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=mutatingadmissionpolicybindings,verbs=get;list;watch
// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingwebhookconfigurations,verbs=get;list;watch
// +kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=mutatingwebhookconfigurations,verbs=get;list;watch

// policyFeeds lists the feeds of what decides about admission. What a change affects are the workloads of the namespaces
// that it is about. changed is called after one that may have policies read other kinds of parameters.
func policyFeeds(p *admission.Policies, s *snapshot.Snapshot, changed func()) []feed {
	within := func(scope admission.Scope) snapshot.Affected {
		changed()
		return affectedBy(s, scope)
	}
	ref := func(kind admission.Kind, name string) admission.Ref { return admission.Ref{Kind: kind, Name: name} }
	return []feed{
		feedOf(snapshot.ValidatingAdmissionPolicies,
			func(o *admissionregistrationv1.ValidatingAdmissionPolicy) snapshot.Affected {
				return within(p.UpsertValidatingPolicy(o))
			},
			func(o *admissionregistrationv1.ValidatingAdmissionPolicy) snapshot.Affected {
				return within(p.DeletePolicy(ref(admission.ValidatingPolicy, o.Name)))
			}),
		feedOf(snapshot.ValidatingAdmissionPolicyBindings,
			func(o *admissionregistrationv1.ValidatingAdmissionPolicyBinding) snapshot.Affected {
				return within(p.UpsertValidatingBinding(o))
			},
			func(o *admissionregistrationv1.ValidatingAdmissionPolicyBinding) snapshot.Affected {
				return within(p.DeleteBinding(admission.ValidatingPolicy, o.Name))
			}),
		feedOf(snapshot.MutatingAdmissionPolicies,
			func(o *admissionregistrationv1.MutatingAdmissionPolicy) snapshot.Affected {
				return within(p.UpsertMutatingPolicy(o))
			},
			func(o *admissionregistrationv1.MutatingAdmissionPolicy) snapshot.Affected {
				return within(p.DeletePolicy(ref(admission.MutatingPolicy, o.Name)))
			}),
		feedOf(snapshot.MutatingAdmissionPolicyBindings,
			func(o *admissionregistrationv1.MutatingAdmissionPolicyBinding) snapshot.Affected {
				return within(p.UpsertMutatingBinding(o))
			},
			func(o *admissionregistrationv1.MutatingAdmissionPolicyBinding) snapshot.Affected {
				return within(p.DeleteBinding(admission.MutatingPolicy, o.Name))
			}),
		feedOf(snapshot.ValidatingWebhookConfigurations,
			func(o *admissionregistrationv1.ValidatingWebhookConfiguration) snapshot.Affected {
				return within(p.UpsertValidatingWebhooks(o))
			},
			func(o *admissionregistrationv1.ValidatingWebhookConfiguration) snapshot.Affected {
				return within(p.DeleteWebhooks(ref(admission.ValidatingWebhooks, o.Name)))
			}),
		feedOf(snapshot.MutatingWebhookConfigurations,
			func(o *admissionregistrationv1.MutatingWebhookConfiguration) snapshot.Affected {
				return within(p.UpsertMutatingWebhooks(o))
			},
			func(o *admissionregistrationv1.MutatingWebhookConfiguration) snapshot.Affected {
				return within(p.DeleteWebhooks(ref(admission.MutatingWebhooks, o.Name)))
			}),
	}
}

// affectedBy lists the workloads of the namespaces that a change of a policy is about.
func affectedBy(s *snapshot.Snapshot, scope admission.Scope) snapshot.Affected {
	switch {
	case scope.Empty():
		return nil
	case scope.All():
		return s.Workloads()
	default:
		return s.OfNamespaces(scope.Matches)
	}
}
