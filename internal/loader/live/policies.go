package live

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
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
		status := admission.ParamStatus{State: admission.ParamsForbidden}
		if c.Params == nil || c.Mapper == nil {
			policies.SetParamKind(kind.Kind, status)
			continue
		}
		mapping, err := c.Mapper.RESTMapping(kind.Kind.GroupKind(), kind.Kind.Version)
		if meta.IsNoMatchError(err) {
			policies.SetParamKind(kind.Kind, admission.ParamStatus{State: admission.ParamsMissing})
			continue
		}
		if err != nil {
			return fmt.Errorf("looking up the parameters %s of policies: %w", kind.Kind, err)
		}
		status.Namespaced = mapping.Scope.Name() == meta.RESTScopeNameNamespace
		all := page(c.Params.Resource(mapping.Resource).Namespace(metav1.NamespaceAll).List)
		state, err := read(ctx, all, func(object runtime.Object) error {
			_, err := policies.UpsertParam(kind.Kind, object)
			return err
		})
		if err != nil {
			return fmt.Errorf("listing the parameters %s of policies: %w", kind.Kind, err)
		}
		switch state {
		case snapshot.Synced:
			status.State = admission.ParamsSynced
		case snapshot.Missing:
			status.State = admission.ParamsMissing
		case snapshot.Forbidden, snapshot.NotSynced, snapshot.NotGiven, snapshot.NotEnabled, snapshot.Unreachable:
		}
		policies.SetParamKind(kind.Kind, status)
	}
	return nil
}
