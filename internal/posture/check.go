package posture

import (
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// Check is one rule about a pod.
type Check struct {
	ID finding.CheckID
	// Catalogue are the rows of the catalogue of primitives that the check covers: P01, H03, C-SYS_ADMIN; Hygiene for
	// what practitioners expect beyond it.
	Catalogue []string
	// Title says in a few words what the check finds.
	Title string
	// Worst is the furthest consequence that the check can find.
	Worst finding.Consequence
	// PodSecurity is the least strict Pod Security level that refuses what the check finds: baseline, restricted, or
	// empty where no level does.
	PodSecurity string
	// Find reports what the check sees in the pod.
	Find func(*Pod, *Findings)
	// Fix makes, in a spec of its own, the change that the remediation asks for: after it the check finds nothing.
	// The pod's other settings are left alone. Nil where no change of the spec alone can help.
	Fix func(*corev1.PodSpec)
	// Breaks says in a sentence what may stop working with the fix; empty where there is none.
	Breaks string
}

// Findings collects what the checks find in one pod.
type Findings struct {
	check *Check
	list  []finding.Finding
}

// Add records a finding of the check that is running.
func (f *Findings) Add(found finding.Finding) {
	found.Check = f.check.ID
	f.list = append(f.list, found)
}

// All is what has been found so far, by this check and those before it in the registry.
func (f *Findings) All() []finding.Finding { return f.list }

// Engine runs a fixed, ordered list of checks. It is safe for concurrent use.
type Engine struct {
	checks []Check
	// lists holds *Findings whose memory the next pod uses again.
	lists sync.Pool
}

// NewEngine returns an engine that runs every check of the registry.
func NewEngine() *Engine { return &Engine{checks: Registry()} }

// Checks lists the checks in the order in which they run.
func (e *Engine) Checks() []Check { return e.checks }

// Assess runs every check over the pod. The findings come worst first, in an order that depends on nothing else.
func (e *Engine) Assess(p *Pod) []finding.Finding {
	found, ok := e.lists.Get().(*Findings)
	if !ok {
		found = &Findings{}
	}
	for i := range e.checks {
		found.check = &e.checks[i]
		found.check.Find(p, found)
	}
	sorted := finding.Sorted(found.list)
	clear(found.list)
	found.list = found.list[:0]
	e.lists.Put(found)
	return sorted
}
