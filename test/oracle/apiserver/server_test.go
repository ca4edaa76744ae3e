package apiserver

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/testing/rbacgen"
)

type apiServer struct {
	client  client.Client
	reviews authorizationclient.SubjectAccessReviewInterface
	// sentinels counts those that there have been: each has a name of its own, or an old one would be taken for it.
	sentinels int
}

// start runs an API server and, of the controllers, the one that fills in aggregated ClusterRoles.
func start(t *testing.T) *apiServer {
	t.Helper()
	c := cluster.StartFor(t, cluster.Options{NoAudit: true})
	if _, err := c.Run("kube-controller-manager", c.Binary("kube-controller-manager"), "--kubeconfig="+c.Kubeconfig(),
		"--controllers=clusterrole-aggregation-controller", "--leader-elect=false", "--secure-port=0",
		"--kube-api-qps=500", "--kube-api-burst=1000"); err != nil {
		t.Fatal(err)
	}
	config := c.Config()
	config.QPS = -1
	config.ContentType = runtime.ContentTypeProtobuf
	reviews, err := authorizationclient.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, namespace := range rbacgen.Namespaces() {
		err := objects.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			t.Fatal(err)
		}
	}
	return &apiServer{client: objects, reviews: reviews.SubjectAccessReviews()}
}

// load creates the objects and waits until the controller has aggregated them.
func (a *apiServer) load(t *testing.T, o *rbacgen.Objects) {
	t.Helper()
	for _, object := range all(o) {
		// The aggregation controller, which applies, may have brought back one of the world before.
		eventually(t, "an object is created", func(ctx context.Context) (bool, error) {
			err := a.client.Create(ctx, object)
			if apierrors.IsAlreadyExists(err) {
				return false, client.IgnoreNotFound(a.client.Delete(ctx, object))
			}
			return err == nil, err
		})
	}
	eventually(t, "aggregated ClusterRoles have the rules of the others", func(ctx context.Context) (bool, error) {
		var list rbacv1.ClusterRoleList
		err := a.client.List(ctx, &list)
		return err == nil && aggregated(list.Items), err
	})
}

// catchUp waits until the authorizer has seen all that was written. It sees each kind in the order of its changes, so that
// it knows every object once it knows the last one of each kind.
func (a *apiServer) catchUp(t *testing.T) {
	t.Helper()
	a.sentinels++
	name := "sentinel-" + strconv.Itoa(a.sentinels)
	namespace := rbacgen.Namespaces()[0]
	last := sentinels(namespace, name)
	for _, object := range all(&last) {
		if err := a.client.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	for _, resource := range []string{"roles", "clusterroles"} {
		asked := rbac.Attributes{Verb: "get", APIGroup: name, Resource: resource, Namespace: namespace}
		eventually(t, "the authorizer has caught up", func(ctx context.Context) (bool, error) {
			return a.allows(ctx, rbac.User(name), asked)
		})
	}
	a.delete(t, &last)
}

func (a *apiServer) delete(t *testing.T, o *rbacgen.Objects) {
	t.Helper()
	for _, object := range all(o) {
		if err := client.IgnoreNotFound(a.client.Delete(t.Context(), object)); err != nil {
			t.Fatal(err)
		}
	}
}

// sentinels give a user of the name one right through each kind of role and binding.
func sentinels(namespace, name string) rbacgen.Objects {
	meta := metav1.ObjectMeta{Name: name}
	metaIn := metav1.ObjectMeta{Namespace: namespace, Name: name}
	rule := func(resource string) []rbacv1.PolicyRule {
		return []rbacv1.PolicyRule{{Verbs: []string{"get"}, APIGroups: []string{name}, Resources: []string{resource}}}
	}
	ref := func(kind string) rbacv1.RoleRef {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
	}
	user := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}}
	return rbacgen.Objects{
		Roles:               []*rbacv1.Role{{ObjectMeta: metaIn, Rules: rule("roles")}},
		ClusterRoles:        []*rbacv1.ClusterRole{{ObjectMeta: meta, Rules: rule("clusterroles")}},
		RoleBindings:        []*rbacv1.RoleBinding{{ObjectMeta: metaIn, RoleRef: ref("Role"), Subjects: user}},
		ClusterRoleBindings: []*rbacv1.ClusterRoleBinding{{ObjectMeta: meta, RoleRef: ref("ClusterRole"), Subjects: user}},
	}
}

// list is every role and binding of the API server.
func (a *apiServer) list(t *testing.T) rbacgen.Objects {
	t.Helper()
	var roles rbacv1.RoleList
	var clusterRoles rbacv1.ClusterRoleList
	var roleBindings rbacv1.RoleBindingList
	var clusterRoleBindings rbacv1.ClusterRoleBindingList
	for _, list := range []client.ObjectList{&roles, &clusterRoles, &roleBindings, &clusterRoleBindings} {
		if err := a.client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	return rbacgen.Objects{
		Roles: pointers(roles.Items), ClusterRoles: pointers(clusterRoles.Items),
		RoleBindings: pointers(roleBindings.Items), ClusterRoleBindings: pointers(clusterRoleBindings.Items),
	}
}

func pointers[T any](items []T) []*T {
	list := make([]*T, len(items))
	for i := range items {
		list[i] = &items[i]
	}
	return list
}

// all are fresh copies of the objects as they were made, in an order in which they can be created.
func all(o *rbacgen.Objects) []client.Object {
	var list []client.Object
	for _, object := range o.Roles {
		list = append(list, object.DeepCopy())
	}
	for _, object := range o.ClusterRoles {
		list = append(list, object.DeepCopy())
	}
	for _, object := range o.RoleBindings {
		list = append(list, object.DeepCopy())
	}
	for _, object := range o.ClusterRoleBindings {
		list = append(list, object.DeepCopy())
	}
	return list
}

// aggregated tells whether the rules of every aggregated ClusterRole are those of the ClusterRoles that it takes in. One
// that takes in nothing keeps the rules that it was created with: the controller applies none, and owns none to remove.
func aggregated(roles []rbacv1.ClusterRole) bool {
	return !slices.ContainsFunc(roles, func(into rbacv1.ClusterRole) bool {
		if into.AggregationRule == nil {
			return false
		}
		var want []rbacv1.PolicyRule
		for i := range roles {
			if roles[i].Name != into.Name && takesIn(into.AggregationRule, roles[i].Labels) {
				want = append(want, roles[i].Rules...)
			}
		}
		return len(want) > 0 && (!covers(want, into.Rules) || !covers(into.Rules, want))
	})
}

func takesIn(rule *rbacv1.AggregationRule, of labels.Set) bool {
	return slices.ContainsFunc(rule.ClusterRoleSelectors, func(s metav1.LabelSelector) bool {
		return labels.SelectorFromSet(s.MatchLabels).Matches(of)
	})
}

func covers(rules, others []rbacv1.PolicyRule) bool {
	return !slices.ContainsFunc(others, func(other rbacv1.PolicyRule) bool {
		return !slices.ContainsFunc(rules, func(r rbacv1.PolicyRule) bool { return equality.Semantic.DeepEqual(r, other) })
	})
}

func eventually(t *testing.T, what string, done func(context.Context) (bool, error)) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 10*time.Millisecond, time.Minute, true, done); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}
