package controllers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
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
	usage  *settling // of what is used of quotas
	// counted are the quotas of a namespace as they are used now.
	counted func(namespace string) []*corev1.ResourceQuota
	loops   []manager.Runnable // what a manager has to run where it leads

	mu      sync.Mutex
	checked bool // the guard has been checked
	wanted  map[snapshot.Key][]string
	// full are the quotas that were found to have no room, of the workloads that need some. None is not the same as no room needed.
	full map[snapshot.Key]string
}

// NewDryRuns asks with the access of config, at most so many requests a second. feeder is told of what is news.
func NewDryRuns(config *rest.Config, perSecond int, clk clock.Clock, feeder *Feeder, log logr.Logger) (*DryRuns, error) {
	gauge := metrics.NewDryRun(ctrlmetrics.Registry)
	d := &DryRuns{
		counted: feeder.snapshot.CountedQuotas, wanted: make(map[snapshot.Key][]string), full: make(map[snapshot.Key]string),
	}
	d.usage = newSettling(clk, func(namespace string) { feeder.enqueue(false, d.otherwiseFull(feeder.snapshot, namespace)...) })
	d.usage.early = true
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
	d.loops = []manager.Runnable{guard, loop, d.settle, d.usage}
	return d, nil
}

// Changed takes note that something changed that the API server reads when it admits the pods of workloads: they are asked
// about anew.
func (d *DryRuns) Changed(keys []snapshot.Key) {
	if d != nil {
		d.settle.changed(keys)
	}
}

// QuotaUsed takes note that more or less may be used of a quota. Workloads are asked about anew for which it has room now and
// had none, or the other way round, and no others: this happens with every pod.
func (d *DryRuns) QuotaUsed(namespace string) {
	if d != nil {
		d.usage.changed([]snapshot.Key{{Namespace: namespace}})
	}
}

// otherwiseFull are the workloads of a namespace for which other quotas are full than when they were looked at last.
func (d *DryRuns) otherwiseFull(s *snapshot.Snapshot, namespace string) []snapshot.Key {
	var out []snapshot.Key
	d.mu.Lock()
	before := maps.Clone(d.full)
	d.mu.Unlock()
	for key, full := range before {
		if key.Namespace != namespace {
			continue
		}
		if view, ok := s.View(key); ok && d.fullFor(&view, restart.Candidates(&view)) != full {
			out = append(out, key)
		}
	}
	slices.SortFunc(out, snapshot.Key.Compare)
	return out
}

// fullFor spells which quotas are full for the candidates that need room; empty where none does.
func (d *DryRuns) fullFor(view *snapshot.View, candidates []restart.Candidate) string {
	var b strings.Builder
	counted := d.counted(view.Workload.Key.Namespace)
	for i := range candidates {
		if c := &candidates[i]; c.NeedsRoom {
			b.WriteString("/" + strings.Join(c.Full(view, counted), ","))
		}
	}
	return b.String()
}

// admissionSources are what the API server reads when it admits pods. Of quotas the snapshot reports no usage within the
// limits, which changes with every pod (see QuotaUsed). Namespaces and parameters are told of by themselves.
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
	candidates := restart.Candidates(view)
	full := d.fullFor(view, candidates)
	for i := range candidates {
		c := &candidates[i]
		identities = append(identities, c.Identity())
		candidate, err := dryrun.NewCandidate(key.Namespace, c.Pod)
		if err != nil || !settled {
			continue // A mirror of a static pod is not asked about. What is unsettled is asked about in a moment.
		}
		at, question := dryRunKey{key, c.Identity()}, dryrun.Question{Candidate: candidate.Hash(), Revision: revision}
		if c.NeedsRoom {
			question.Revision += full
		}
		d.queue.Want(at, question)
		if answer, ok := d.queue.Answer(at, question); ok {
			answers[c.Identity()] = answer
		}
	}
	// After what is wanted: the answer to a question that moves to another pod stays known.
	d.keep(key, identities, full)
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
func (d *DryRuns) keep(key snapshot.Key, identities []string, full string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full[key] = full; full == "" {
		delete(d.full, key)
	}
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
		d.keep(key, nil, "")
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
