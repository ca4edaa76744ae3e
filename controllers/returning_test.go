package controllers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/util/workqueue"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/daysix/daysix/internal/snapshot"
)

// sourced is a feeder of which the sources are told by hand.
type sourced struct {
	*Feeder
	clk *clocktesting.FakeClock
}

// newSourced returns one for which all is read and assessed.
func newSourced(t *testing.T) *sourced {
	t.Helper()
	clk := clocktesting.NewFakeClock(time.Unix(1_000, 0))
	f := begunFeeder(synced(newPod(shop, "cart", ""), newPod(shop, "web", "")), clk)
	q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[Request]())
	t.Cleanup(q.ShutDown)
	f.queue = q
	for _, source := range []string{"nodes", "pods", "roles", reports, auditExceptions} {
		f.returns.tell(source, snapshot.Synced)
	}
	s := &sourced{f, clk}
	s.work()
	return s
}

// work does what is due and tells how many workloads were asked for.
func (s *sourced) work() (asked int) {
	for _, settling := range []*settling{s.losses, s.returns.bound} {
		for _, namespace := range settling.take() {
			settling.settled(namespace)
		}
	}
	s.solver.Step()
	for ; s.queue.Len() > 0; asked++ {
		request, _ := s.queue.Get()
		s.queue.Forget(request)
		s.queue.Done(request)
	}
	return asked
}

// forbidden are the sources that reports call so.
func (s *sourced) forbidden() string {
	var out []string
	for _, source := range append(s.snapshot.SourceStates(), s.ReportsState(), s.ExceptionsState()) {
		if source.State == snapshot.Forbidden {
			out = append(out, string(source.Source))
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestSourcesThatWereLostTogetherReturnTogether(t *testing.T) {
	type step struct {
		after     time.Duration
		source    string // none: nothing is told
		state     snapshot.State
		forbidden string // afterwards
		asked     int    // workloads
	}
	const no, yes = snapshot.Forbidden, snapshot.Synced
	lost := []step{
		{0, "nodes", no, "nodes", 0},
		{time.Second, "pods", no, "nodes pods", 0},
		{lossTime - time.Second, "", "", "nodes pods", 2},
	}
	all := []step{
		{0, "nodes", no, "nodes", 0},
		{0, auditExceptions, no, "auditexceptions nodes", 0},
		{0, reports, no, "auditexceptions nodes podsecurityreports", 0},
		{lossTime, "", "", "auditexceptions nodes podsecurityreports", 2},
	}
	for name, test := range map[string]struct{ before, steps []step }{
		"those that come back wait for the last one": {lost, []step{
			{time.Minute, "pods", yes, "nodes pods", 0},
			{5 * time.Second, "nodes", yes, "", 2},
			{returnTime, "", "", "", 0},
		}},
		"one by itself waits for nobody": {lost[:1], []step{
			{lossTime, "", "", "nodes", 2},
			{0, "nodes", yes, "", 2},
		}},
		"one that is still refused is not waited for": {lost, []step{
			{time.Minute, "pods", yes, "nodes pods", 0},
			{staleRefusal, "nodes", no, "nodes", 2},
			{time.Hour, "nodes", yes, "", 2},
		}},
		"a refusal of just before is waited for": {lost, []step{
			{time.Minute, "pods", yes, "nodes pods", 0},
			{staleRefusal - 1, "nodes", no, "nodes pods", 0},
			{5 * time.Second, "nodes", yes, "", 2},
		}},
		"one of which nothing is heard is waited for as long as that makes sense": {lost, []step{
			{time.Minute, "pods", yes, "nodes pods", 0},
			{returnTime - 1, "", "", "nodes pods", 0},
			{1, "", "", "nodes", 2},
			{time.Second, "nodes", yes, "", 2},
		}},
		"the next wait is as long as the first": {lost, []step{
			{0, "pods", yes, "nodes pods", 0},
			{staleRefusal, "nodes", no, "nodes", 2},
			{time.Second, "pods", no, "nodes pods", 0},
			{lossTime, "", "", "nodes pods", 2},
			{0, "pods", yes, "nodes pods", 0},
			{returnTime - 1, "", "", "nodes pods", 0},
			{1, "", "", "nodes", 2},
		}},
		"one that is lost again meanwhile was never back": {lost, []step{
			{0, "pods", yes, "nodes pods", 0},
			{time.Second, "pods", no, "nodes pods", 0},
			{5 * time.Second, "nodes", yes, "nodes pods", 0},
			{time.Second, "pods", yes, "", 2},
		}},
		"nothing returns where all were lost again": {lost, []step{
			{0, "pods", yes, "nodes pods", 0},
			{staleRefusal, "pods", no, "nodes pods", 0},
			{returnTime, "", "", "nodes pods", 0},
		}},
		"a kind that is not served any more is told of at once": {lost, []step{
			{0, "nodes", snapshot.Missing, "pods", 0},
			{lossTime, "", "", "pods", 2},
			{0, "pods", yes, "", 2},
		}},
		"what was never lost waits for nobody": {lost, []step{
			{0, "roles", snapshot.Missing, "nodes pods", 0},
			{lossTime, "", "", "nodes pods", 2},
			{0, "roles", yes, "nodes pods", 2},
		}},
		"reports are not written before all are back": {all, []step{
			{time.Minute, reports, yes, "auditexceptions nodes podsecurityreports", 0},
			{time.Second, "nodes", yes, "auditexceptions nodes podsecurityreports", 0},
			{time.Second, auditExceptions, yes, "", 2},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSourced(t)
			for i, step := range slices.Concat(test.before, test.steps) {
				s.clk.Step(step.after)
				if step.source != "" {
					s.returns.tell(step.source, step.state)
				}
				asked := s.work()
				if got := s.forbidden(); got != step.forbidden || asked != step.asked {
					t.Errorf("step %d, %s %s: %q are forbidden, want %q; %d workloads are asked for, want %d",
						i, step.source, step.state, got, step.forbidden, asked, step.asked)
				}
			}
		})
	}
}

// A report is written with what all sources lead to, or not at all: between the return of the sources and the solution of the
// graph nobody is asked for, and reports are not served.
func TestReportsAreServedOnceItIsKnownWhatTheReturnLeadsTo(t *testing.T) {
	s := newSourced(t)
	s.returns.tell("nodes", snapshot.Forbidden)
	s.returns.tell(reports, snapshot.Forbidden)
	s.clk.Step(lossTime)
	s.work()
	s.returns.tell(reports, snapshot.Synced)
	s.returns.tell("nodes", snapshot.Synced)
	if diff := cmp.Diff(reports, s.forbidden()); diff != "" || s.queue.Len() > 0 {
		t.Errorf("before the graph is solved %d are asked for, forbidden are (-want +got):\n%s", s.queue.Len(), diff)
	}
	if asked := s.work(); asked != 2 || s.forbidden() != "" {
		t.Errorf("then %d are asked for, and %q are forbidden", asked, s.forbidden())
	}
}

func TestReportsThatAreLostBeforeTheGraphIsSolvedStayLost(t *testing.T) {
	s := newSourced(t)
	s.returns.tell(reports, snapshot.Forbidden)
	s.returns.tell(reports, snapshot.Synced)
	s.returns.tell(reports, snapshot.Forbidden)
	s.work()
	if got := s.forbidden(); got != reports {
		t.Errorf("forbidden are %q", got)
	}
}

func TestBeforeTheFirstPassNothingWaits(t *testing.T) {
	s := newSourced(t)
	s.begun, s.solved = false, false
	s.params = newParamFeeder(s.Feeder, nil, s.log)
	s.returns.tell("nodes", snapshot.Forbidden)
	s.begun = false
	s.returns.tell("pods", snapshot.Forbidden)
	s.begun = false
	s.returns.tell("nodes", snapshot.Synced)
	if got := s.forbidden(); got != "pods" {
		t.Errorf("forbidden are %q", got)
	}
}

func TestWhatSettlesForTheWholeAuditRunsOnEveryReplica(t *testing.T) {
	if (everywhere{}).NeedLeaderElection() {
		t.Error("a replica that does not lead never tells of a loss")
	}
}
