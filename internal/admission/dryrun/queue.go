package dryrun

import (
	"container/list"
	"slices"
	"sync"
	"time"
)

// RetryInterval is how long the Queue waits before it asks again what could not be answered for a reason that passes.
const RetryInterval = time.Minute

// Question is what an answer is good for: one candidate under one configuration of admission.
type Question struct {
	Candidate Hash
	// Revision of the admission configuration, as far as it concerns the candidate. It means nothing but equal or not. What
	// the API does not show, such as the rules inside of a webhook, may be put into it as a slow count.
	Revision string
}

// Queue decides what to ask next. A key, such as a workload, wants one question answered at a time; it is asked when it is
// new and never again while it is wanted, but for a reason that passes. Keys that want the same question share its answer.
//
// A question of a candidate that changed goes before one that is asked anew because the configuration changed: that
// concerns every workload at once, and takes as long as the pace says. What could not be answered comes last.
//
// A Queue reads no clock and asks nobody. It is safe for concurrent use.
type Queue[K comparable] struct {
	mu     sync.Mutex
	limit  int
	bucket bucket
	keys   map[K]Question
	items  map[Question]*item[K]
	lanes  [lanes]*list.List // of *item[K]
	wake   chan struct{}
}

// The lanes, in the order in which they are served. What waits in the last one has its time.
const (
	changed = iota
	renewed
	again
	lanes
)

// item is a question that somebody wants answered. It is in a lane, or in flight, or answered.
type item[K comparable] struct {
	question Question
	keys     []K
	place    *list.Element // nil in no lane
	lane     int
	due      time.Time // in lane again
	inFlight bool
	answer   Answer
	answered bool
}

// Ask is a question that is to be asked now, for one of the keys that want it.
type Ask[K comparable] struct {
	Key      K
	Question Question
}

// NewQueue returns a queue for at most limit keys.
func NewQueue[K comparable](pace Pace, limit int) *Queue[K] {
	q := &Queue[K]{
		limit: limit, bucket: bucket{pace: pace},
		keys: make(map[K]Question), items: make(map[Question]*item[K]), wake: make(chan struct{}, 1),
	}
	for i := range q.lanes {
		q.lanes[i] = list.New()
	}
	return q
}

// Want says which question a key wants answered from now on. It returns false where the queue has as many keys as it may: a
// key that has a place keeps it, so that answers do not come and go.
func (q *Queue[K]) Want(key K, question Question) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, known := q.keys[key]; !known && len(q.keys) >= q.limit {
		return false
	}
	q.want(key, question)
	return true
}

func (q *Queue[K]) want(key K, question Question) {
	before, known := q.keys[key]
	if known && before == question {
		return
	}
	q.release(key)
	q.keys[key] = question
	wanted := q.items[question]
	if wanted == nil {
		wanted = &item[K]{question: question}
		q.items[question] = wanted
		lane := changed
		if known && before.Candidate == question.Candidate {
			lane = renewed
		}
		q.enter(wanted, lane)
	}
	wanted.keys = append(wanted.keys, key)
}

// Forget says that a key wants nothing any more.
func (q *Queue[K]) Forget(key K) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.release(key)
}

// Answer is the answer to the question of a key; false as long as there is none.
func (q *Queue[K]) Answer(key K, question Question) (Answer, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if wanted, known := q.keys[key]; !known || wanted != question {
		return Answer{}, false
	}
	held := q.items[question]
	return held.answer, held.answered
}

// Next takes the next question out of the queue, to be handed back by Done, Skip, Moved or Gone. Where it returns false, it may be
// called again after the duration, or where that is 0, when something is wanted.
func (q *Queue[K]) Next(now time.Time) (Ask[K], time.Duration, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	next, wait := q.first(now)
	if next == nil {
		return Ask[K]{}, wait, false
	}
	if wait := q.bucket.take(now); wait > 0 {
		return Ask[K]{}, wait, false
	}
	q.leave(next)
	next.inFlight = true
	return Ask[K]{Key: next.keys[0], Question: next.question}, 0, true
}

// first is the item to serve first, or how long it is until one is due, 0 where nothing waits.
func (q *Queue[K]) first(now time.Time) (*item[K], time.Duration) {
	for lane, waiting := range q.lanes {
		front := waiting.Front()
		if front == nil {
			continue
		}
		next, _ := front.Value.(*item[K])
		if wait := next.due.Sub(now); lane == again && wait > 0 {
			return nil, wait
		}
		return next, 0
	}
	return nil, 0
}

// Done hands the answer to a question in. It returns the keys for which it is news.
func (q *Queue[K]) Done(question Question, answer Answer, now time.Time) []K {
	q.mu.Lock()
	defer q.mu.Unlock()
	done := q.landed(question)
	if done == nil {
		return nil
	}
	news := !done.answered || !done.answer.repeatedBy(answer)
	if news {
		done.answer, done.answered = answer, true
	}
	if answer.Reason.Passes() {
		// All wait equally long, so that the lane is in the order of time.
		done.due = now.Add(RetryInterval)
		q.enter(done, again)
	}
	if !news {
		return nil
	}
	return slices.Clone(done.keys)
}

// Skip hands a question back that was not asked. It waits again, for the keys that still want it.
func (q *Queue[K]) Skip(question Question) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.skip(question)
}

// Moved is Skip where the key has another candidate by now: it wants that one, unless it has been told otherwise.
func (q *Queue[K]) Moved(ask Ask[K], candidate Hash) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.keys[ask.Key] == ask.Question {
		q.want(ask.Key, Question{Candidate: candidate, Revision: ask.Question.Revision})
	}
	q.skip(ask.Question)
}

// Gone is Skip where the key has no candidate any more: it is forgotten, unless it wants something else by now.
func (q *Queue[K]) Gone(ask Ask[K]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.keys[ask.Key] == ask.Question {
		q.release(ask.Key)
	}
	q.skip(ask.Question)
}

func (q *Queue[K]) skip(question Question) {
	if skipped := q.landed(question); skipped != nil {
		q.enter(skipped, changed)
	}
}

// landed is the item of a question that was in flight; nil where nobody wants it any more.
func (q *Queue[K]) landed(question Question) *item[K] {
	landed := q.items[question]
	if landed == nil {
		return nil
	}
	landed.inFlight = false
	if len(landed.keys) == 0 {
		delete(q.items, question)
		return nil
	}
	return landed
}

// Depth counts keys, the questions that wait to be asked for the first time or anew, and those that wait for another try.
type Depth struct {
	Keys, Waiting, Retrying int
}

// Depth counts what is in the queue.
func (q *Queue[K]) Depth() Depth {
	q.mu.Lock()
	defer q.mu.Unlock()
	return Depth{Keys: len(q.keys), Waiting: q.lanes[changed].Len() + q.lanes[renewed].Len(), Retrying: q.lanes[again].Len()}
}

// Wake receives when there may be something to ask. It is for one receiver.
func (q *Queue[K]) Wake() <-chan struct{} { return q.wake }

// release takes a key off the question that it wants. A question in flight stays until it lands.
func (q *Queue[K]) release(key K) {
	question, known := q.keys[key]
	if !known {
		return
	}
	delete(q.keys, key)
	held := q.items[question]
	held.keys = slices.DeleteFunc(held.keys, func(other K) bool { return other == key })
	if len(held.keys) == 0 && !held.inFlight {
		q.leave(held)
		delete(q.items, question)
	}
}

func (q *Queue[K]) enter(i *item[K], lane int) {
	i.lane, i.place = lane, q.lanes[lane].PushBack(i)
	select {
	case q.wake <- struct{}{}:
	default: // The receiver has been told.
	}
}

func (q *Queue[K]) leave(i *item[K]) {
	if i.place != nil {
		q.lanes[i.lane].Remove(i.place)
		i.place = nil
	}
}
