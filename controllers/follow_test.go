package controllers

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	admissionregistrationv1beta1 "k8s.io/api/admissionregistration/v1beta1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache/informertest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllertest"

	"github.com/daysix/daysix/internal/snapshot"
)

// versionedCache is that of an API server which serves some versions of a kind, with objects by their names.
type versionedCache struct {
	informertest.FakeInformers

	mu      sync.Mutex
	served  map[string][]string // by the type of the object
	removed []string
}

func (c *versionedCache) serve(version string, names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served = map[string][]string{version: names}
}

func (c *versionedCache) GetInformer(_ context.Context, object client.Object, _ ...cache.InformerGetOption) (cache.Informer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names, served := c.served[kindOf(object)]
	if !served {
		return nil, &meta.NoKindMatchError{}
	}
	return &listed{controllertest.NewFakeInformer(controllertest.Synced), names}, nil
}

func (c *versionedCache) RemoveInformer(_ context.Context, object client.Object) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed = append(c.removed, kindOf(object))
	return nil
}

// listed is an informer that has read objects.
type listed struct {
	*controllertest.FakeInformer

	names []string
}

func (l *listed) AddEventHandler(handler toolscache.ResourceEventHandler) (toolscache.ResourceEventHandlerRegistration, error) {
	for _, name := range l.names {
		handler.OnAdd(&admissionregistrationv1.MutatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}, true)
	}
	return l.FakeInformer.AddEventHandler(handler)
}

// An API server that is upgraded from 1.35 to 1.36 serves v1beta1 of a kind, then nothing for a moment, then v1.
func TestTheVersionThatTheAPIServerServesIsFollowed(t *testing.T) {
	const v1, v1beta1 = "*v1.MutatingAdmissionPolicy", "*v1beta1.MutatingAdmissionPolicy"
	c := &versionedCache{}
	states, told := make(chan snapshot.State, 10), make(chan string, 10)
	name := func(object any) string {
		policy, _ := object.(*admissionregistrationv1.MutatingAdmissionPolicy)
		return policy.Name
	}
	handler := toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { told <- "add " + name(object) },
		DeleteFunc: func(object any) { told <- "delete " + name(object) },
	}
	f := &Feeder{cache: c, errors: NewSourceErrors(clock.RealClock{}), log: logr.Discard()}
	ended := make(chan struct{})
	ctx, end := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		versions := []client.Object{&admissionregistrationv1.MutatingAdmissionPolicy{}, &admissionregistrationv1beta1.MutatingAdmissionPolicy{}}
		var last snapshot.State
		f.follow(ctx, versions, time.Millisecond, handler, func(state snapshot.State) {
			if state != last {
				states <- state
			}
			last = state
		})
	}()
	await := func(want snapshot.State) {
		t.Helper()
		select {
		case state := <-states:
			if state != want {
				t.Fatalf("it is %s, want %s", state, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("it is never %s", want)
		}
	}
	await(snapshot.Missing)
	c.serve(v1beta1, "gone", "kept")
	await(snapshot.Synced)
	c.serve("")
	f.errors.of(v1beta1) <- snapshot.Missing
	await(snapshot.Missing)
	c.serve(v1, "kept", "new")
	await(snapshot.Synced)
	end()
	<-ended
	close(told)
	var got []string
	for event := range told {
		got = append(got, event)
	}
	if diff := cmp.Diff([]string{"add gone", "add kept", "add kept", "add new", "delete gone"}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{v1beta1}, c.removed); diff != "" {
		t.Errorf("not followed any more (-want +got):\n%s", diff)
	}
}

func TestTheCacheKeepsWhatIsServedAsV1beta1AsV1(t *testing.T) {
	policy := &admissionregistrationv1beta1.MutatingAdmissionPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "mesh"},
		Spec: admissionregistrationv1beta1.MutatingAdmissionPolicySpec{
			ParamKind:          &admissionregistrationv1beta1.ParamKind{APIVersion: "v1", Kind: "ConfigMap"},
			ReinvocationPolicy: admissionregistrationv1beta1.IfNeededReinvocationPolicy,
		},
	}
	binding := &admissionregistrationv1beta1.MutatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "mesh"}, Spec: admissionregistrationv1beta1.MutatingAdmissionPolicyBindingSpec{PolicyName: "mesh"},
	}
	version := metav1.TypeMeta{APIVersion: "admissionregistration.k8s.io/v1"}
	for name, test := range map[string]struct{ given, want client.Object }{
		"a policy": {policy, &admissionregistrationv1.MutatingAdmissionPolicy{
			TypeMeta: version, ObjectMeta: policy.ObjectMeta,
			Spec: admissionregistrationv1.MutatingAdmissionPolicySpec{
				ParamKind:          &admissionregistrationv1.ParamKind{APIVersion: "v1", Kind: "ConfigMap"},
				ReinvocationPolicy: admissionregistrationv1.IfNeededReinvocationPolicy,
			},
		}},
		"a binding": {binding, &admissionregistrationv1.MutatingAdmissionPolicyBinding{
			TypeMeta: version, ObjectMeta: binding.ObjectMeta, Spec: admissionregistrationv1.MutatingAdmissionPolicyBindingSpec{PolicyName: "mesh"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			kept, err := keep(snapshot.New(), test.given)
			if diff := cmp.Diff(any(test.want), kept); diff != "" || err != nil {
				t.Errorf("error %v, kept (-want +got):\n%s", err, diff)
			}
		})
	}
}
