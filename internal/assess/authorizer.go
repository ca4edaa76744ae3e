package assess

import (
	"context"

	"k8s.io/apiserver/pkg/authentication/serviceaccount"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/daysix/daysix/internal/rbac"
)

// Authorizer answers what policies ask about the rights of whoever creates a pod, from what RBAC grants. An authorizer that
// stands beside RBAC may allow more.
func Authorizer(grants *rbac.Index) authorizer.UnconditionalAuthorizer { return rbacAuthorizer{grants} }

type rbacAuthorizer struct{ grants *rbac.Index }

// Authorize implements authorizer.UnconditionalAuthorizer.
func (a rbacAuthorizer) Authorize(_ context.Context, request authorizer.Attributes) (authorizer.Decision, string, error) {
	subjects := []rbac.Subject{rbac.User(request.GetUser().GetName())}
	if namespace, name, err := serviceaccount.SplitUsername(request.GetUser().GetName()); err == nil {
		subjects[0] = rbac.ServiceAccount(namespace, name)
	} else {
		for _, group := range request.GetUser().GetGroups() {
			subjects = append(subjects, rbac.Group(group))
		}
	}
	attributes := rbac.Attributes{Verb: request.GetVerb()}
	if request.IsResourceRequest() {
		attributes.APIGroup, attributes.Resource = request.GetAPIGroup(), request.GetResource()
		attributes.Subresource, attributes.Namespace, attributes.Name = request.GetSubresource(), request.GetNamespace(), request.GetName()
	} else {
		attributes.Path = request.GetPath()
	}
	for _, subject := range subjects {
		rights := a.grants.Resolve(subject)
		if grant, ok := rights.Allows(attributes); ok {
			return authorizer.DecisionAllow, grant.Binding.String(), nil
		}
	}
	return authorizer.DecisionNoOpinion, "", nil
}
