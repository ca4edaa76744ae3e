package controllers

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/snapshot"
)

// retryParams is how often a kind of parameters that the API server does not serve is asked for again.
const retryParams = 10 * time.Second

// ParamFeeder follows the objects that policies take as their parameters, of whatever kind. Who installs Daysix grants the
// right to read a kind; without it, what depends on the kind is Unknown.
type ParamFeeder struct {
	cache    cache.Cache
	mapper   meta.RESTMapper
	policies *admission.Policies
	errors   *SourceErrors
	affected func(admission.Scope)
	log      logr.Logger

	wanted chan struct{}
	mu     sync.Mutex
	stops  map[schema.GroupVersionKind]context.CancelFunc
	states map[schema.GroupVersionKind]admission.ParamState
}

// newParamFeeder returns a feeder that has not started. It tells the other one what a change of a parameter is about.
func newParamFeeder(f *Feeder, mapper meta.RESTMapper, log logr.Logger) *ParamFeeder {
	return &ParamFeeder{
		cache: f.cache, mapper: mapper, policies: f.policies, errors: f.errors, affected: f.paramsChanged, log: log,
		wanted: make(chan struct{}, 1),
		stops:  make(map[schema.GroupVersionKind]context.CancelFunc),
		states: make(map[schema.GroupVersionKind]admission.ParamState),
	}
}

// Settled tells whether the objects of every kind that policies want are read, or known to be out of reach.
func (f *ParamFeeder) Settled() bool {
	kinds := f.policies.ParamKinds()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, kind := range kinds {
		state := cmp.Or(f.states[kind.Kind], admission.ParamsNotSynced)
		if wanted(&kind) && state == admission.ParamsNotSynced {
			return false
		}
	}
	return true
}

// wanted tells whether the objects of a kind are read: those that a binding refers to, and Secrets never.
func wanted(kind *admission.ParamKind) bool {
	return len(kind.Refs) > 0 && kind.Kind.GroupKind() != (schema.GroupKind{Kind: "Secret"})
}

// PoliciesChanged has the kinds of parameters looked at again.
func (f *ParamFeeder) PoliciesChanged() {
	select {
	case f.wanted <- struct{}{}:
	default: // They will be looked at anyhow.
	}
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: every replica assesses.
func (f *ParamFeeder) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable. It follows the kinds that policies want until the context ends.
func (f *ParamFeeder) Start(ctx context.Context) error {
	for {
		f.reconcile(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-f.wanted:
		}
	}
}

// reconcile starts to follow what is wanted and not followed, and stops following what nobody wants any more.
func (f *ParamFeeder) reconcile(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kinds := make(map[schema.GroupVersionKind]bool)
	for _, kind := range f.policies.ParamKinds() {
		if wanted(&kind) {
			kinds[kind.Kind] = true
		}
	}
	for kind, stop := range f.stops {
		if !kinds[kind] {
			stop()
			delete(f.stops, kind)
		}
	}
	for kind := range kinds {
		if _, followed := f.stops[kind]; followed {
			continue
		}
		following, stop := context.WithCancel(ctx)
		f.stops[kind] = stop
		go f.follow(following, kind)
	}
}

func (f *ParamFeeder) follow(ctx context.Context, kind schema.GroupVersionKind) {
	status := admission.ParamStatus{State: admission.ParamsNotSynced}
	set := func(state admission.ParamState) {
		if status.State != state {
			f.log.Info("Parameters of policies", "kind", kind.String(), "state", state)
		}
		status.State = state
		f.setState(kind, status)
	}
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	var informer cache.Informer
	served := func(ctx context.Context) (bool, error) {
		mapping, err := f.mapper.RESTMapping(kind.GroupKind(), kind.Version)
		if err == nil {
			status.Namespaced = mapping.Scope.Name() == meta.RESTScopeNameNamespace
			informer, err = f.cache.GetInformer(ctx, object, cache.BlockUntilSynced(false))
		}
		if err != nil {
			set(paramState(stateOf(err)))
		}
		return err == nil, nil
	}
	if wait.PollUntilContextCancel(ctx, retryParams, true, served) != nil {
		return
	}
	defer f.forget(context.WithoutCancel(ctx), kind, object)
	registration, err := informer.AddEventHandler(f.handler(kind))
	if err != nil {
		f.log.Error(err, "Cannot follow the parameters of policies", "kind", kind.String())
		return
	}
	f.errors.track(ctx, kind.String(), informer, registration.HasSynced, func(state snapshot.State) { set(paramState(state)) })
}

// forget stops the watch of a kind that no policy wants any more.
func (f *ParamFeeder) forget(ctx context.Context, kind schema.GroupVersionKind, object *unstructured.Unstructured) {
	if err := f.cache.RemoveInformer(ctx, object); err != nil {
		f.log.Error(err, "Cannot stop following the parameters of policies", "kind", kind.String())
	}
	f.setState(kind, admission.ParamStatus{State: admission.ParamsNotSynced})
}

func (f *ParamFeeder) setState(kind schema.GroupVersionKind, status admission.ParamStatus) {
	scope := f.policies.SetParamKind(kind, status)
	f.mu.Lock()
	f.states[kind] = status.State
	f.mu.Unlock()
	f.affected(scope)
}

func (f *ParamFeeder) handler(kind schema.GroupVersionKind) toolscache.ResourceEventHandler {
	upsert := func(object any) {
		o, ok := object.(*unstructured.Unstructured)
		if !ok {
			return
		}
		scope, err := f.policies.UpsertParam(kind, o)
		if err != nil {
			f.log.Error(err, "Cannot read a parameter of policies",
				"kind", kind.String(), "namespace", o.GetNamespace(), "name", o.GetName())
			return
		}
		f.affected(scope)
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    upsert,
		UpdateFunc: func(_, object any) { upsert(object) },
		DeleteFunc: func(object any) {
			if o, ok := unwrap(object).(*unstructured.Unstructured); ok {
				f.affected(f.policies.DeleteParam(kind, o.GetNamespace(), o.GetName()))
			}
		},
	}
}

func paramState(state snapshot.State) admission.ParamState {
	switch state {
	case snapshot.Synced:
		return admission.ParamsSynced
	case snapshot.Forbidden:
		return admission.ParamsForbidden
	case snapshot.Missing:
		return admission.ParamsMissing
	case snapshot.NotSynced, snapshot.NotGiven, snapshot.NotEnabled, snapshot.Unreachable:
	}
	return admission.ParamsNotSynced
}
