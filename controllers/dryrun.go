package controllers

import (
	"fmt"
	"slices"
	"sync"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	ctrlmetrics "sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/snapshot"
)

// maxDryRuns bounds how many candidates are kept in mind, with their answers: 0.8 KB each.
const maxDryRuns = 100_000

// dryRunKey is one replacement of a workload.
type dryRunKey struct {
	workload snapshot.Key
	identity string
}

// DryRuns asks the API server by dry-run about the replacements of workloads. The nil DryRuns, of the mode that is off, takes
// note of nothing. It runs where the replica leads.
type DryRuns struct {
	gate   dryrun.Gate
	queue  *dryrun.Queue[dryRunKey]
	settle *settling
	loops  []manager.Runnable // what a manager has to run where it leads

	mu      sync.Mutex
	checked bool // the guard has been checked
	wanted  map[snapshot.Key][]string
}

// NewDryRuns asks with the access of config, at most so many requests a second. feeder is told of what is news.
func NewDryRuns(config *rest.Config, perSecond int, clk clock.Clock, feeder *Feeder, log logr.Logger) (*DryRuns, error) {
	gauge := metrics.NewDryRun(ctrlmetrics.Registry)
	d := &DryRuns{wanted: make(map[snapshot.Key][]string)}
	d.settle = newSettling(clk, func(namespace string) { feeder.enqueue(true, feeder.snapshot.OfNamespace(namespace)...) })
	notify := func(standing dryrun.Standing) {
		d.mu.Lock()
		d.checked = true
		d.mu.Unlock()
		gauge.GuardInForce(standing.State == dryrun.InForce)
		feeder.EnqueueAll()
	}
	guard, err := dryrun.NewGuard(config, clk, klog.LoggerWithName(log, "dry-run"), notify)
	if err != nil {
		return nil, fmt.Errorf("setting up the dry-run mode: %w", err)
	}
	pace := dryrun.Pace{PerSecond: perSecond, Burst: perSecond}
	submitter, err := dryrun.NewSubmitter(config, guard, pace)
	if err != nil {
		return nil, fmt.Errorf("setting up the dry-run mode: %w", err)
	}
	d.gate, d.queue = guard, dryrun.NewQueue[dryRunKey](pace, maxDryRuns)
	loop := &dryrun.Loop[dryRunKey]{
		Queue: d.queue, Asker: submitter, Gate: guard, Clock: clk,
		Candidate: func(key dryRunKey) (dryrun.Candidate, bool) { return candidateOf(feeder.snapshot, key) },
		Notify:    func(key dryRunKey) { feeder.Enqueue(key.workload) },
	}
	d.loops = []manager.Runnable{guard, loop, d.settle}
	return d, nil
}

// Changed takes note that something changed that the API server reads when it admits the pods of workloads: they are asked
// about anew.
func (d *DryRuns) Changed(keys []snapshot.Key) {
	if d != nil {
		d.settle.changed(keys)
	}
}

// admissionSources are what the API server reads when it admits pods. Of quotas the snapshot reports no usage within the
// limits, which changes with every pod. Namespaces and parameters are told of by themselves.
var admissionSources = [...]snapshot.Source{
	snapshot.ValidatingAdmissionPolicies, snapshot.ValidatingAdmissionPolicyBindings, snapshot.ValidatingWebhookConfigurations,
	snapshot.MutatingAdmissionPolicies, snapshot.MutatingAdmissionPolicyBindings, snapshot.MutatingWebhookConfigurations,
	snapshot.LimitRanges, snapshot.ResourceQuotas, snapshot.PriorityClasses, snapshot.RuntimeClasses,
	snapshot.ServiceAccounts,
}

// Ask wants the replacements of a workload asked about, and returns what has been answered so far.
func (d *DryRuns) Ask(view *snapshot.View) restart.Answers {
	key := view.Workload.Key
	revision, settled := d.settle.revision(key.Namespace)
	answers := make(map[string]dryrun.Answer)
	var identities []string
	for _, c := range restart.Candidates(view) {
		identities = append(identities, c.Identity())
		candidate, err := dryrun.NewCandidate(key.Namespace, c.Pod)
		if err != nil || !settled {
			continue // A mirror of a static pod is not asked about. What is unsettled is asked about in a moment.
		}
		at, question := dryRunKey{key, c.Identity()}, dryrun.Question{Candidate: candidate.Hash(), Revision: revision}
		d.queue.Want(at, question)
		if answer, ok := d.queue.Answer(at, question); ok {
			answers[c.Identity()] = answer
		}
	}
	// After what is wanted: the answer to a question that moves to another pod stays known.
	d.keep(key, identities)
	return d.heard(answers)
}

// heard are the answers, or why nobody is asked. Before the first check of the guard nothing is known either way.
func (d *DryRuns) heard(answers map[string]dryrun.Answer) restart.Answers {
	d.mu.Lock()
	checked := d.checked
	d.mu.Unlock()
	standing := d.gate.Standing()
	return func(identity string) (dryrun.Answer, bool) {
		if standing.State != dryrun.InForce {
			return dryrun.Answer{Verdict: dryrun.CannotTell, Reason: dryrun.GuardNotInForce, Message: standing.String()}, checked
		}
		answer, ok := answers[identity]
		return answer, ok
	}
}

// keep forgets what a workload wanted before and does not want any more.
func (d *DryRuns) keep(key snapshot.Key, identities []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, before := range d.wanted[key] {
		if !slices.Contains(identities, before) {
			d.queue.Forget(dryRunKey{key, before})
		}
	}
	if len(identities) == 0 {
		delete(d.wanted, key)
		return
	}
	d.wanted[key] = identities
}

// Forget drops what a workload wants.
func (d *DryRuns) Forget(key snapshot.Key) {
	if d != nil {
		d.keep(key, nil)
	}
}

// candidateOf is what a key stands for now.
func candidateOf(s *snapshot.Snapshot, key dryRunKey) (dryrun.Candidate, bool) {
	view, ok := s.View(key.workload)
	if !ok || view.Workload.Gone {
		return dryrun.Candidate{}, false
	}
	for _, c := range restart.Candidates(&view) {
		if c.Identity() == key.identity {
			candidate, err := dryrun.NewCandidate(key.workload.Namespace, c.Pod)
			return candidate, err == nil
		}
	}
	return dryrun.Candidate{}, false
}
