package dryrun

import (
	"context"
	"sync"
	"time"

	"k8s.io/utils/clock"
)

const (
	// workers bounds how many dry-runs are under way. A webhook that is slow must not stop the others.
	workers = 4
	// gateInterval is how often a closed gate is looked at.
	gateInterval = time.Second
)

// Asker answers questions. *Submitter is the one of production.
type Asker interface {
	Submit(ctx context.Context, c Candidate) Answer
}

// Loop asks what the queue wants answered, as long as the gate is open.
type Loop[K comparable] struct {
	Queue *Queue[K]
	Asker Asker
	Gate  Gate
	Clock clock.Clock
	// Candidate is what a key stands for now; false where it stands for nothing any more. It is called when the question is
	// about to be asked, so that no pod is kept while it waits.
	Candidate func(K) (Candidate, bool)
	// Notify is told of each key whose answer is news, from several goroutines. It must not block.
	Notify func(K)
}

// Start asks until the context ends, and returns when nothing is under way any more. It is a manager.Runnable.
func (l *Loop[K]) Start(ctx context.Context) error {
	slots := make(chan struct{}, workers)
	var underWay sync.WaitGroup
	defer underWay.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case slots <- struct{}{}:
		}
		ask, ok := l.next(ctx)
		if !ok {
			return nil
		}
		underWay.Go(func() {
			defer func() { <-slots }()
			l.answer(ctx, ask)
		})
	}
}

// next waits for a question; false where the context ends first.
func (l *Loop[K]) next(ctx context.Context) (Ask[K], bool) {
	for ctx.Err() == nil {
		wait := gateInterval
		if l.Gate.Standing().State == InForce {
			ask, due, ok := l.Queue.Next(l.Clock.Now())
			if ok {
				return ask, true
			}
			wait = due
		}
		l.sleep(ctx, wait)
	}
	return Ask[K]{}, false
}

// sleep waits as long as it is told, or until something is wanted; 0 waits for that alone.
func (l *Loop[K]) sleep(ctx context.Context, wait time.Duration) {
	var elapsed <-chan time.Time
	if wait > 0 {
		timer := l.Clock.NewTimer(wait)
		defer timer.Stop()
		elapsed = timer.C()
	}
	select {
	case <-ctx.Done():
	case <-elapsed:
	case <-l.Queue.Wake():
	}
}

// answer asks one question, if its key still has it.
func (l *Loop[K]) answer(ctx context.Context, ask Ask[K]) {
	candidate, ok := l.Candidate(ask.Key)
	switch {
	case !ok:
		l.Queue.Gone(ask)
		return
	case candidate.Hash() != ask.Question.Candidate:
		l.Queue.Moved(ask, candidate.Hash())
		return
	}
	answer := l.Asker.Submit(ctx, candidate)
	if ctx.Err() != nil {
		// It says that we are ending, not what becomes of the pod.
		l.Queue.Skip(ask.Question)
		return
	}
	for _, key := range l.Queue.Done(ask.Question, answer, l.Clock.Now()) {
		l.Notify(key)
	}
}
