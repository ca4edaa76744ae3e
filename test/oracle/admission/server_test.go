package admission

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// server is a running API server with what all worlds share.
type server struct {
	client client.Client
	admin  asking
	users  []asking

	// unknown counts the verdicts that are not known without a fact.
	unknown map[string]int

	mu      sync.Mutex
	answers map[string]authorizationv1.SubjectAccessReviewStatus
}

// asking is a user with a client of his own.
type asking struct {
	user.DefaultInfo

	api kubernetes.Interface
}

func start(t *testing.T) *server {
	t.Helper()
	c := cluster.StartFor(t, cluster.Options{NoAudit: true, CRDs: []string{"testdata/crds.yaml"}})
	var err error
	s := &server{answers: map[string]authorizationv1.SubjectAccessReviewStatus{}}
	config := c.Config()
	config.QPS = -1
	config.WarningHandlerWithContext = warnings{}
	if s.client, err = client.New(config, client.Options{}); err != nil {
		t.Fatal(err)
	}
	if s.admin.api, err = kubernetes.NewForConfig(config); err != nil {
		t.Fatal(err)
	}
	s.prepare(t)
	for _, u := range []user.DefaultInfo{
		{Name: "alice", Groups: []string{"dev", user.AllAuthenticated}},
		{Name: "bob", Groups: []string{"ops", user.AllAuthenticated}},
		{Name: "system:serviceaccount:kube-system:replicaset-controller", Groups: []string{
			"system:serviceaccounts", "system:serviceaccounts:kube-system", user.AllAuthenticated,
		}},
		{Name: "system:serviceaccount:shop:web", Groups: []string{"system:serviceaccounts", "system:serviceaccounts:shop", user.AllAuthenticated}},
	} {
		s.users = append(s.users, asking{u, impersonate(t, config, u)})
	}
	return s
}

func impersonate(t *testing.T, config *rest.Config, u user.DefaultInfo) kubernetes.Interface {
	t.Helper()
	as := rest.CopyConfig(config)
	as.Impersonate = rest.ImpersonationConfig{UserName: u.Name, Groups: u.Groups}
	c, err := kubernetes.NewForConfig(as)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// prepare creates namespaces, ServiceAccounts and rights: everybody creates pods, and not everybody may do all that policies
// ask about.
func (s *server) prepare(t *testing.T) {
	t.Helper()
	for _, name := range namespaceNames {
		s.create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: namespaces[name]}})
		for _, account := range []string{"default", "web"} {
			s.create(t, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: account}})
		}
	}
	rule := func(verb, group, resource string) rbacv1.PolicyRule {
		return rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{group}, Resources: []string{resource}}
	}
	s.grant(t, "creators", "Group", user.AllAuthenticated, rule("create", "", "pods"))
	s.grant(t, "dev", "Group", "dev", rule("get", "", "secrets"), rule("update", "apps", "deployments/scale"))
	s.grant(t, "bob", "User", "bob", rule("delete", "", "pods"), rbacv1.PolicyRule{Verbs: []string{"get"}, NonResourceURLs: []string{"/metrics"}})
	for _, keeper := range keepers() {
		s.create(t, keeper)
	}
	s.create(t, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: "shop", Name: "web"}},
	})
}

func (s *server) grant(t *testing.T, name, kind, subject string, rules ...rbacv1.PolicyRule) {
	t.Helper()
	s.create(t, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules})
	s.create(t, &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: kind, Name: subject}},
	})
}

// create creates an object and fills in what the API server made of it. A policy that is gone may refuse it for a while.
func (s *server) create(t *testing.T, object client.Object) {
	t.Helper()
	eventually(t, fmt.Sprintf("%T %s is created", object, object.GetName()), func(ctx context.Context) (bool, error) {
		err := s.client.Create(ctx, object)
		return err == nil || apierrors.IsAlreadyExists(err), refusedOrNil(err)
	})
}

// refusedOrNil passes over the denial of a policy.
func refusedOrNil(err error) error {
	if err == nil || apierrors.IsAlreadyExists(err) || strings.Contains(err.Error(), " denied request: ") {
		return nil
	}
	return err
}

// dryRun creates a pod that is not stored, and returns what it would be and the warnings of policies.
func (a *asking) dryRun(ctx context.Context, namespace string, pod *corev1.Pod) (*corev1.Pod, []string, error) {
	heard := &heard{}
	ctx = context.WithValue(ctx, heardKey{}, heard)
	created, err := a.api.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	return created, heard.list, err
}

// warnings collects those of policies into the context of the request.
type warnings struct{}

type heardKey struct{}

type heard struct{ list []string }

// HandleWarningHeaderWithContext keeps the warning.
func (warnings) HandleWarningHeaderWithContext(ctx context.Context, _ int, _, text string) {
	if h, ok := ctx.Value(heardKey{}).(*heard); ok && strings.HasPrefix(text, "Validation failed for ValidatingAdmissionPolicy") {
		h.list = append(h.list, text)
	}
}

// Authorize asks the API server, once for each question.
func (s *server) Authorize(ctx context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{User: a.GetUser().GetName(), Groups: a.GetUser().GetGroups()}}
	if a.IsResourceRequest() {
		review.Spec.ResourceAttributes = &authorizationv1.ResourceAttributes{
			Verb: a.GetVerb(), Group: a.GetAPIGroup(), Version: a.GetAPIVersion(), Resource: a.GetResource(), Subresource: a.GetSubresource(),
			Namespace: a.GetNamespace(), Name: a.GetName(),
		}
	} else {
		review.Spec.NonResourceAttributes = &authorizationv1.NonResourceAttributes{Path: a.GetPath(), Verb: a.GetVerb()}
	}
	key := review.Spec.String()
	s.mu.Lock()
	answer, ok := s.answers[key]
	s.mu.Unlock()
	if !ok {
		created, err := s.admin.api.AuthorizationV1().SubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return authorizer.DecisionNoOpinion, "", err
		}
		answer = created.Status
		s.mu.Lock()
		s.answers[key] = answer
		s.mu.Unlock()
	}
	switch {
	case answer.Allowed:
		return authorizer.DecisionAllow, answer.Reason, nil
	case answer.Denied:
		return authorizer.DecisionDeny, answer.Reason, nil
	default:
		return authorizer.DecisionNoOpinion, answer.Reason, nil
	}
}

func eventually(t *testing.T, what string, done func(context.Context) (bool, error)) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 20*time.Millisecond, time.Minute, true, done); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}
