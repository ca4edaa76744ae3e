// Package served finds out which of the kinds that need not be installed an API server serves.
package served

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"

	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

// Kind is how a kind is served.
type Kind struct {
	// State is Synced where it is served, Missing where not, Forbidden or Unreachable where that cannot be told.
	State snapshot.State
	// Resource is what it is served as, in the version that the API server prefers.
	Resource schema.GroupVersionResource
}

// Extensions asks for the extensions. It asks for the list of groups, and for the resources of those groups alone that are in
// question: one request where none is installed.
func Extensions(ctx context.Context, client discovery.DiscoveryInterface) (map[schema.GroupKind]Kind, error) {
	with := discovery.ToDiscoveryInterfaceWithContext(client)
	groups, err := with.ServerGroupsWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking for the groups of the API: %w", err)
	}
	out := make(map[schema.GroupKind]Kind)
	read := make(map[string]map[string]Kind)
	for _, e := range model.Extensions() {
		out[e.GroupKind] = Kind{State: snapshot.Missing}
		at := slices.IndexFunc(groups.Groups, func(g metav1.APIGroup) bool { return g.Name == e.Group })
		if at < 0 {
			continue
		}
		if read[e.Group] == nil {
			read[e.Group] = group(ctx, with, &groups.Groups[at])
		}
		if kind, ok := read[e.Group][e.Resource]; ok {
			out[e.GroupKind] = kind
		} else if rest, ok := read[e.Group][anyOther]; ok {
			out[e.GroupKind] = rest
		}
	}
	return out, nil
}

// anyOther stands for the resources of a group that are not known, because a version of it cannot be read.
const anyOther = ""

// group reads the resources of a group by name, those of the preferred version first.
func group(ctx context.Context, client discovery.DiscoveryInterfaceWithContext, g *metav1.APIGroup) map[string]Kind {
	versions := []string{g.PreferredVersion.GroupVersion}
	for _, v := range g.Versions {
		versions = append(versions, v.GroupVersion)
	}
	out := make(map[string]Kind)
	asked := make(map[string]bool)
	for _, version := range versions {
		if version == "" || asked[version] {
			continue
		}
		asked[version] = true
		list, err := client.ServerResourcesForGroupVersionWithContext(ctx, version)
		switch {
		case apierrors.IsNotFound(err):
		case apierrors.IsForbidden(err):
			out[anyOther] = Kind{State: snapshot.Forbidden}
		case err != nil:
			out[anyOther] = Kind{State: snapshot.Unreachable}
		default:
			add(out, list)
		}
	}
	return out
}

func add(out map[string]Kind, list *metav1.APIResourceList) {
	gv, err := schema.ParseGroupVersion(list.GroupVersion)
	if err != nil {
		return
	}
	for i := range list.APIResources {
		name := list.APIResources[i].Name
		if _, ok := out[name]; !ok {
			out[name] = Kind{State: snapshot.Synced, Resource: gv.WithResource(name)}
		}
	}
}
