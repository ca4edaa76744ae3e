package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/snapshot"
)

// nearNames is how many workloads an error names that may be meant.
const nearNames = 5

// namedWorkload is a workload as the user writes it: deployment/cart, deploy/cart, Deployment.apps/cart, or cart alone.
type namedWorkload struct{ kind, group, name string }

func parseWorkload(arg string) (namedWorkload, error) {
	kind, name, slash := strings.Cut(arg, "/")
	if !slash {
		kind, name = "", arg
	}
	kind, group, dot := strings.Cut(strings.ToLower(kind), ".")
	if name == "" || (slash && kind == "") || (dot && group == "") || len(content.IsPathSegmentName(name)) > 0 {
		return namedWorkload{}, fmt.Errorf("%q is no workload: write it as deployment/cart, deployment.apps/cart or cart", arg)
	}
	return namedWorkload{kind, group, name}, nil
}

// is tells whether a workload is of the kind that was written, by its name or by those of Kubernetes itself.
func (w *namedWorkload) is(key snapshot.Key) bool {
	if w.group != "" && w.group != strings.ToLower(key.Group) {
		return false
	}
	kind := strings.ToLower(key.Kind)
	if w.kind == "" || w.kind == kind {
		return true
	}
	known, ok := find(builtinResources(), w.kind, w.group)
	return ok && known.group == key.Group && known.singular == kind
}

// assessOne assesses the workload that the user means, among all that stand around it.
func (o *sourceOptions) assessOne(
	ctx context.Context, configuration *config.AuditConfiguration, workload string,
) (*loaded, *assess.Engine, *assess.Assessment, error) {
	m, err := o.load(ctx, configuration, true, snapshot.Pods)
	if err != nil {
		return nil, nil, nil, err
	}
	key, err := o.findWorkload(m, workload)
	if err != nil {
		return nil, nil, nil, err
	}
	engine, err := m.engine(configuration)
	if err != nil {
		return nil, nil, nil, err
	}
	assessment := engine.Assess(key)
	if assessment == nil {
		return nil, nil, nil, fmt.Errorf("%s is on its way out: only its last pods are left", key)
	}
	return m, engine, assessment, nil
}

// findWorkload is the workload that the user means, among those that were read.
func (o *sourceOptions) findWorkload(m *loaded, arg string) (snapshot.Key, error) {
	named, err := parseWorkload(arg)
	if err != nil {
		return snapshot.Key{}, err
	}
	namespace, where := "", "in any namespace"
	if !o.AllNamespaces {
		if namespace, err = o.namespace(); err != nil {
			return snapshot.Key{}, err
		}
		where = "in namespace " + namespace
	}
	found := o.matching(m, &named, namespace)
	switch len(found) {
	case 0:
		return snapshot.Key{}, fmt.Errorf("no workload %s %s%s", arg, where, near(m.Snapshot.Workloads(), namespace, named.name))
	case 1:
		return found[0], nil
	default:
		return snapshot.Key{}, fmt.Errorf("%s is the name of several workloads: %s; write kind and namespace", arg, listed(found))
	}
}

// matching are the workloads of a name in a namespace, or in all where it is empty; where there is none, the one that a pod
// of that name belongs to.
func (o *sourceOptions) matching(m *loaded, named *namedWorkload, namespace string) []snapshot.Key {
	here := slices.DeleteFunc(m.Snapshot.Workloads(), func(key snapshot.Key) bool {
		return namespace != "" && key.Namespace != namespace
	})
	found := slices.DeleteFunc(slices.Clone(here), func(key snapshot.Key) bool { return key.Name != named.name || !named.is(key) })
	if len(found) == 0 {
		found = o.discovered(here, named)
	}
	if len(found) == 0 && named.is(snapshot.Key{Kind: "Pod"}) {
		if found = ownersOf(m.Snapshot, here, named.name); len(found) == 1 {
			note(o.ErrOut, "The pod %s belongs to %s.", named.name, found[0])
		}
	}
	return found
}

// discovered are the workloads of a kind that the cluster knows under another name than its own: rollouts, ro.
func (o *sourceOptions) discovered(here []snapshot.Key, named *namedWorkload) []snapshot.Key {
	if len(o.Filenames) > 0 || named.kind == "" {
		return nil
	}
	kind, ok := o.kindOf(named.kind, named.group)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(here), func(key snapshot.Key) bool {
		return key.Name != named.name || key.Kind != kind.Kind || key.Group != kind.Group
	})
}

// kindOf asks the cluster for the kind of a resource. One that cannot be asked knows none: the error is that of the name.
func (o *sourceOptions) kindOf(resource, group string) (schema.GroupKind, bool) {
	mapper, err := o.ConfigFlags.ToRESTMapper()
	if err != nil {
		return schema.GroupKind{}, false
	}
	gvk, err := mapper.KindFor(schema.GroupVersionResource{Group: group, Resource: resource})
	return gvk.GroupKind(), err == nil
}

// ownersOf are the workloads that have a pod of that name.
func ownersOf(s *snapshot.Snapshot, here []snapshot.Key, pod string) []snapshot.Key {
	return slices.DeleteFunc(slices.Clone(here), func(key snapshot.Key) bool {
		view, _ := s.View(key)
		return !slices.ContainsFunc(view.Groups, func(g snapshot.Group) bool { return slices.Contains(g.Pods, pod) })
	})
}

// near names the workloads that may be meant.
func near(all []snapshot.Key, namespace, name string) string {
	type rated struct {
		key      snapshot.Key
		distance int
	}
	var likely []rated
	for _, key := range all {
		if !alike(name, key.Name) {
			continue
		}
		distance := distanceOf(name, key.Name)
		if namespace != "" && key.Namespace != namespace {
			distance++
		}
		likely = append(likely, rated{key, distance})
	}
	slices.SortStableFunc(likely, func(a, b rated) int { return cmp.Compare(a.distance, b.distance) })
	keys := make([]snapshot.Key, 0, nearNames)
	for _, r := range likely[:min(len(likely), nearNames)] {
		keys = append(keys, r.key)
	}
	if len(keys) == 0 {
		return ""
	}
	return "; near: " + listed(keys)
}

func listed(keys []snapshot.Key) string {
	names := make([]string, 0, len(keys))
	for _, key := range keys {
		names = append(names, key.String())
	}
	return strings.Join(names, ", ")
}

// alike tells whether somebody who writes one name may mean the other.
func alike(written, name string) bool {
	return distanceOf(written, name) <= 1+len(written)/4 || strings.Contains(name, written) || strings.Contains(written, name)
}

// distanceOf is how many letters have to be put in, left out or changed to make one word of another.
func distanceOf(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
