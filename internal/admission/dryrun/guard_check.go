package dryrun

import (
	"context"
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// check looks at everything that the guard depends on, the cheapest first. Each look returns the zero Standing where it has
// nothing to object to.
func (g *Guard) check(ctx context.Context) Standing {
	g.checking.Lock()
	defer g.checking.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	for _, look := range [...]func(context.Context) (Standing, error){g.whoAmI, g.policy, g.binding, g.impersonation, g.right} {
		found, err := look(ctx)
		if err != nil {
			return Standing{State: Unreadable, Detail: text(err.Error(), "", maxMessage)}
		}
		if found.State != "" {
			return found
		}
	}
	return g.probe(ctx)
}

// whoAmI learns the user that the guard has to be about. A token keeps its user.
func (g *Guard) whoAmI(ctx context.Context) (Standing, error) {
	if g.user != "" {
		return Standing{}, nil
	}
	review := &authenticationv1.SelfSubjectReview{}
	if err := g.client.Create(ctx, review); err != nil {
		return Standing{}, fmt.Errorf("asking who we are: %w", err)
	}
	user := review.Status.UserInfo.Username
	if namespace, _ := serviceAccountOf(user); namespace == "" {
		return Standing{State: Altered, Detail: fmt.Sprintf("%q is no ServiceAccount, and the guard is for one", user)}, nil
	}
	g.user = user
	return Standing{}, nil
}

// serviceAccountOf is the ServiceAccount that a user is; empty where it is none.
func serviceAccountOf(user string) (namespace, name string) {
	rest, _ := strings.CutPrefix(user, "system:serviceaccount:")
	if namespace, name, _ = strings.Cut(rest, ":"); rest == user || name == "" {
		return "", ""
	}
	return namespace, name
}

func (g *Guard) policy(ctx context.Context) (Standing, error) {
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{}
	if found, err := g.read(ctx, "policy", policy); err != nil || found.State != "" {
		return found, err
	}
	if fields := policyDiffers(policy.Spec, ExpectedPolicy(g.user)); fields != "" {
		return Standing{
			State: Altered, Detail: fmt.Sprintf("%s of the policy %s is not what it has to be for %s", fields, GuardName, g.user),
		}, nil
	}
	return Standing{}, nil
}

func (g *Guard) binding(ctx context.Context) (Standing, error) {
	binding := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}
	if found, err := g.read(ctx, "binding", binding); err != nil || found.State != "" {
		return found, err
	}
	if fields := bindingDiffers(binding.Spec, ExpectedBinding()); fields != "" {
		return Standing{State: Altered, Detail: fmt.Sprintf("%s of the binding %s is not what it has to be", fields, GuardName)}, nil
	}
	return Standing{}, nil
}

func (g *Guard) read(ctx context.Context, what string, object client.Object) (Standing, error) {
	err := g.client.Get(ctx, client.ObjectKey{Name: GuardName}, object)
	switch {
	case apierrors.IsNotFound(err):
		return Standing{State: Missing, Detail: fmt.Sprintf("there is no %s %s", what, GuardName)}, nil
	case err != nil:
		return Standing{}, fmt.Errorf("reading the %s %s: %w", what, GuardName, err)
	case object.GetDeletionTimestamp() != nil:
		return Standing{State: Missing, Detail: fmt.Sprintf("the %s %s is being deleted", what, GuardName)}, nil
	}
	return Standing{}, nil
}

// impersonating are the rights to act as somebody else: the verb of old, and those of constrained impersonation (KEP-5284).
func impersonating() []authorizationv1.ResourceAttributes {
	const constrained = "authentication.k8s.io"
	return []authorizationv1.ResourceAttributes{
		{Verb: "impersonate", Resource: "users"},
		{Verb: "impersonate", Resource: "groups"},
		{Verb: "impersonate", Resource: "serviceaccounts"},
		{Verb: "impersonate:user-info", Group: constrained, Resource: "users"},
		{Verb: "impersonate:serviceaccount", Group: constrained, Resource: "serviceaccounts"},
		{Verb: "impersonate:arbitrary-node", Group: constrained, Resource: "nodes"},
		{Verb: "impersonate:associated-node", Group: constrained, Resource: "nodes"},
	}
}

// impersonation looks for a right to act as somebody else. An access review is answered by all authorizers, for any name;
// a rules review adds what is granted for some names only.
func (g *Guard) impersonation(ctx context.Context) (Standing, error) {
	for _, attributes := range impersonating() {
		allowed, err := g.may(ctx, attributes)
		if err != nil {
			return Standing{}, err
		}
		if allowed {
			return Standing{State: MayImpersonate, Detail: fmt.Sprintf("%s may %s %s", g.user, attributes.Verb, attributes.Resource)}, nil
		}
	}
	namespace, _ := serviceAccountOf(g.user)
	review := &authorizationv1.SelfSubjectRulesReview{Spec: authorizationv1.SelfSubjectRulesReviewSpec{Namespace: namespace}}
	if err := g.client.Create(ctx, review); err != nil {
		return Standing{}, fmt.Errorf("asking which rights we have: %w", err)
	}
	for _, rule := range review.Status.ResourceRules {
		if i := slices.IndexFunc(rule.Verbs, impersonates); i >= 0 {
			return Standing{
				State: MayImpersonate, Detail: fmt.Sprintf("%s may %s some %s", g.user, rule.Verbs[i], strings.Join(rule.Resources, ", ")),
			}, nil
		}
	}
	return Standing{}, nil
}

func impersonates(verb string) bool {
	return verb == "impersonate" || strings.HasPrefix(verb, "impersonate:")
}

// right looks whether there is the right to create pods at all, everywhere.
func (g *Guard) right(ctx context.Context) (Standing, error) {
	allowed, err := g.may(ctx, authorizationv1.ResourceAttributes{Verb: "create", Resource: "pods"})
	if err != nil {
		return Standing{}, err
	}
	if !allowed {
		return Standing{State: NotGranted, Detail: g.user + " may not create pods"}, nil
	}
	return Standing{}, nil
}

func (g *Guard) may(ctx context.Context, attributes authorizationv1.ResourceAttributes) (bool, error) {
	review := &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &attributes},
	}
	if err := g.client.Create(ctx, review); err != nil {
		return false, fmt.Errorf("asking whether we may %s %s: %w", attributes.Verb, attributes.Resource, err)
	}
	return review.Status.Allowed, nil
}

// probe asks by dry-run for the pod that the guard refuses by name. The refusal shows that the API server has seen the
// policy and its binding, knows us by the name in it, and denies. A real create would show no more, and would be one if
// the guard were not there.
//
// Where somebody else refuses the probe first, it shows nothing, and what was read stands for itself.
func (g *Guard) probe(ctx context.Context) Standing {
	answer := classify(g.client.Create(ctx, probePod(serviceAccountOf(g.user)), client.DryRunAll))
	by := Denier{Kind: ValidatingAdmissionPolicy, Name: GuardName, Binding: GuardName}
	switch {
	case answer.Verdict == Admitted:
		return Standing{State: NotObserved, Detail: "the API server does not refuse what the guard refuses"}
	case answer.Denier == by:
		return Standing{State: InForce, Detail: "policy and binding are as they have to be, and the API server refuses by them"}
	case answer.Verdict == Denied:
		return Standing{State: InForce, Detail: strings.TrimSpace(fmt.Sprintf(
			"policy and binding are as they have to be; whether the API server refuses by them is hidden by %s %s",
			answer.Denier.Kind, answer.Denier.Name))}
	default:
		said := fmt.Sprintf("probing the guard: %s: %s", answer.Reason, answer.Message)
		return Standing{State: Unreadable, Detail: text(said, "", maxMessage)}
	}
}

// probePod is a pod that no policy has much to say about, of a ServiceAccount that exists.
func probePod(namespace, serviceAccount string) *corev1.Pod {
	little := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1m"), corev1.ResourceMemory: resource.MustParse("1Mi")}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: probeName, Namespace: namespace},
		Spec: corev1.PodSpec{
			ServiceAccountName:           serviceAccount,
			AutomountServiceAccountToken: ptr.To(false),
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](65532),
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name: "probe", Image: "registry.invalid/probe@sha256:" + strings.Repeat("0", 64),
				Resources: corev1.ResourceRequirements{Requests: little, Limits: little},
				SecurityContext: &corev1.SecurityContext{
					AllowPrivilegeEscalation: ptr.To(false), ReadOnlyRootFilesystem: ptr.To(true),
					Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
				},
			}},
		},
	}
}
