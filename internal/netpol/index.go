package netpol

import (
	"slices"
	"sync"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
)

// Index holds the policies of a cluster, its groups of pods, and what leads to them from outside. The objects given to it
// must not be changed afterwards. It is safe for concurrent use. What a change costs follows the groups that the policy
// selects, and the selectors that could mean the group; not the cluster.
//
// Edges: namespace → groups, policies, Services; policy ↔ the groups that it selects; rule → peers (interned) → the
// policies that name them; selector of namespaces ↔ the namespaces that it picks; Service → the routes that lead to it.
type Index struct {
	mu         sync.RWMutex
	partial    bool // there may be namespaces that nobody tells of
	namespaces map[string]*namespace
	ordered    []*namespace // the same, by name
	selectors  map[string]*namespaceSelector
	policies   map[PolicyRef]*policy
	problems   map[PolicyRef]string
	groups     map[Key]*group
	// doors are the isolated groups that let everyone in, or every pod perhaps, on some port.
	doors map[*group]struct{}
	hosts map[*group]struct{} // on the host network
	// nameServers are the groups that declare the port of DNS.
	nameServers map[*group]struct{}
	// naming are the policies with a rule for egress to addresses on ports by name: any group may declare one.
	naming   map[*policy]struct{}
	others   []OtherPolicy // of the whole cluster, sorted
	routes   map[routeKey]*route
	backends map[serviceRef]map[*route]struct{}
	// aliases are the hosts that Services stand for, by namespace and name.
	aliases map[string]map[string]string
	// grants are the ReferenceGrants by namespace and name; allGrants tells whether these are all of the cluster.
	grants    map[string]map[string]Grant
	allGrants bool
	ranges    Ranges
	known     known // of the ranges
	// guarded are the namespaces with policies of other kinds.
	guarded   map[*namespace]struct{}
	open      count // groups that let everyone in
	opened    int   // namespaces with such groups
	populated int   // namespaces with pods in the pod network
	reliable  int   // namespaces with groups that are open for certain
	openHosts int   // groups on the host network that are
}

// New returns an empty index of a whole cluster.
func New() *Index { return newIndex(false) }

// NewPartial returns an empty index of a cluster that is not shown whole, such as by manifests: it may have namespaces that
// nobody tells of, with any labels.
func NewPartial() *Index { return newIndex(true) }

func newIndex(partial bool) *Index {
	return &Index{
		partial:     partial,
		namespaces:  map[string]*namespace{},
		aliases:     map[string]map[string]string{},
		selectors:   map[string]*namespaceSelector{},
		policies:    map[PolicyRef]*policy{},
		problems:    map[PolicyRef]string{},
		groups:      map[Key]*group{},
		doors:       map[*group]struct{}{},
		hosts:       map[*group]struct{}{},
		nameServers: map[*group]struct{}{},
		naming:      map[*policy]struct{}{},
		routes:      map[routeKey]*route{},
		backends:    map[serviceRef]map[*route]struct{}{},
		grants:      map[string]map[string]Grant{},
		known:       (&Ranges{}).known(),
		guarded:     map[*namespace]struct{}{},
	}
}

// UpsertPolicy puts the NetworkPolicy in the place of the one of the same name. One that the API server would refuse counts
// as a policy that is not evaluated, see Problems.
func (x *Index) UpsertPolicy(object *networkingv1.NetworkPolicy) Affected {
	fresh, err := compile(object)
	x.mu.Lock()
	defer x.mu.Unlock()
	old := x.policies[fresh.ref]
	if err == nil && old != nil && equality.Semantic.DeepEqual(old.spec, fresh.spec) {
		return Affected{}
	}
	c := x.newChange()
	n := x.ensureLocked(c, object.Namespace)
	if err != nil {
		x.setPolicyLocked(c, old, nil)
		x.problems[fresh.ref] = err.Error()
		x.addOtherLocked(c, fresh.ref.unevaluated())
		return c.affected()
	}
	x.dropProblemLocked(c, fresh.ref)
	fresh.home = n
	x.setPolicyLocked(c, old, fresh)
	return c.affected()
}

// DeletePolicy forgets a NetworkPolicy.
func (x *Index) DeletePolicy(namespace, name string) Affected {
	x.mu.Lock()
	defer x.mu.Unlock()
	ref := PolicyRef{namespace, name}
	c := x.newChange()
	x.dropProblemLocked(c, ref)
	x.setPolicyLocked(c, x.policies[ref], nil)
	if n, ok := x.namespaces[namespace]; ok {
		x.tidyLocked(c, n)
	}
	return c.affected()
}

// setPolicyLocked puts one policy in the place of another; either may be missing.
func (x *Index) setPolicyLocked(c *change, old, fresh *policy) {
	subjects := map[*group]struct{}{}
	if old != nil {
		for g := range old.subjects {
			subjects[g] = struct{}{}
		}
	}
	if fresh != nil {
		for _, g := range fresh.home.groups {
			if fresh.selector.Matches(g.labels) {
				subjects[g] = struct{}{}
			}
		}
	}
	inward := old.isolates(ingress) || fresh.isolates(ingress)
	for g := range subjects {
		c.own(g)
		if inward {
			c.target(g)
		}
	}
	x.unlinkLocked(old)
	x.linkLocked(fresh)
	if inward {
		for g := range subjects {
			c.target(g)
		}
	}
}

// Problem is a NetworkPolicy that cannot be evaluated.
type Problem struct {
	Policy PolicyRef
	// Message names the field and what is wrong with it.
	Message string
}

// Problems lists the policies that the API server would refuse today, by name: from manifests, or older than a rule.
func (x *Index) Problems() []Problem {
	x.mu.RLock()
	defer x.mu.RUnlock()
	found := make([]Problem, 0, len(x.problems))
	for ref, message := range x.problems {
		found = append(found, Problem{ref, message})
	}
	slices.SortFunc(found, func(a, b Problem) int { return compareRefs(a.Policy, b.Policy) })
	return found
}

func (x *Index) dropProblemLocked(c *change, ref PolicyRef) {
	if _, ok := x.problems[ref]; ok {
		delete(x.problems, ref)
		x.removeOtherLocked(c, ref.unevaluated())
	}
}
