package exception

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/snapshot"
)

// selector selects workloads.
type selector struct {
	namespaces labels.Selector
	// byName is true where namespaces are selected by their name alone, so that one is known without its object.
	byName bool
	pods   labels.Selector
	kinds  []string
	names  []string
}

// newSelector reads the selectors of a spec. Those of a manifest have not been looked at by an API server.
func newSelector(spec *daysixv1alpha1.AuditExceptionSpec) (selector, error) {
	s := selector{namespaces: labels.Everything(), byName: true, pods: labels.Everything()}
	if spec.NamespaceSelector == nil && spec.WorkloadSelector == nil {
		return s, errors.New("neither namespaceSelector nor workloadSelector is given; {} selects all")
	}
	var err error
	if n := spec.NamespaceSelector; n != nil {
		if s.namespaces, err = byLabels(n.MatchLabels, n.MatchExpressions); err != nil {
			return s, fmt.Errorf("namespaceSelector: %w", err)
		}
		requirements, _ := s.namespaces.Requirements()
		s.byName = !slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return r.Key() != corev1.LabelMetadataName })
	}
	if w := spec.WorkloadSelector; w != nil {
		if s.pods, err = byLabels(w.MatchLabels, w.MatchExpressions); err != nil {
			return s, fmt.Errorf("workloadSelector: %w", err)
		}
		s.kinds, s.names = w.Kinds, w.Names
		for _, pattern := range w.Names {
			if !namePattern.MatchString(pattern) {
				return s, fmt.Errorf("workloadSelector: names: %q is no name, and no pattern of names", pattern)
			}
		}
	}
	return s, nil
}

// namePattern is that of the API's schema.
var namePattern = regexp.MustCompile(`^[A-Za-z0-9.:_*-]+$`)

func byLabels(equal map[string]string, expressions []daysixv1alpha1.SelectorRequirement) (labels.Selector, error) {
	all := labels.NewSelector()
	add := func(key string, operator selection.Operator, values ...string) error {
		r, err := labels.NewRequirement(key, operator, values)
		if err == nil {
			all = all.Add(*r)
		}
		return err
	}
	for key, value := range equal {
		if err := add(key, selection.Equals, value); err != nil {
			return nil, fmt.Errorf("matchLabels: %w", err)
		}
	}
	for i, e := range expressions {
		operator := operatorOf(e.Operator)
		if operator == "" {
			return nil, fmt.Errorf("matchExpressions[%d]: operator %q is none", i, e.Operator)
		}
		if err := add(e.Key, operator, e.Values...); err != nil {
			return nil, fmt.Errorf("matchExpressions[%d]: %w", i, err)
		}
	}
	return all, nil
}

func operatorOf(o daysixv1alpha1.SelectorOperator) selection.Operator {
	switch o {
	case "In":
		return selection.In
	case "NotIn":
		return selection.NotIn
	case "Exists":
		return selection.Exists
	case "DoesNotExist":
		return selection.DoesNotExist
	default:
		return ""
	}
}

// selects tells whether a workload is selected for certain: where the labels of its namespace are not known, a selector that
// asks for more than the name does not.
func (s *selector) selects(w *snapshot.Selectable) bool {
	if len(s.kinds) > 0 && !slices.Contains(s.kinds, w.Key.Kind) {
		return false
	}
	if len(s.names) > 0 && !slices.ContainsFunc(s.names, func(pattern string) bool { return matchesName(pattern, w.Key.Name) }) {
		return false
	}
	return s.selectsNamespace(w) && s.selectsPods(w.Labels)
}

func matchesName(pattern, name string) bool {
	if !strings.Contains(pattern, "*") {
		return pattern == name
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

func (s *selector) selectsNamespace(w *snapshot.Selectable) bool {
	switch {
	case s.namespaces.Empty():
		return true
	case w.Namespace != nil:
		return s.namespaces.Matches(named{labels.Set(w.Namespace.Labels), w.Key.Namespace})
	default:
		return s.byName && s.namespaces.Matches(named{nil, w.Key.Namespace})
	}
}

// named are the labels of a namespace with that of its name, which the API server sees to and a manifest leaves out.
type named struct {
	labels.Set
	name string
}

// Has implements labels.Labels.
func (n named) Has(label string) bool { return label == corev1.LabelMetadataName || n.Set.Has(label) }

// Get implements labels.Labels.
func (n named) Get(label string) string {
	if label == corev1.LabelMetadataName {
		return n.name
	}
	return n.Set.Get(label)
}

// Lookup implements labels.Labels.
func (n named) Lookup(label string) (value string, exists bool) {
	if label == corev1.LabelMetadataName {
		return n.name, true
	}
	return n.Set.Lookup(label)
}

// selectsPods tells whether the labels of every pod match. Where there is nothing to look at, only a selector that asks for
// nothing does.
func (s *selector) selectsPods(pods []map[string]string) bool {
	if s.pods.Empty() {
		return true
	}
	for _, set := range pods {
		if !s.pods.Matches(labels.Set(set)) {
			return false
		}
	}
	return len(pods) > 0
}
