package controllers

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onsi/gomega/format"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

const shop = "shop"

func podKey(namespace, name string) snapshot.Key {
	return snapshot.Key{Kind: "Pod", Namespace: namespace, Name: name}
}

func newPod(namespace, name, account string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, UID: "uid-1"}, TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		Spec: corev1.PodSpec{ServiceAccountName: account, Containers: []corev1.Container{{Name: "app", Image: "shop/app:1"}}},
	}
}

// synced is a snapshot that has read every source.
func synced(pods ...*corev1.Pod) *snapshot.Snapshot {
	s := snapshot.New()
	for _, source := range snapshot.Sources() {
		s.SetSource(source, snapshot.Synced)
	}
	for _, p := range pods {
		if projected, ok := s.Transform(p).(*snapshot.Pod); ok {
			s.UpsertPod(projected)
		}
	}
	return s
}

func allFeeds() []feed {
	e := newEngine(snapshot.New())
	return slices.Concat(feedsOf(e.Snapshot), grantFeeds(e.Grants, e.Snapshot, func(...rbac.Subject) snapshot.Affected { return nil }),
		policyFeeds(e.Policies, e.Snapshot, func() {}), networkFeeds(e, e.Snapshot, func(snapshot.Affected) {}))
}

// newEngine is an engine over a snapshot, with nothing else in its model.
func newEngine(s *snapshot.Snapshot) *assess.Engine {
	m := model.New()
	m.Snapshot = s
	return assess.NewEngine(m, assess.New(posture.Settings{}), nil)
}

func TestEverySourceHasExactlyOneFeed(t *testing.T) {
	var sources []snapshot.Source
	kinds := map[string]snapshot.Source{}
	for _, fd := range allFeeds() {
		sources = append(sources, fd.source)
		kind := fmt.Sprintf("%T", fd.object)
		if other, taken := kinds[kind]; taken {
			t.Errorf("%s and %s are both told of as %s when a watch fails", fd.source, other, kind)
		}
		kinds[kind] = fd.source
	}
	for _, e := range model.Extensions() {
		sources = append(sources, e.Source())
	}
	slices.Sort(sources)
	if diff := cmp.Diff(snapshot.Sources(), sources); diff != "" {
		t.Fatalf("sources (-wanted +fed):\n%s", diff)
	}
}

const secret = "hunter2"

// secretive fills every text of a container's environment and every annotation of an object with a secret.
func secretive(object any) {
	var fill func(reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if template, ok := reflect.TypeAssert[*corev1.PodTemplateSpec](v); ok && template == nil && v.CanSet() {
				v.Set(reflect.ValueOf(&corev1.PodTemplateSpec{}))
			}
			if !v.IsNil() {
				fill(v.Elem())
			}
		case reflect.Struct:
			if spec, ok := reflect.TypeAssert[*corev1.PodSpec](v.Addr()); ok {
				container := corev1.Container{Name: "app", Env: []corev1.EnvVar{{Name: "PASSWORD", Value: secret}}, Command: []string{"run"}}
				spec.Containers, spec.InitContainers = []corev1.Container{container}, []corev1.Container{container}
				return
			}
			if m, ok := reflect.TypeAssert[*metav1.ObjectMeta](v.Addr()); ok {
				m.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": secret}
				return
			}
			for _, field := range v.Fields() {
				if field.CanSet() {
					fill(field)
				}
			}
		default:
		}
	}
	fill(reflect.ValueOf(object))
}

// holdsPods tells whether a kind is or makes pods: those are what literal secrets stand in.
func holdsPods(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == reflect.TypeFor[corev1.PodSpec]() {
		return true
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	for field := range t.Fields() {
		if (strings.HasSuffix(field.Name, "Spec") || field.Name == "Template" || field.Name == "JobTemplate") && holdsPods(field.Type) {
			return true
		}
	}
	return false
}

func TestTheCacheKeepsNoSecretOfWhatMakesPods(t *testing.T) {
	options := CacheOptions(snapshot.New(), NewSourceErrors(clock.RealClock{}))
	walked := 0
	for _, fd := range allFeeds() {
		if !holdsPods(reflect.TypeOf(fd.object)) {
			continue
		}
		walked++
		t.Run(string(fd.source), func(t *testing.T) {
			transform := options.DefaultTransform
			for object, by := range options.ByObject {
				if reflect.TypeOf(object) == reflect.TypeOf(fd.object) && by.Transform != nil {
					transform = by.Transform
				}
			}
			secretive(fd.object)
			if !strings.Contains(deeply(fd.object), secret) {
				t.Fatal("there was nothing to strip")
			}
			kept, err := transform(fd.object)
			if err != nil || strings.Contains(deeply(kept), secret) {
				t.Fatalf("error %v, kept %s", err, deeply(kept))
			}
		})
	}
	if walked != 8 {
		t.Errorf("%d kinds make pods", walked)
	}
	if !options.ReaderFailOnMissingInformer {
		t.Error("a read may start a watch that nobody asked for")
	}
}

// deeply writes an object out with all that it points at.
func deeply(object any) string {
	format.MaxLength = 0
	return format.Object(object, 0)
}

func TestTheStateThatAnErrorPutsASourceInto(t *testing.T) {
	resource := schema.GroupResource{Resource: "pods"}
	for name, test := range map[string]struct {
		err  error
		want snapshot.State
	}{
		"a refusal":                    {apierrors.NewForbidden(resource, "", errors.New("no")), snapshot.Forbidden},
		"a refusal that is wrapped":    {fmt.Errorf("listing: %w", apierrors.NewForbidden(resource, "", errors.New("no"))), snapshot.Forbidden},
		"a kind that is not served":    {apierrors.NewNotFound(resource, ""), snapshot.Missing},
		"a kind that the client lacks": {&meta.NoKindMatchError{GroupKind: schema.GroupKind{Kind: "X"}}, snapshot.Missing},
		"a resource that it lacks":     {&meta.NoResourceMatchError{}, snapshot.Missing},
		"a kind without a watch":       {apierrors.NewMethodNotSupported(resource, "watch"), snapshot.Missing},
		"credentials that are no good": {apierrors.NewUnauthorized("no"), snapshot.NotSynced},
		"a watch that is too old":      {apierrors.NewResourceExpired("old"), snapshot.NotSynced},
		"a connection that breaks":     {errors.New("broken pipe"), snapshot.NotSynced},
	} {
		t.Run(name, func(t *testing.T) {
			if got := stateOf(test.err); got != test.want {
				t.Fatalf("state is %s, want %s", got, test.want)
			}
		})
	}
}

func TestWorkloadsThatRunAsASubject(t *testing.T) {
	s := synced(newPod(shop, "a", "web"), newPod(shop, "b", ""), newPod("other", "c", "web"))
	a, b, c := podKey(shop, "a"), podKey(shop, "b"), podKey("other", "c")
	for name, test := range map[string]struct {
		subjects rbac.Affected
		want     snapshot.Affected
	}{
		"nobody":                       {nil, nil},
		"a ServiceAccount":             {rbac.Affected{rbac.ServiceAccount(shop, "web")}, snapshot.Affected{a}},
		"the default one":              {rbac.Affected{rbac.ServiceAccount(shop, "default")}, snapshot.Affected{b}},
		"one that nobody uses":         {rbac.Affected{rbac.ServiceAccount(shop, "api")}, nil},
		"its name as a user":           {rbac.Affected{rbac.User("system:serviceaccount:shop:web")}, snapshot.Affected{a}},
		"another user":                 {rbac.Affected{rbac.User("someone")}, nil},
		"the accounts of a namespace":  {rbac.Affected{rbac.Group(rbac.GroupServiceAccounts + ":" + shop)}, snapshot.Affected{a, b}},
		"all accounts":                 {rbac.Affected{rbac.Group(rbac.GroupServiceAccounts)}, snapshot.Affected{c, a, b}},
		"all who are authenticated":    {rbac.Affected{rbac.Group(rbac.GroupAuthenticated)}, snapshot.Affected{c, a, b}},
		"all who are not":              {rbac.Affected{rbac.Group(rbac.GroupUnauthenticated)}, nil},
		"another group":                {rbac.Affected{rbac.Group("developers")}, nil},
		"an account and its namespace": {rbac.Affected{rbac.Group(rbac.GroupServiceAccounts + ":" + shop), rbac.ServiceAccount(shop, "web")}, snapshot.Affected{a, b}},
		"two in order":                 {rbac.Affected{rbac.ServiceAccount(shop, "web"), rbac.ServiceAccount("other", "web")}, snapshot.Affected{c, a}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, runningAs(s, test.subjects)); diff != "" {
				t.Errorf("workloads (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFeedTakesWhatTheInformerBringsAndNothingElse(t *testing.T) {
	s := synced(newPod(shop, "a", "web"))
	grants := rbac.New()
	feeds := append(feedsOf(s), grantFeeds(grants, s, func(...rbac.Subject) snapshot.Affected { return nil })...)
	by := func(source snapshot.Source) feed {
		return feeds[slices.IndexFunc(feeds, func(fd feed) bool { return fd.source == source })]
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "b"}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "r"},
		Subjects: []rbacv1.Subject{{Kind: "ServiceAccount", Name: "web"}},
	}
	a := snapshot.Affected{podKey(shop, "a")}
	for _, step := range []struct {
		name string
		got  snapshot.Affected
		want snapshot.Affected
	}{
		{"a binding", by(snapshot.RoleBindings).upsert(binding), a},
		{"its role", by(snapshot.ClusterRoles).upsert(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "r"}}), a},
		{"its role goes", by(snapshot.ClusterRoles).remove(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "r"}}), a},
		{"an object of another kind", by(snapshot.RoleBindings).remove(&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "b"}}), nil},
		{"the binding goes", by(snapshot.RoleBindings).remove(binding), a},
		{"the pod goes", by(snapshot.Pods).remove(s.Transform(newPod(shop, "a", "web"))), a},
		{"a Deployment", by(snapshot.Deployments).upsert(s.Transform(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: "d"}})), snapshot.Affected{
			{Group: "apps", Kind: "Deployment", Namespace: shop, Name: "d"},
		}},
	} {
		if diff := cmp.Diff(step.want, step.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestBacklogKnowsTheFirstPassAndTheOldest(t *testing.T) {
	clk := clocktesting.NewFakePassiveClock(time.Unix(100, 0))
	b := NewBacklog(clk)
	one, two, late := Request{Workload: podKey(shop, "1")}, Request{Workload: podKey(shop, "2")}, Request{Workload: podKey(shop, "3")}
	check := func(step string, n int, oldest time.Duration, done bool) {
		t.Helper()
		if b.Len() != n || b.Oldest() != oldest || b.FirstPassDone() != done {
			t.Errorf("%s: %d wait, the oldest for %s, first pass done %v", step, b.Len(), b.Oldest(), b.FirstPassDone())
		}
	}
	caughtUp := func(step string, firstPass, want int64) {
		t.Helper()
		at := func(seconds int64) time.Time {
			if seconds == 0 {
				return time.Time{}
			}
			return time.Unix(seconds, 0)
		}
		if !b.FirstPass().Equal(at(firstPass)) || !b.CaughtUp().Equal(at(want)) {
			t.Errorf("%s: first pass at %s, caught up at %s", step, b.FirstPass(), b.CaughtUp())
		}
	}
	check("nothing", 0, 0, false)
	b.Add(late)
	clk.SetTime(time.Unix(103, 0))
	b.BeginFirstPass(func() {
		b.Add(one)
		b.Assessed(one) // A worker is quicker than the list.
		check("the list is not complete", 2, 3*time.Second, false)
		b.Add(two, late)
	})
	check("one of three is assessed", 3, 3*time.Second, false)
	b.Assessed(late)
	b.Assessed(two)
	check("all of the first pass are assessed", 3, 3*time.Second, true)
	caughtUp("while the first pass is published", 103, 100)
	if waited := b.End(late, true); waited != 3*time.Second {
		t.Errorf("the oldest waited for %s", waited)
	}
	check("the oldest is done", 2, 0, true)
	b.End(one, true)
	b.End(two, true)
	check("all are done", 0, 0, true)
	clk.SetTime(time.Unix(110, 0))
	caughtUp("while nothing waits", 103, 110)
	b.Add(one)
	clk.SetTime(time.Unix(120, 0))
	caughtUp("while something waits", 103, 110)
	if waited := b.End(two, true); waited != 0 {
		t.Errorf("what did not wait waited for %s", waited)
	}
	b.Begin(one)
	clk.SetTime(time.Unix(121, 0))
	b.Add(one)
	clk.SetTime(time.Unix(123, 0))
	if waited := b.End(one, true); waited != 13*time.Second {
		t.Errorf("what was asked for again while it was worked on waited for %s", waited)
	}
	check("it waits for the second time", 1, 2*time.Second, true)
	b.Begin(one)
	b.Add(one)
	if waited := b.End(one, false); waited != 0 {
		t.Errorf("what failed is said to have waited for %s", waited)
	}
	check("what failed waits on", 1, 2*time.Second, true)
	b.Begin(one)
	if waited := b.End(one, true); waited != 2*time.Second {
		t.Errorf("what succeeded in the end waited for %s", waited)
	}
	check("it is done", 0, 0, true)
	empty := NewBacklog(clk)
	if empty.BeginFirstPass(func() {}); !empty.FirstPassDone() {
		t.Error("an empty cluster is never assessed")
	}
}

func TestLiveChangesOvertakeTheFirstPass(t *testing.T) {
	q := priorityqueue.New[Request]("test")
	defer q.ShutDown()
	b := NewBacklog(clocktesting.NewFakePassiveClock(time.Unix(1, 0)))
	first, second, live := podKey(shop, "1"), podKey(shop, "2"), podKey(shop, "3")
	enqueue(q, b, false)
	enqueue(q, b, false, first, second)
	enqueue(q, b, true, live)
	enqueue(q, b, true, second)
	type got struct {
		name     string
		priority int
	}
	var order []got
	for range 3 {
		item, priority, _ := q.GetWithPriority()
		order = append(order, got{item.Workload.Name, priority})
	}
	slices.SortFunc(order[:2], func(a, b got) int { return strings.Compare(a.name, b.name) })
	want := []got{{"2", 0}, {"3", 0}, {"1", handler.LowPriority}}
	if !slices.Equal(want, order) || b.Len() != 3 {
		t.Errorf("order %v, %d wait", order, b.Len())
	}
}
