package live

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/snapshot"
)

// policySources are what decides about admission.
func policySources(c kubernetes.Interface) []source {
	r, beta := c.AdmissionregistrationV1(), c.AdmissionregistrationV1beta1()
	return []source{
		{name: snapshot.ValidatingAdmissionPolicies, list: page(r.ValidatingAdmissionPolicies().List)},
		{name: snapshot.ValidatingAdmissionPolicyBindings, list: page(r.ValidatingAdmissionPolicyBindings().List)},
		{
			name: snapshot.MutatingAdmissionPolicies, list: page(r.MutatingAdmissionPolicies().List),
			earlier: page(beta.MutatingAdmissionPolicies().List),
		},
		{
			name: snapshot.MutatingAdmissionPolicyBindings, list: page(r.MutatingAdmissionPolicyBindings().List),
			earlier: page(beta.MutatingAdmissionPolicyBindings().List),
		},
		{name: snapshot.ValidatingWebhookConfigurations, list: page(r.ValidatingWebhookConfigurations().List)},
		{name: snapshot.MutatingWebhookConfigurations, list: page(r.MutatingWebhookConfigurations().List)},
	}
}

// ListParams reads the objects that policies take as their parameters, of the kinds that have not been read yet. Those of a
// kind that cannot be read make what depends on them Unknown.
func (c *Clients) ListParams(ctx context.Context, policies *admission.Policies) error {
	for _, kind := range policies.ParamKinds() {
		if policies.ParamStatus(kind.Kind).State != admission.ParamsNotSynced {
			continue
		}
		status := c.listParams(ctx, policies, kind.Kind)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("listing the parameters %s of policies: %w", kind.Kind, err)
		}
		policies.SetParamKind(kind.Kind, status)
	}
	return nil
}

// listParams reads the objects of one kind. One that the API server fails to read, as where its conversion webhook is down, keeps
// nobody from the others.
func (c *Clients) listParams(ctx context.Context, policies *admission.Policies, kind schema.GroupVersionKind) admission.ParamStatus {
	if c.Params == nil || c.Mapper == nil {
		return admission.ParamStatus{State: admission.ParamsForbidden}
	}
	mapping, err := c.Mapper.RESTMapping(kind.GroupKind(), kind.Version)
	switch {
	case meta.IsNoMatchError(err):
		return admission.ParamStatus{State: admission.ParamsMissing}
	case err != nil:
		return admission.ParamStatus{State: admission.ParamsUnreachable}
	}
	status := admission.ParamStatus{State: admission.ParamsForbidden, Namespaced: mapping.Scope.Name() == meta.RESTScopeNameNamespace}
	all := page(c.Params.Resource(mapping.Resource).Namespace(metav1.NamespaceAll).List)
	state, err := read(ctx, all, func(object runtime.Object) error {
		_, err := policies.UpsertParam(kind, object)
		return err
	})
	switch {
	case err != nil:
		status.State = admission.ParamsUnreachable
	case state == snapshot.Synced:
		status.State = admission.ParamsSynced
	case state == snapshot.Missing:
		status.State = admission.ParamsMissing
	}
	return status
}
