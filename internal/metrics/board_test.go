package metrics

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

func sorted(texts []string) string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return strings.Join(texts, ",")
}

func lacking(a *assess.Assessment) *assess.Assessment {
	a.Unavailable = []snapshot.SourceStatus{{Source: snapshot.Nodes, State: snapshot.Forbidden}}
	return a
}

func TestASourceThatIsLostLowersNothing(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	cart := deployment("shop", "cart")
	k.board.Put(verdictOn(cart, 90, 5))
	k.board.Put(lacking(verdictOn(cart, 10, 1)))
	wantSeries(t, k.reg, WorkloadScore, "kind=Deployment namespace=shop workload=cart 90")
	wantSeries(t, k.reg, WorkloadUnacceptedSeverity, "kind=Deployment namespace=shop workload=cart 4")
	wantSeries(t, k.reg, Reports, "completeness=complete 0", "completeness=incomplete 1")
	k.board.Put(verdictOn(cart, 10, 1))
	wantSeries(t, k.reg, WorkloadScore, "kind=Deployment namespace=shop workload=cart 10")
	wantSeries(t, k.reg, Reports, "completeness=complete 1", "completeness=incomplete 0")
}

func TestWhatTheReportSaysIsExported(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	cart := deployment("shop", "cart")
	said := Said{Score: 95, Severity: finding.SeverityCritical, Unaccepted: finding.SeverityLow}
	k.board.Say(cart, said)
	wantSeries(t, k.reg, WorkloadScore)
	k.board.Put(verdictOn(cart, 10, 1))
	k.board.Say(cart, said)
	wantSeries(t, k.reg, WorkloadScore, "kind=Deployment namespace=shop workload=cart 95")
	wantSeries(t, k.reg, WorkloadUnacceptedSeverity, "kind=Deployment namespace=shop workload=cart 1")
	wantSeries(t, k.reg, UnacceptedWorkloads,
		"severity=Critical 0", "severity=High 0", "severity=Low 1", "severity=Medium 0", "severity=Minimal 0")
	k.board.Delete(cart)
	wantSeries(t, k.reg, WorkloadScore)
}

func TestWhatAlertsWatchIsCountedByNamespace(t *testing.T) {
	k := newKit(t, Limits{Workloads: 9, Namespaces: 9})
	admin := verdictOn(deployment("shop", "cart"), 99, 5, finding.Finding{Check: rootLikePod})
	admin.Answers = []finding.Answer{{Question: finding.BecomeClusterAdmin, Verdict: finding.Yes}}
	maybe := verdictOn(deployment("mail", "relay"), 80, 4, finding.Finding{Check: "PrivilegedContainer"})
	maybe.Answers = []finding.Answer{{Question: finding.BecomeClusterAdmin, Verdict: finding.Conditional}}
	maybe.Reach = finding.ReachNode
	k.board.Put(admin)
	k.board.Put(maybe)
	wantSeries(t, k.reg, RootLikeWorkloads, "namespace=mail 0", "namespace=shop 1")
	wantSeries(t, k.reg, ClusterAdminWorkloads, "namespace=mail 0", "namespace=shop 1")
	if got := nonzero(series(t, k.reg, WorkloadsByReach)); !slices.Equal(got, []string{"reach=Node 1"}) {
		t.Errorf("reach: %v", got)
	}
	if got := nonzero(series(t, k.reg, WorkloadsByAnswer)); !slices.Equal(got, []string{
		"answer=Conditional question=BecomeClusterAdmin 1", "answer=Yes question=BecomeClusterAdmin 1",
	}) {
		t.Errorf("answers: %v", got)
	}
}

func TestExceptionsAreCountedByState(t *testing.T) {
	k := newKit(t, Limits{})
	wantSeries(t, k.reg, Exceptions, "state=active 0", "state=expired 0", "state=inert 0")
	wantSeries(t, k.reg, ExceptionNextExpiry)
	k.exceptions.Add(exception.Inert, time.Unix(400, 0))
	k.exceptions.Add(exception.Inert, time.Unix(300, 0))
	k.exceptions.Add(exception.Active, time.Time{})
	k.exceptions.Add(exception.Expired, time.Time{})
	wantSeries(t, k.reg, Exceptions, "state=active 1", "state=expired 1", "state=inert 2")
	wantSeries(t, k.reg, ExceptionNextExpiry, " 300")
}
