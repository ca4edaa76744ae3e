package faults

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

const (
	// patience bounds every wait: the machine may be building something else.
	patience = 2 * time.Minute
	// steady is how long nothing must have been written for the audit to be at rest.
	steady = 2 * time.Second
	poll   = 50 * time.Millisecond
)

// fault is something that goes wrong, and what is to be seen of it.
type fault struct {
	name string
	// how is what is done, for the page.
	how string
	// quick ones are part of make test.
	quick bool
	run   func(*episode)
}

// episode is one fault on one manager.
type episode struct {
	*testing.T
	*lab

	manager *manager
	since   cluster.Mark
	before  said
	// allowed is how often each report may be written, and again how often in all one may be written more often than that.
	allowed map[string]int
	again   int
	// published is how long writes took in all before the fault.
	published float64
	begun     time.Time
	over      time.Time
	seen      []string
}

// begin starts a manager and waits until the audit is right and at rest.
func (l *lab) begin(t *testing.T, flags ...string) *episode {
	t.Helper()
	e := &episode{T: t, lab: l, allowed: map[string]int{}}
	e.manager = l.start(t, flags...)
	eventually(t, "the manager is ready", e.manager.ready)
	e.right()
	e.rest()
	e.since = l.mark(t)
	var err error
	e.before, err = stored(t.Context(), l.admin)
	must(t, err)
	e.published = e.manager.metric("daysix_publish_duration_seconds", nil)
	t.Cleanup(func() {
		l.toServer.cure(background())
		l.toEtcd.cure(background())
	})
	e.begun = time.Now()
	return e
}

func (l *lab) mark(t *testing.T) cluster.Mark {
	t.Helper()
	m, err := l.control.Mark()
	must(t, err)
	return m
}

// sees waits until the outage shows. It has to while it lasts.
func (e *episode) sees(by string, shown func() bool) {
	e.Helper()
	if !e.over.IsZero() {
		e.Fatalf("%s is looked at after the fault", by)
	}
	eventually(e.T, "it shows by "+by, shown)
	e.seen = append(e.seen, by)
}

// ends says that the fault is over: recovery is timed from here.
func (e *episode) ends() { e.over = time.Now() }

// may lets reports be written more often than they change.
func (e *episode) may(times int, names ...string) {
	for _, name := range names {
		e.allowed[name] += times
	}
}

// changes changes what the reports of the shop have to say.
func (e *episode) changes() {
	e.Helper()
	eventually(e.T, "the rights are changed", func() bool { return e.toggleRights(e.Context()) == nil })
}

// visitor has a pod appear in a namespace, and waits until it runs.
func (e *episode) visitor(namespace string) {
	e.Helper()
	visitor := pod(namespace, "")
	visitor.GenerateName = "visitor-"
	e.create(e.T, visitor)
	e.Cleanup(func() { _ = client.IgnoreNotFound(e.admin.Delete(background(), visitor)) })
	// A pod that appears, is bound and starts changes its report each time.
	e.may(2, namespace+"/pod-"+visitor.Name)
	eventually(e.T, "the visitor runs", func() bool {
		return e.admin.Get(e.Context(), client.ObjectKeyFromObject(visitor), visitor) == nil && visitor.Status.Phase == corev1.PodRunning
	})
}

// right waits until the reports say what a fresh look says, and returns that and since when they do.
func (e *episode) right() (want said, since time.Time) {
	e.Helper()
	looked := time.Time{}
	is := func(ctx context.Context) (bool, error) {
		if time.Since(looked) > time.Second {
			fresh, err := e.fresh(ctx)
			if err != nil {
				return false, nil // The API server may not be quite there yet.
			}
			want, looked = fresh, time.Now()
		}
		var right bool
		since, right = e.reports.rightSince(want)
		return right, nil
	}
	if err := wait.PollUntilContextTimeout(e.Context(), poll, patience, true, is); err != nil {
		got, _ := stored(e.Context(), e.admin)
		e.Fatalf("the reports are not right:\n%s", difference(want, got))
	}
	return want, since
}

// rest waits until nothing is written any more.
func (e *episode) rest() {
	e.Helper()
	since, last, quiet := e.mark(e.T), 0, time.Now()
	eventually(e.T, "nothing is written any more", func() bool {
		written, count, err := e.writes(since)
		must(e.T, err)
		for _, times := range written {
			count += times
		}
		if count != last {
			last, quiet = count, time.Now()
		}
		return time.Since(quiet) > steady
	})
}

// recovers holds the audit against what is asked of it after every fault.
func (e *episode) recovers(f *fault) result {
	e.Helper()
	if e.over.IsZero() || len(e.seen) == 0 {
		e.Fatal("the fault never ended, or could not be seen")
	}
	_, at := e.right()
	e.rest()
	after, _ := e.right()
	eventually(e.T, "the manager is ready again", e.manager.ready)
	written, refused, err := e.writes(e.since)
	must(e.T, err)
	differ, total, again := changed(e.before, after), 0, 0
	var storm []string
	e.may(1, differ...)
	for _, name := range slices.Sorted(maps.Keys(written)) {
		total += written[name]
		if more := written[name] - e.allowed[name]; more > 0 {
			storm = append(storm, fmt.Sprintf("%s was written %d times, at most %d are to be expected", name, written[name], e.allowed[name]))
			again += more
		}
	}
	if again > e.again {
		e.Errorf("reports were written again %d times, at most %d are to be expected:\n%s", again, e.again, strings.Join(storm, "\n"))
	}
	return result{
		Fault: f.name, How: f.how, Seen: e.seen, Outage: e.over.Sub(e.begun).Seconds(), Recovery: max(0, at.Sub(e.over).Seconds()),
		Changed: len(differ), Written: total, Refused: refused,
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, met func() bool) {
	t.Helper()
	is := func(context.Context) (bool, error) { return met(), nil }
	if err := wait.PollUntilContextTimeout(t.Context(), poll, patience, true, is); err != nil {
		t.Fatalf("waited in vain until %s: %v", what, err)
	}
}
