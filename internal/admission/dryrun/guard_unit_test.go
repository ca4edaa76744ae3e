package dryrun

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	gocmp "github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

const user = "system:serviceaccount:daysix-system:daysix-controller-manager"

// server is an API server that answers the questions of a guard. Where the true one is needed it is asked, in guard_test.go.
type server struct {
	client.WithWatch

	mu     sync.Mutex
	checks int
	probe  error // what the probe is answered with
	fails  error // what every review is answered with
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{probe: guardRefuses()}
	s.WithWatch = interceptor.NewClient(fake.NewClientBuilder().Build(), interceptor.Funcs{Create: s.create})
	for _, object := range guardObjects() {
		s.put(t, object)
	}
	return s
}

// IsWatchListSemanticsUnSupported keeps the informers from waiting for a bookmark that the fake client never sends.
func (*server) IsWatchListSemanticsUnSupported() bool { return true }

func guardObjects() []client.Object {
	name := metav1.ObjectMeta{Name: GuardName}
	return []client.Object{
		&admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: name, Spec: ExpectedPolicy(user)},
		&admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: name, Spec: ExpectedBinding()},
	}
}

func (s *server) put(t *testing.T, object client.Object) {
	t.Helper()
	if err := s.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

func guardRefuses() error {
	message := "ValidatingAdmissionPolicy '" + GuardName + "' with binding '" + GuardName + "' denied request: This guard is in force."
	err := apierrors.NewForbidden(pods, probeName, errors.New(message))
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Message: message}}
	return err
}

func (s *server) create(ctx context.Context, c client.WithWatch, object client.Object, options ...client.CreateOption) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch review := object.(type) {
	case *authenticationv1.SelfSubjectReview:
		review.Status.UserInfo.Username = user
		return s.fails
	case *authorizationv1.SelfSubjectAccessReview:
		review.Status.Allowed = review.Spec.ResourceAttributes.Resource == "pods"
		return s.fails
	case *authorizationv1.SelfSubjectRulesReview:
		return s.fails
	case *corev1.Pod:
		s.checks++
		applied := (&client.CreateOptions{}).ApplyOptions(options)
		if len(applied.DryRun) != 1 || review.Name != probeName {
			return errors.New("a real pod was created")
		}
		return s.probe
	}
	return c.Create(ctx, object, options...)
}

func (s *server) set(change func(*server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.checks
}

func startGuard(t *testing.T, s *server) (*Guard, *[]State, func()) {
	t.Helper()
	var told []State
	g := newGuard(s, clock.RealClock{}, logr.Discard(), func(standing Standing) { told = append(told, standing.State) })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- g.Start(ctx) }()
	return g, &told, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestGuardIsCheckedAtLeastOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		g, told, stop := startGuard(t, s)
		defer stop()
		pass(time.Second)
		first := s.count()
		pass(10 * time.Minute)
		if got := s.count() - first; got != 10 {
			t.Errorf("checked %d times in 10 minutes", got)
		}
		// What no watch shows is found by then.
		s.set(func(s *server) { s.probe = nil })
		pass(checkInterval)
		if got := g.Standing().State; got != NotObserved {
			t.Errorf("the guard stands at %s", got)
		}
		// And what mends by itself, sooner.
		s.set(func(s *server) { s.probe = guardRefuses() })
		pass(recheckInterval)
		if diff := gocmp.Diff([]State{InForce, NotObserved, InForce}, *told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestGuardNoticesAChangeAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		g, told, stop := startGuard(t, s)
		defer stop()
		pass(time.Second)
		for _, object := range guardObjects() {
			if err := s.Delete(t.Context(), object); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := g.Standing().State; got != Missing {
				t.Errorf("the guard stands at %s without its %T", got, object)
			}
			s.put(t, object)
			synctest.Wait()
			if got := g.Standing().State; got != InForce {
				t.Errorf("the guard stands at %s with its %T", got, object)
			}
		}
		if diff := gocmp.Diff([]State{InForce, Missing, InForce, Missing, InForce}, *told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestGuardThatCannotBeChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		g := newGuard(s, clock.RealClock{}, logr.Discard(), nil)
		if got := g.Standing(); got.State != Unchecked {
			t.Errorf("before any check the guard stands at %s", got)
		}
		if got := g.Check(t.Context()); got.State != InForce {
			t.Errorf("the guard stands at %s", got)
		}
		pass(staleAfter + time.Second)
		if got := g.Standing(); got.State != Unchecked {
			t.Errorf("long after the last check the guard stands at %s", got)
		}
		s.set(func(s *server) { s.fails = errors.New("no answer") })
		want := Standing{State: Unreadable, Detail: "asking whether we may impersonate users: no answer"}
		if diff := gocmp.Diff(want, g.Check(t.Context())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		s.set(func(s *server) { s.fails, s.probe = nil, apierrors.NewTooManyRequests("busy", 1) })
		want = Standing{State: Unreadable, Detail: "probing the guard: RateLimited: busy"}
		if diff := gocmp.Diff(want, g.Check(t.Context())); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		// A check that is broken off by the end says nothing.
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if diff := gocmp.Diff(want, g.Check(ended)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestServiceAccountOf(t *testing.T) {
	for user, want := range map[string][2]string{
		user:                              {"daysix-system", "daysix-controller-manager"},
		"system:serviceaccount:a:":        {},
		"system:serviceaccount:a":         {},
		"system:serviceaccounts:a:b":      {},
		"a:b":                             {},
		"kubernetes-admin":                {},
		"":                                {},
		"system:admin:serviceaccount:a:b": {},
	} {
		if namespace, name := serviceAccountOf(user); [2]string{namespace, name} != want {
			t.Errorf("%q is %q %q, want %q", user, namespace, name, want)
		}
	}
}
