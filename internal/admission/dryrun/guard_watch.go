package dryrun

import (
	"context"
	"fmt"
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// watch signals changes of policy and binding until the context ends; stop waits for its end. Only the two objects are
// watched, which RBAC can grant by name.
func (g *Guard) watch(ctx context.Context) (stop func(), err error) {
	var running sync.WaitGroup
	for _, watched := range [...]struct {
		object client.Object
		list   func() client.ObjectList
	}{
		{
			&admissionregistrationv1.ValidatingAdmissionPolicy{},
			func() client.ObjectList { return &admissionregistrationv1.ValidatingAdmissionPolicyList{} },
		},
		{
			&admissionregistrationv1.ValidatingAdmissionPolicyBinding{},
			func() client.ObjectList { return &admissionregistrationv1.ValidatingAdmissionPolicyBindingList{} },
		},
	} {
		informer := toolscache.NewSharedInformer(g.listWatch(watched.list), watched.object, 0)
		// What a watch complains of, a check finds, too, and says it once.
		if err := informer.SetWatchErrorHandlerWithContext(func(context.Context, *toolscache.Reflector, error) {}); err != nil {
			return nil, fmt.Errorf("watching the guard of the dry-run mode: %w", err)
		}
		if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { g.changed() }, UpdateFunc: func(any, any) { g.changed() }, DeleteFunc: func(any) { g.changed() },
		}); err != nil {
			return nil, fmt.Errorf("watching the guard of the dry-run mode: %w", err)
		}
		running.Go(func() { informer.RunWithContext(ctx) })
	}
	return running.Wait, nil
}

func (g *Guard) listWatch(list func() client.ObjectList) toolscache.ListerWatcher {
	narrow := func(options metav1.ListOptions) *client.ListOptions {
		options.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, GuardName).String()
		return &client.ListOptions{Raw: &options}
	}
	return toolscache.ToListWatcherWithWatchListSemantics(&toolscache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			into := list()
			return into, g.client.List(ctx, into, narrow(options))
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return g.client.Watch(ctx, list(), narrow(options))
		},
	}, g.client)
}

// changed asks for a check. Changes that come while one is under way are looked at by one more.
func (g *Guard) changed() {
	select {
	case g.changes <- struct{}{}:
	default: // It has been asked for.
	}
}
