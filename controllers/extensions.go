package controllers

import (
	"context"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/served"
	"github.com/daysix/daysix/internal/snapshot"
)

// +kubebuilder:rbac:groups=cilium.io,resources=ciliumclusterwidenetworkpolicies;ciliumnetworkpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=crd.projectcalico.org;projectcalico.org,resources=globalnetworkpolicies;networkpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=policy.networking.k8s.io,resources=adminnetworkpolicies;baselineadminnetworkpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=policy.networking.k8s.io,resources=clusternetworkpolicies,verbs=get;list;watch
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=grpcroutes;httproutes;tcproutes;tlsroutes;udproutes,verbs=get;list;watch
// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=referencegrants,verbs=get;list;watch

// askServed is how often the API server is asked which extensions it serves: one small request.
const askServed = 10 * time.Second

// ExtensionFeeder follows the kinds that somebody may install at any time: policies of other kinds by their names alone, and
// routes. Its informers are its own: those of the cache do not tell apart whose watch failed where only metadata is read.
type ExtensionFeeder struct {
	feeder    *Feeder
	model     *model.Model
	clock     clock.WithTicker
	discovery discovery.DiscoveryInterface
	names     metadata.Interface
	log       logr.Logger

	followed map[schema.GroupKind]followedExtension // of Start alone
	refused  refusals                               // of Start alone
}

// followedExtension is a kind that is followed as a resource.
type followedExtension struct {
	following

	resource schema.GroupVersionResource
}

// newExtensionFeeder returns a feeder that has not started and tells the other one what a change is about.
func newExtensionFeeder(f *Feeder, config *rest.Config, clk clock.WithTicker, log logr.Logger) (*ExtensionFeeder, error) {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for discovery: %w", err)
	}
	client.UseLegacyDiscovery = true // The list of groups alone, without the resources of all of them.
	names, err := metadata.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for metadata: %w", err)
	}
	return &ExtensionFeeder{
		feeder: f, model: f.engine.Model, clock: clk, discovery: client, names: names,
		log: klog.LoggerWithName(log, "extensions"), followed: make(map[schema.GroupKind]followedExtension),
	}, nil
}

// NeedLeaderElection implements manager.LeaderElectionRunnable: every replica assesses.
func (f *ExtensionFeeder) NeedLeaderElection() bool { return false }

// Start implements manager.Runnable. It follows what is served until the context ends.
func (f *ExtensionFeeder) Start(ctx context.Context) error {
	for {
		wait := askServed
		if !f.reconcile(ctx) {
			wait = retryMissing
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.clock.After(wait):
		}
	}
}

// reconcile starts to follow what is served and not followed, and forgets what is no longer served. It tells whether the API
// server could be asked.
func (f *ExtensionFeeder) reconcile(ctx context.Context) bool {
	kinds, err := served.Extensions(ctx, f.discovery)
	if err != nil {
		f.log.V(1).Info("Cannot ask for the kinds that are served", "error", err.Error())
		if apierrors.IsForbidden(err) && f.refused.believed(f.clock.Now()) {
			for _, e := range model.Extensions() {
				f.setUnfollowed(e, snapshot.Forbidden)
			}
		}
		return false
	}
	f.refused.answered()
	for _, e := range model.Extensions() {
		kind := kinds[e.GroupKind]
		switch {
		case kind.State == snapshot.Synced && kind.Resource == f.followed[e.GroupKind].resource:
		case kind.State == snapshot.Synced:
			f.leave(e)
			f.follow(ctx, e, kind.Resource)
		case kind.State == snapshot.Missing:
			f.leave(e)
			f.set(e, kind.State)
		default:
			f.setUnfollowed(e, kind.State)
		}
	}
	return true
}

// leave stops following a kind, where it is followed, and forgets its objects.
func (f *ExtensionFeeder) leave(e model.Extension) {
	if before, followed := f.followed[e.GroupKind]; followed {
		before.end()
		delete(f.followed, e.GroupKind)
	}
}

// follow follows a kind in the background.
func (f *ExtensionFeeder) follow(ctx context.Context, e model.Extension, resource schema.GroupVersionResource) {
	fd, informer := f.feed(e), f.informer(e, resource)
	run := func(ctx context.Context) {
		err := f.feeder.errors.run(ctx, informer, stripExtension, f.feeder.handler(fd), func(state snapshot.State) { f.set(e, state) })
		if err != nil {
			f.log.Error(err, "Cannot follow a source", "source", fd.source)
		}
	}
	forget := func() {
		for _, object := range informer.GetStore().List() {
			f.feeder.affected(fd.source, fd.remove(object))
		}
	}
	f.followed[e.GroupKind] = followedExtension{startFollowing(ctx, run, forget), resource}
}

func (f *ExtensionFeeder) informer(e model.Extension, resource schema.GroupVersionResource) toolscache.SharedIndexInformer {
	if e.NamesOnly {
		return metadatainformer.NewFilteredMetadataInformer(f.names, resource, metav1.NamespaceAll, 0, nil, nil).Informer()
	}
	return dynamicinformer.NewFilteredDynamicInformer(f.feeder.objects, resource, metav1.NamespaceAll, 0, nil, nil).Informer()
}

func (f *ExtensionFeeder) feed(e model.Extension) feed {
	return feed{
		source: e.Source(),
		upsert: func(o any) snapshot.Affected {
			return with(o, func(o metav1.Object) snapshot.Affected {
				return f.feeder.engine.NetworkAffected(f.model.UpsertExtension(e, o))
			})
		},
		remove: func(o any) snapshot.Affected {
			return with(o, func(o metav1.Object) snapshot.Affected {
				return f.feeder.engine.NetworkAffected(f.model.DeleteExtension(e, o))
			})
		},
	}
}

// set says how well a kind is read.
func (f *ExtensionFeeder) set(e model.Extension, state snapshot.State) {
	f.feeder.affected(e.Source(), f.feeder.engine.NetworkAffected(f.model.ExtensionRead(e, state)))
	f.feeder.returns.tell(string(e.Source()), state)
}

// setUnfollowed says how well a kind is read that is not followed: one that is says by itself how well that goes.
func (f *ExtensionFeeder) setUnfollowed(e model.Extension, state snapshot.State) {
	if _, followed := f.followed[e.GroupKind]; !followed {
		f.set(e, state)
	}
}

// stripExtension keeps what names an object, and the spec of one that is more than a name.
func stripExtension(object any) (any, error) {
	switch o := object.(type) {
	case *metav1.PartialObjectMetadata:
		o.ManagedFields, o.Annotations, o.Labels = nil, nil, nil
	case *unstructured.Unstructured:
		o.SetManagedFields(nil)
		o.SetAnnotations(nil)
		delete(o.Object, "status")
	}
	return object, nil
}
