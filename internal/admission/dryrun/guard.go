package dryrun

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// checkInterval is how often the guard is checked although nothing was seen to change.
	checkInterval = time.Minute
	// recheckInterval is how soon, where what is wrong may mend without a change of policy or binding.
	recheckInterval = 5 * time.Second
	// staleAfter is how long a check is good for. Beyond it, checking itself has failed.
	staleAfter = 3 * checkInterval
	// checkTimeout bounds a check. Where a webhook is slow, so is the probe.
	checkTimeout = 30 * time.Second
)

// Guard knows whether the ValidatingAdmissionPolicy that keeps the own ServiceAccount from doing anything with pods, other
// than to ask by dry-run, is in force. It implements Gate. It changes nothing in the cluster.
//
// What it cannot see: whoever may write ValidatingAdmissionPolicies may take the guard away, and is noticed a moment later;
// an impersonate verb that a RoleBinding grants for named ServiceAccounts of another namespace. See docs/dry-run.md.
type Guard struct {
	client client.WithWatch
	clock  clock.Clock
	log    logr.Logger
	notify func(Standing)

	checking sync.Mutex
	user     string // once known

	mu       sync.Mutex
	standing Standing
	checked  time.Time
	changes  chan struct{}
}

// NewGuard returns a guard that has not been checked yet, for the user that config stands for. notify, where it is not nil,
// is told of each new standing.
func NewGuard(config *rest.Config, clk clock.Clock, log logr.Logger, notify func(Standing)) (*Guard, error) {
	config = rest.CopyConfig(config)
	config.UserAgent = userAgent
	// A check is a dozen requests. Whoever changes the guard all the time must not make us flood the API server.
	config.QPS, config.Burst, config.RateLimiter = 10, 30, nil
	config.WarningHandler, config.WarningHandlerWithContext = nil, rest.NoWarnings{}
	c, err := client.NewWithWatch(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("making the client of the guard of the dry-run mode: %w", err)
	}
	return newGuard(c, clk, log, notify), nil
}

func newGuard(c client.WithWatch, clk clock.Clock, log logr.Logger, notify func(Standing)) *Guard {
	if notify == nil {
		notify = func(Standing) {}
	}
	return &Guard{
		client: c, clock: clk, log: log, notify: notify,
		standing: Standing{State: Unchecked, Detail: "the guard has not been checked yet"}, changes: make(chan struct{}, 1),
	}
}

// Standing is how the guard stood when it was last checked.
func (g *Guard) Standing() Standing {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.checked.IsZero() && g.clock.Since(g.checked) > staleAfter {
		return Standing{State: Unchecked, Detail: "the last check is too long ago"}
	}
	return g.standing
}

// Start checks the guard, again whenever policy or binding change and at least once in a minute, until the context ends. It
// is a manager.Runnable.
func (g *Guard) Start(ctx context.Context) error {
	stop, err := g.watch(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for ctx.Err() == nil {
		g.settle(ctx, g.check(ctx))
		wait := checkInterval
		if state := g.Standing().State; state == NotObserved || state == Unreadable {
			wait = recheckInterval
		}
		timer := g.clock.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C():
		case <-g.changes:
		}
		timer.Stop()
	}
	return nil
}

// Check checks the guard once.
func (g *Guard) Check(ctx context.Context) Standing {
	g.settle(ctx, g.check(ctx))
	return g.Standing()
}

// settle records a standing, and says so where it is another one.
func (g *Guard) settle(ctx context.Context, standing Standing) {
	if ctx.Err() != nil {
		return // The check was broken off: it says nothing about the guard.
	}
	g.mu.Lock()
	before := g.standing
	g.standing, g.checked = standing, g.clock.Now()
	g.mu.Unlock()
	if before == standing {
		return
	}
	if standing.State == InForce {
		g.log.Info("The guard is in force, the dry-run mode is on", "detail", standing.Detail)
	} else {
		g.log.Info("The guard is not in force, the dry-run mode is off", "state", standing.State, "detail", standing.Detail)
	}
	g.notify(standing)
}
