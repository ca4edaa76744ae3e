package exception

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

var noon = time.Unix(1_000_000, 0)

type set = map[string]string

func requires(key string, operator daysixv1alpha1.SelectorOperator, values ...string) []daysixv1alpha1.SelectorRequirement {
	return []daysixv1alpha1.SelectorRequirement{{Key: key, Operator: operator, Values: values}}
}

// named is an exception that accepts checks in every workload, unless it is changed.
func newException(name string, change func(*daysixv1alpha1.AuditExceptionSpec), checks ...string) *Exception {
	e := &daysixv1alpha1.AuditException{ObjectMeta: metav1.ObjectMeta{Name: name, Generation: 3}}
	e.Spec = daysixv1alpha1.AuditExceptionSpec{Reason: "It must.", Checks: checks, NamespaceSelector: &daysixv1alpha1.Selector{}}
	if change != nil {
		change(&e.Spec)
	}
	return New(e)
}

func expires(at time.Time) func(*daysixv1alpha1.AuditExceptionSpec) {
	return func(s *daysixv1alpha1.AuditExceptionSpec) { s.ExpiresAt = metav1.NewTime(at) }
}

func workload(pods ...map[string]string) *snapshot.Selectable {
	return &snapshot.Selectable{
		Key:       snapshot.Key{Group: "apps", Kind: "Deployment", Namespace: "shop", Name: "cart"},
		Namespace: &snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Labels: set{"team": "web"}}},
		Labels:    pods,
	}
}

func TestWhatIsSelected(t *testing.T) {
	type spec = daysixv1alpha1.AuditExceptionSpec
	namespaces := func(s daysixv1alpha1.Selector) *spec { return &spec{NamespaceSelector: &s} }
	workloads := func(s daysixv1alpha1.WorkloadSelector) *spec { return &spec{WorkloadSelector: &s} }
	unknown := workload(set{"app": "cart"})
	unknown.Namespace = nil
	cart := workload(set{"app": "cart", "hash": "1"}, set{"app": "cart", "hash": "2"})
	mixed := workload(set{"app": "cart"}, set{"app": "other"})
	for name, test := range map[string]struct {
		spec     *spec
		workload *snapshot.Selectable
		want     bool
	}{
		"everything, by an empty selector":        {namespaces(daysixv1alpha1.Selector{}), cart, true},
		"nothing, where no selector is given":     {&spec{}, cart, false},
		"the labels of its namespace":             {namespaces(daysixv1alpha1.Selector{MatchLabels: set{"team": "web"}}), cart, true},
		"another team":                            {namespaces(daysixv1alpha1.Selector{MatchLabels: set{"team": "data"}}), cart, false},
		"the name of its namespace":               {namespaces(daysixv1alpha1.Selector{MatchLabels: set{"kubernetes.io/metadata.name": "shop"}}), cart, true},
		"any but its namespace":                   {namespaces(daysixv1alpha1.Selector{MatchExpressions: requires("kubernetes.io/metadata.name", "NotIn", "shop")}), cart, false},
		"a label that is not known":               {namespaces(daysixv1alpha1.Selector{MatchExpressions: requires("team", "NotIn", "data")}), unknown, false},
		"a name that is known anyhow":             {namespaces(daysixv1alpha1.Selector{MatchExpressions: requires("kubernetes.io/metadata.name", "In", "shop")}), unknown, true},
		"all namespaces, known or not":            {namespaces(daysixv1alpha1.Selector{}), unknown, true},
		"a label of all its pods":                 {workloads(daysixv1alpha1.WorkloadSelector{MatchLabels: set{"app": "cart"}}), cart, true},
		"a label of some of its pods":             {workloads(daysixv1alpha1.WorkloadSelector{MatchLabels: set{"app": "cart"}}), mixed, false},
		"a label where there are no pods":         {workloads(daysixv1alpha1.WorkloadSelector{MatchExpressions: requires("app", "DoesNotExist")}), workload(), false},
		"no label where there are no pods":        {workloads(daysixv1alpha1.WorkloadSelector{}), workload(), true},
		"its kind":                                {workloads(daysixv1alpha1.WorkloadSelector{Kinds: []string{"Pod", "Deployment"}}), cart, true},
		"another kind":                            {workloads(daysixv1alpha1.WorkloadSelector{Kinds: []string{"Pod"}}), cart, false},
		"its name":                                {workloads(daysixv1alpha1.WorkloadSelector{Names: []string{"cart"}}), cart, true},
		"the beginning of its name":               {workloads(daysixv1alpha1.WorkloadSelector{Names: []string{"web", "ca*"}}), cart, true},
		"a part of its name":                      {workloads(daysixv1alpha1.WorkloadSelector{Names: []string{"ar", "car"}}), cart, false},
		"its kind and another name":               {workloads(daysixv1alpha1.WorkloadSelector{Kinds: []string{"Deployment"}, Names: []string{"web"}}), cart, false},
		"a pattern that the API would refuse":     {workloads(daysixv1alpha1.WorkloadSelector{Names: []string{"c?rt"}}), cart, false},
		"an operator that there is not":           {workloads(daysixv1alpha1.WorkloadSelector{MatchExpressions: requires("app", "Gt", "1")}), cart, false},
		"values that a requirement must not have": {namespaces(daysixv1alpha1.Selector{MatchExpressions: requires("team", "Exists", "web")}), cart, false},
	} {
		t.Run(name, func(t *testing.T) {
			e := newException("e", func(s *spec) {
				s.NamespaceSelector, s.WorkloadSelector = test.spec.NamespaceSelector, test.spec.WorkloadSelector
			}, "A")
			if got := e.Selects(test.workload); got != test.want {
				t.Errorf("selected: %v, problem %q", got, e.Problem)
			}
		})
	}
}

func found(checks ...string) []finding.Finding {
	var out []finding.Finding
	for _, c := range checks {
		out = append(out, finding.Finding{Check: finding.CheckID(c)})
	}
	return out
}

func TestWhatIsAccepted(t *testing.T) {
	s := NewStore()
	s.Upsert(newException("second", nil, "B", "A", "A"), noon)
	s.Upsert(newException("first", expires(noon.Add(time.Minute)), "A", "C"), noon)
	s.Upsert(newException("elsewhere", func(s *daysixv1alpha1.AuditExceptionSpec) {
		s.NamespaceSelector = &daysixv1alpha1.Selector{MatchLabels: set{"team": "data"}}
	}, "D"), noon)
	uses := []Use{{"first", []finding.CheckID{"A"}}, {"second", []finding.CheckID{"A", "B"}}}
	for _, step := range []struct {
		name string
		at   time.Time
		want []string
	}{
		{"the first by name", noon, []string{"first", "second", "", "first"}},
		{"until a moment before its end", noon.Add(time.Minute - 1), []string{"first", "second", "", "first"}},
		{"and then the other", noon.Add(time.Minute), []string{"second", "second", "", "second"}},
		{"where the time is set back", noon, []string{"first", "second", "", "first"}},
	} {
		s.Advance(step.at)
		got := s.Accept(workload(), found("A", "B", "D", "A"))
		if diff := cmp.Diff(Acceptance{Revision: got.Revision, By: step.want, Uses: uses}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
	if got := s.Accept(workload(), found("X")); got.By != nil || got.Of(0) != "" {
		t.Errorf("what nobody accepts is accepted by %v", got.By)
	}
}

func namesOf(all []*Exception) []string {
	var out []string
	for _, e := range all {
		out = append(out, e.Name)
	}
	return out
}

func TestOnlyWhatMattersTouchesWorkloads(t *testing.T) {
	s := NewStore()
	later, now := noon.Add(time.Hour), noon
	owned := func(sp *daysixv1alpha1.AuditExceptionSpec) { sp.Owner, sp.Reason = "web", "It has to." }
	for _, step := range []struct {
		name string
		do   func() []*Exception
		want []string
	}{
		{"a new one", func() []*Exception { return s.Upsert(newException("a", nil, "A"), now) }, []string{"a"}},
		{"another reason", func() []*Exception { return s.Upsert(newException("a", owned, "A"), now) }, nil},
		{"an end to come", func() []*Exception { return s.Upsert(newException("a", expires(later), "A"), now) }, nil},
		{"other checks", func() []*Exception { return s.Upsert(newException("a", expires(later), "B"), now) }, []string{"a", "a"}},
		{"an end that has passed", func() []*Exception { return s.Upsert(newException("a", expires(now), "B"), now) }, []string{"a", "a"}},
		{"an end that has passed, of another", func() []*Exception { return s.Upsert(newException("b", expires(later), "B"), now) }, []string{"b"}},
		{"time that passes", func() []*Exception { return s.Advance(later.Add(-1)) }, nil},
		{"its end", func() []*Exception { return s.Advance(later) }, []string{"b"}},
		{"its deletion", func() []*Exception { return s.Delete("b", later) }, []string{"b"}},
		{"its deletion once more", func() []*Exception { return s.Delete("b", later) }, nil},
	} {
		if diff := cmp.Diff(step.want, namesOf(step.do())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
	}
}

func TestTheNextEnd(t *testing.T) {
	s := NewStore()
	s.Upsert(newException("never", nil, "A"), noon)
	if _, ok := s.Next(); ok {
		t.Error("what has no end ends")
	}
	for name, after := range map[string]time.Duration{"a": 2 * time.Hour, "b": time.Hour, "past": -time.Hour} {
		s.Upsert(newException(name, expires(noon.Add(after)), "A"), noon)
	}
	if next, ok := s.Next(); !ok || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("next %s, %v", next, ok)
	}
	s.Advance(noon.Add(time.Hour))
	if next, ok := s.Next(); !ok || !next.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("then %s, %v", next, ok)
	}
}

func TestStatus(t *testing.T) {
	known := func(c finding.CheckID) bool { return c != "Nonsense" }
	count := func(workloads int, checks ...finding.CheckID) Count {
		c := Count{Workloads: workloads, Found: map[finding.CheckID]bool{}}
		for _, check := range checks {
			c.Found[check] = true
		}
		return c
	}
	broken := func(s *daysixv1alpha1.AuditExceptionSpec) { s.NamespaceSelector = nil }
	for name, test := range map[string]struct {
		exception *Exception
		count     Count
		state     State
		want      string
	}{
		"one that accepts": {
			newException("e", nil, "A"), count(2, "A"), Active,
			"Active True Accepting|Expired False NoExpiry It has no end.|Inert False Effective",
		},
		"one that will end": {
			newException("e", expires(noon.Add(time.Second)), "A"), count(2, "A"), Active,
			"Active True Accepting|Expired False NotExpired It ends at 1970-01-12T13:46:41Z.|Inert False Effective",
		},
		"one that has ended": {
			newException("e", expires(noon), "A"), count(2, "A"), Expired,
			"Active False Expired|Expired True Expired It ended at 1970-01-12T13:46:40Z.|Inert False Effective",
		},
		"one of a check that there is not": {
			newException("e", nil, "Nonsense", "A"), count(2, "A"), Inert,
			"Active True Accepting|Expired False NoExpiry It has no end.|Inert True UnknownCheck There is no such check: Nonsense.",
		},
		"one that selects nothing": {
			newException("e", nil, "A"), count(0), Inert,
			"Active False NoWorkload|Expired False NoExpiry It has no end.|Inert True NoWorkload It selects no workload.",
		},
		"one of which a check finds nothing": {
			newException("e", nil, "C", "A", "B"), count(1, "A"), Inert,
			"Active True Accepting|Expired False NoExpiry It has no end.|Inert True NoFinding These checks find nothing in the workloads that it selects: B, C.",
		},
		"one with a selector that is none": {
			newException("e", broken, "A"), count(0), Inert,
			"Active False InvalidSelector|Expired False NoExpiry It has no end.|" +
				"Inert True InvalidSelector neither namespaceSelector nor workloadSelector is given; {} selects all",
		},
	} {
		t.Run(name, func(t *testing.T) {
			status := StatusOf(test.exception, test.count, noon, known)
			got := ""
			for i, c := range status.Conditions {
				if i > 0 {
					got += "|"
				}
				got += c.Type + " " + string(c.Status) + " " + c.Reason
				if c.Message != "" {
					got += " " + c.Message
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
			if status.ObservedGeneration != 3 || int(status.MatchedWorkloads) != test.count.Workloads {
				t.Errorf("generation %d, workloads %d", status.ObservedGeneration, status.MatchedWorkloads)
			}
			if state := StateOf(&status); state != test.state {
				t.Errorf("state %s", state)
			}
		})
	}
	if state := StateOf(&daysixv1alpha1.AuditExceptionStatus{}); state != "" {
		t.Errorf("an exception that nobody looked at is %s", state)
	}
}
