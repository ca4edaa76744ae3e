package controllers

import (
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	"sigs.k8s.io/controller-runtime/pkg/client"

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
	policy := func(kind admission.Kind) func(string) admission.Scope {
		return func(name string) admission.Scope { return p.DeletePolicy(admission.Ref{Kind: kind, Name: name}) }
	}
	binding := func(kind admission.Kind) func(string) admission.Scope {
		return func(name string) admission.Scope { return p.DeleteBinding(kind, name) }
	}
	webhooks := func(kind admission.Kind) func(string) admission.Scope {
		return func(name string) admission.Scope { return p.DeleteWebhooks(admission.Ref{Kind: kind, Name: name}) }
	}
	mutating := policyFeed(snapshot.MutatingAdmissionPolicies, within, p.UpsertMutatingPolicy, policy(admission.MutatingPolicy))
	mutating.earlier = &admissionregistrationv1beta1.MutatingAdmissionPolicy{}
	mutatingBindings := policyFeed(
		snapshot.MutatingAdmissionPolicyBindings, within, p.UpsertMutatingBinding, binding(admission.MutatingPolicy))
	mutatingBindings.earlier = &admissionregistrationv1beta1.MutatingAdmissionPolicyBinding{}
	return []feed{
		policyFeed(snapshot.ValidatingAdmissionPolicies, within, p.UpsertValidatingPolicy, policy(admission.ValidatingPolicy)),
		policyFeed(snapshot.ValidatingAdmissionPolicyBindings, within, p.UpsertValidatingBinding, binding(admission.ValidatingPolicy)),
		mutating, mutatingBindings,
		policyFeed(snapshot.ValidatingWebhookConfigurations, within, p.UpsertValidatingWebhooks, webhooks(admission.ValidatingWebhooks)),
		policyFeed(snapshot.MutatingWebhookConfigurations, within, p.UpsertMutatingWebhooks, webhooks(admission.MutatingWebhooks)),
	}
}

// policyFeed makes a feed of objects without a namespace from verbs that tell which namespaces a change is about.
func policyFeed[T any, P interface {
	*T
	client.Object
}](
	source snapshot.Source, within func(admission.Scope) snapshot.Affected,
	upsert func(P) admission.Scope, remove func(name string) admission.Scope,
) feed {
	return feedOf(source,
		func(o P) snapshot.Affected { return within(upsert(o)) },
		func(o P) snapshot.Affected { return within(remove(o.GetName())) })
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
