package netpol

import (
	"maps"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Level is from how far away somebody gets at a group (catalogue, section F.3).
type Level string

// The levels, furthest first.
const (
	LevelExternal  Level = "External"
	LevelCluster   Level = "Cluster"
	LevelNamespace Level = "Namespace"
	LevelNone      Level = "None"
	// LevelUnknown is where something was not read that may lead farther than what was.
	LevelUnknown Level = "Unknown"
)

// Levels lists those that are known, furthest first.
func Levels() []Level { return []Level{LevelExternal, LevelCluster, LevelNamespace, LevelNone} }

// Exposure is from how far away connections get at a group, whether or not its containers listen.
type Exposure struct {
	// Level is the furthest, be it on a condition; Certain the furthest without one.
	Level, Certain Level
	// Condition names what decides where the two differ.
	Condition string
	// Ways are those from outside of the cluster, certain ones first.
	Ways []Way
	// Policies are those that let anything in, sorted. Empty where no policy isolates the group, and where none does.
	Policies []PolicyRef
}

// Way is how connections from outside of the cluster get to a group.
type Way struct {
	// Object is what publishes it: Service shop/web (LoadBalancer), Ingress shop/web by Service shop/web, hostPort 8080.
	Object string
	Access
}

// Exposure tells from how far away connections get at a group. ok is false for a group that is not known.
func (x *Index) Exposure(key Key) (answer Exposure, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	g, ok := x.groups[key]
	if !ok {
		return Exposure{}, false
	}
	a := x.arrivals(g)
	e := Exposure{Level: LevelNone, Certain: LevelNone, Policies: g.letting(ingress, AllPorts(), a.any)}
	var conditional []Way
	var why reasons
	for _, p := range a.published() {
		switch way := (Way{p.object, p.access(a.others)}); way.Verdict {
		case finding.Yes:
			e.Ways = append(e.Ways, way)
		case finding.Conditional:
			conditional = append(conditional, way)
		case finding.No, finding.Unknown:
		}
		why |= e.reach(LevelExternal, &p.opening, a.others)
	}
	e.Ways = append(e.Ways, conditional...)
	why |= e.reach(LevelCluster, &a.elsewhere, a.others)
	why |= e.reach(LevelNamespace, &a.nearby, a.others)
	if e.Level != e.Certain {
		e.Condition = why.condition(a.others)
	}
	return e, true
}

// reach takes in what leads to one level, the furthest level first. It returns what decides, where that level is the one.
func (e *Exposure) reach(level Level, o *opening, others []OtherPolicy) reasons {
	if len(others) > 0 {
		o = &opening{possible: AllPorts(), why: otherPolicies}
	}
	if e.Certain == LevelNone && !o.certain.Empty() {
		e.Certain = level
	}
	if e.Level == LevelNone && !o.possible.Empty() {
		e.Level = level
	}
	if e.Level != level || o.possible.Empty() {
		return 0
	}
	return o.why
}

// arrivals is what gets in at a group, by where it comes from.
type arrivals struct {
	x *Index
	g *group
	// everyone is what is let in of everybody, outside what is of addresses outside, elsewhere and nearby what is of pods.
	everyone, outside, elsewhere, nearby opening
	others                               []OtherPolicy
}

func (x *Index) arrivals(g *group) *arrivals {
	read := func(admit func(*policy, *opening)) opening { return g.read(ingress, admit) }
	return &arrivals{
		x: x, g: g,
		everyone:  read(admitEveryone(g)),
		outside:   read(func(p *policy, o *opening) { p.admitOutside(o, ingress, g) }),
		elsewhere: read(x.admitOthers(ingress, g)),
		nearby:    read(x.admitOwn(ingress, g)),
		others:    x.concerning(g.home),
	}
}

func admitEveryone(g *group) func(*policy, *opening) {
	return func(p *policy, o *opening) {
		p.eachRule(ingress, func(r *rule) {
			if r.everyone {
				o.allow(r.ports.on(g))
			}
		})
	}
}

// any adds what a policy lets in from anywhere.
func (a *arrivals) any(p *policy, o *opening) {
	a.x.admitOwn(ingress, a.g)(p, o)
	a.x.admitOthers(ingress, a.g)(p, o)
	p.admitOutside(o, ingress, a.g)
}

// publication is something that leads from outside to a group.
type publication struct {
	object string
	opening
}

// published lists what leads from outside to the group: the network of its node, ports of its node, Services, routes.
func (a *arrivals) published() []publication {
	if a.g.HostNetwork {
		return []publication{{"hostNetwork", a.everyone}}
	}
	found := a.hostPorts()
	for _, name := range slices.Sorted(maps.Keys(a.g.home.services)) {
		s := a.g.home.services[name]
		if !s.selects(a.g) {
			continue
		}
		found = a.service(found, s)
		for _, r := range slices.SortedFunc(maps.Keys(a.x.backends[s.ref]), compareRoutes) {
			found = a.route(found, r, s)
		}
	}
	return found
}
