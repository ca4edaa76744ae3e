package dryrun

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	begin    = time.Unix(1_000_000, 0)
	fast     = Pace{PerSecond: 1000, Burst: 1000}
	admitted = Answer{Verdict: Admitted}
	down     = cannotTell(WebhookUnavailable, "down")
)

func question(candidate byte, revision string) Question {
	return Question{Candidate: Hash{candidate}, Revision: revision}
}

// drain takes everything that there is to ask at a time, in its order.
func drain(q *Queue[string], now time.Time) []string {
	var asked []string
	for {
		ask, _, ok := q.Next(now)
		if !ok {
			return asked
		}
		asked = append(asked, fmt.Sprintf("%s %d/%s", ask.Key, ask.Question.Candidate[0], ask.Question.Revision))
	}
}

func answerAll(q *Queue[string], now time.Time, answer Answer) []string {
	var told []string
	for {
		ask, _, ok := q.Next(now)
		if !ok {
			return told
		}
		told = append(told, q.Done(ask.Question, answer, now)...)
	}
}

func TestQueueAsksOnceAndWhenSomethingChanged(t *testing.T) {
	q := NewQueue[string](fast, 10)
	for _, step := range []struct {
		name     string
		question Question
		want     []string
	}{
		{"a new key is asked about", question(1, "r1"), []string{"web"}},
		{"the same again is not", question(1, "r1"), nil},
		{"another candidate is", question(2, "r1"), []string{"web"}},
		{"another revision is", question(2, "r2"), []string{"web"}},
		{"what was before is asked anew: its answer was let go", question(1, "r1"), []string{"web"}},
	} {
		if !q.Want("web", step.question) {
			t.Fatalf("%s: no room", step.name)
		}
		if diff := gocmp.Diff(step.want, answerAll(q, begin, admitted)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
		if got, ok := q.Answer("web", step.question); !ok || !got.Equal(admitted) {
			t.Errorf("%s: the answer is %+v, %v", step.name, got, ok)
		}
	}
	if _, ok := q.Answer("web", question(2, "r2")); ok {
		t.Error("the answer to another question was given")
	}
	if _, ok := q.Answer("api", question(1, "r1")); ok {
		t.Error("a key that wants nothing got an answer")
	}
}

func TestQueueServesWhatChangedFirst(t *testing.T) {
	q := NewQueue[string](fast, 10)
	for _, key := range []string{"a", "b", "c"} {
		q.Want(key, question(key[0], "r1"))
	}
	answerAll(q, begin, admitted)
	// A policy changes, which concerns all; then one Deployment does.
	for _, key := range []string{"a", "b", "c"} {
		q.Want(key, question(key[0], "r2"))
	}
	q.Want("b", question('B', "r2"))
	want := []string{"b 66/r2", "a 97/r2", "c 99/r2"}
	if diff := gocmp.Diff(want, drain(q, begin)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestQueueKeepsThePace(t *testing.T) {
	q := NewQueue[string](Pace{PerSecond: 10, Burst: 2}, 10)
	for i := range byte(4) {
		q.Want(fmt.Sprint(i), question(i, ""))
	}
	if got := len(drain(q, begin)); got != 2 {
		t.Fatalf("%d asked at once", got)
	}
	if _, wait, ok := q.Next(begin); ok || wait != 100*time.Millisecond {
		t.Errorf("wait %v, %v", wait, ok)
	}
	if got := len(drain(q, begin.Add(100*time.Millisecond))); got != 1 {
		t.Errorf("%d asked after a tenth of a second", got)
	}
	if got := len(drain(q, begin.Add(time.Minute))); got != 1 {
		t.Errorf("%d asked after a minute", got)
	}
	if _, wait, ok := q.Next(begin.Add(time.Minute)); ok || wait != 0 {
		t.Errorf("nothing is left, wait %v, %v", wait, ok)
	}
}

func TestQueueTriesAgainWhatPasses(t *testing.T) {
	q := NewQueue[string](fast, 10)
	q.Want("web", question(1, ""))
	if diff := gocmp.Diff([]string{"web"}, answerAll(q, begin, down)); diff != "" {
		t.Errorf("first answer (-want +got):\n%s", diff)
	}
	if _, wait, ok := q.Next(begin.Add(20 * time.Second)); ok || wait != 40*time.Second {
		t.Errorf("wait %v, %v", wait, ok)
	}
	later := begin.Add(RetryInterval)
	elsewhere := cannotTell(WebhookUnavailable, "down, seen from another port")
	if told := answerAll(q, later, elsewhere); told != nil {
		t.Errorf("%v are told of the same failure", told)
	}
	if got, _ := q.Answer("web", question(1, "")); !got.Equal(down) {
		t.Errorf("the answer became %+v", got)
	}
	if diff := gocmp.Diff([]string{"web"}, answerAll(q, later.Add(RetryInterval), admitted)); diff != "" {
		t.Errorf("it is up (-want +got):\n%s", diff)
	}
	if diff := gocmp.Diff(Depth{Keys: 1}, q.Depth()); diff != "" {
		t.Errorf("depth (-want +got):\n%s", diff)
	}
	q.Want("web", question(2, ""))
	answerAll(q, later, cannotTell(BadRequest, "no"))
	if diff := gocmp.Diff(Depth{Keys: 1}, q.Depth()); diff != "" {
		t.Errorf("what does not pass waits for another try (-want +got):\n%s", diff)
	}
}

func TestQueueSharesAnAnswer(t *testing.T) {
	q := NewQueue[string](fast, 10)
	q.Want("template", question(1, ""))
	q.Want("pod", question(1, ""))
	if diff := gocmp.Diff([]string{"template", "pod"}, answerAll(q, begin, admitted)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	q.Forget("template")
	if got, ok := q.Answer("pod", question(1, "")); !ok || !got.Equal(admitted) {
		t.Errorf("the answer is %+v, %v", got, ok)
	}
	q.Want("other", question(1, ""))
	if _, ok := q.Answer("other", question(1, "")); !ok {
		t.Error("an answer that is there is asked for anew")
	}
}

func TestQueueIsBounded(t *testing.T) {
	q := NewQueue[string](fast, 2)
	if !q.Want("a", question(1, "")) || !q.Want("b", question(2, "")) {
		t.Fatal("no room for two")
	}
	if q.Want("c", question(3, "")) {
		t.Error("room for a third")
	}
	if !q.Want("a", question(4, "")) {
		t.Error("a key lost its place")
	}
	q.Forget("b")
	q.Forget("nobody")
	if !q.Want("c", question(3, "")) {
		t.Error("no room where a key was forgotten")
	}
	if diff := gocmp.Diff(Depth{Keys: 2, Waiting: 2}, q.Depth()); diff != "" {
		t.Errorf("depth (-want +got):\n%s", diff)
	}
}

func TestQueueWhileAQuestionIsUnderWay(t *testing.T) {
	for _, test := range []struct {
		name      string
		meanwhile func(*Queue[string], Ask[string])
		want      []string // asked next
	}{
		{"it is not asked twice", func(q *Queue[string], ask Ask[string]) { q.Want("pod", ask.Question) }, nil},
		{"it is handed back", func(q *Queue[string], ask Ask[string]) { q.Skip(ask.Question) }, []string{"web 1/r1"}},
		{"the candidate moved", func(q *Queue[string], ask Ask[string]) { q.Moved(ask, Hash{3}) }, []string{"web 3/r1"}},
		{
			"the candidate moved, and the key has said so", func(q *Queue[string], ask Ask[string]) {
				q.Want("web", question(3, "r2"))
				q.Moved(ask, Hash{3})
			}, []string{"web 3/r2"},
		},
		{
			"the candidate moved for one of two keys", func(q *Queue[string], ask Ask[string]) {
				q.Want("pod", ask.Question)
				q.Moved(ask, Hash{3})
			}, []string{"web 3/r1", "pod 1/r1"},
		},
		{"the workload is gone", func(q *Queue[string], ask Ask[string]) { q.Gone(ask) }, nil},
		{
			"the workload is gone and there again", func(q *Queue[string], ask Ask[string]) {
				q.Want("web", question(4, "r1"))
				q.Gone(ask)
			}, []string{"web 4/r1"},
		},
		{
			"the workload is forgotten and comes back", func(q *Queue[string], ask Ask[string]) {
				q.Forget("web")
				q.Want("web", ask.Question)
			}, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := NewQueue[string](fast, 10)
			q.Want("web", question(1, "r1"))
			ask, _, ok := q.Next(begin)
			if !ok {
				t.Fatal("nothing to ask")
			}
			test.meanwhile(q, ask)
			if diff := gocmp.Diff(test.want, drain(q, begin)); diff != "" {
				t.Errorf("asked next (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQueueTellsOnlyWhoStillWantsToKnow(t *testing.T) {
	q := NewQueue[string](fast, 10)
	q.Want("web", question(1, ""))
	q.Want("pod", question(1, ""))
	ask, _, _ := q.Next(begin)
	q.Want("web", question(2, ""))
	if diff := gocmp.Diff([]string{"pod"}, q.Done(ask.Question, admitted, begin)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	ask, _, _ = q.Next(begin)
	q.Forget("web")
	if told := q.Done(ask.Question, admitted, begin); told != nil {
		t.Errorf("told of nobody's answer: %v", told)
	}
}

// TestQueueProperties drives a queue at random beside a model of what it may do.
func TestQueueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{
			q: NewQueue[string](Pace{PerSecond: 5, Burst: 3}, 4), now: begin,
			wanted: map[string]Question{}, underWay: map[Question]bool{}, answers: map[Question]Answer{}, last: map[Question]time.Time{},
		}
		key := rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})
		some := rapid.Custom(func(t *rapid.T) Question {
			return question(rapid.ByteRange(1, 3).Draw(t, "candidate"), rapid.SampledFrom([]string{"r1", "r2"}).Draw(t, "revision"))
		})
		t.Repeat(map[string]func(*rapid.T){
			"want":   func(t *rapid.T) { m.want(t, key.Draw(t, "key"), some.Draw(t, "question")) },
			"forget": func(t *rapid.T) { m.forget(key.Draw(t, "key")) },
			"next":   m.next,
			"done":   func(t *rapid.T) { m.done(t, rapid.SampledFrom([]Answer{admitted, down}).Draw(t, "answer")) },
			"skip":   m.skip,
			"wait": func(t *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(1, 90_000).Draw(t, "ms")) * time.Millisecond)
			},
			"": m.check,
		})
		m.settle(t)
	})
}

type model struct {
	q        *Queue[string]
	now      time.Time
	wanted   map[string]Question
	underWay map[Question]bool
	answers  map[Question]Answer // of what has been wanted ever since
	last     map[Question]time.Time
	asked    []time.Time
}

func (m *model) want(t *rapid.T, key string, question Question) {
	_, known := m.wanted[key]
	if got := m.q.Want(key, question); got != (known || len(m.wanted) < 4) {
		t.Fatalf("Want gives %v with %d keys", got, len(m.wanted))
	} else if got {
		m.wanted[key] = question
	}
	m.letGo()
}

func (m *model) forget(key string) {
	m.q.Forget(key)
	delete(m.wanted, key)
	m.letGo()
}

// letGo forgets the answers that nobody wants.
func (m *model) letGo() {
	for question := range m.answers {
		if !m.isWanted(question) {
			delete(m.answers, question)
		}
	}
}

func (m *model) isWanted(question Question) bool {
	for _, wanted := range m.wanted {
		if wanted == question {
			return true
		}
	}
	return false
}

func (m *model) next(t *rapid.T) {
	ask, _, ok := m.q.Next(m.now)
	if !ok {
		return
	}
	if m.wanted[ask.Key] != ask.Question {
		t.Fatalf("%s is asked about what it does not want", ask.Key)
	}
	if m.underWay[ask.Question] {
		t.Fatalf("%v is asked twice at a time", ask.Question)
	}
	if answer, answered := m.answers[ask.Question]; answered && (!answer.Reason.Passes() || m.now.Sub(m.last[ask.Question]) < RetryInterval) {
		t.Fatalf("%v is asked again", ask.Question)
	}
	m.underWay[ask.Question] = true
	m.asked = append(m.asked, m.now)
	within := slices.IndexFunc(m.asked, func(at time.Time) bool { return m.now.Sub(at) < time.Second })
	if got := len(m.asked) - within; got > 3+5 {
		t.Fatalf("%d asked within a second", got)
	}
}

func (m *model) pick(t *rapid.T) (Question, bool) {
	var all []Question
	for question := range m.underWay {
		all = append(all, question)
	}
	if len(all) == 0 {
		return Question{}, false
	}
	slices.SortFunc(all, func(a, b Question) int {
		return cmp.Or(slices.Compare(a.Candidate[:], b.Candidate[:]), cmp.Compare(a.Revision, b.Revision))
	})
	return rapid.SampledFrom(all).Draw(t, "question"), true
}

func (m *model) done(t *rapid.T, answer Answer) {
	question, ok := m.pick(t)
	if !ok {
		return
	}
	delete(m.underWay, question)
	told := m.q.Done(question, answer, m.now)
	for _, key := range told {
		if m.wanted[key] != question {
			t.Fatalf("%s is told of what it does not want", key)
		}
	}
	if m.isWanted(question) {
		m.answers[question], m.last[question] = answer, m.now
	}
}

func (m *model) skip(t *rapid.T) {
	if question, ok := m.pick(t); ok {
		delete(m.underWay, question)
		m.q.Skip(question)
		delete(m.answers, question)
	}
}

func (m *model) check(t *rapid.T) {
	if got := m.q.Depth().Keys; got != len(m.wanted) {
		t.Fatalf("%d keys, want %d", got, len(m.wanted))
	}
	for key, question := range m.wanted {
		want, answered := m.answers[question]
		got, ok := m.q.Answer(key, question)
		if answered && (!ok || got.Verdict != want.Verdict) {
			t.Fatalf("the answer of %s is %+v, %v, want %+v", key, got, ok, want)
		}
	}
}

// settle answers all that is left: then everything that is wanted is answered, and nothing is left behind.
func (m *model) settle(t *rapid.T) {
	for question := range m.underWay {
		m.q.Done(question, admitted, m.now)
	}
	for range 1000 {
		m.now = m.now.Add(RetryInterval)
		ask, _, ok := m.q.Next(m.now)
		if !ok {
			break
		}
		m.q.Done(ask.Question, admitted, m.now)
	}
	for key, question := range m.wanted {
		if _, ok := m.q.Answer(key, question); !ok {
			t.Fatalf("%s was never answered", key)
		}
	}
	if got, want := m.q.Depth(), (Depth{Keys: len(m.wanted)}); got != want {
		t.Fatalf("depth %+v, want %+v", got, want)
	}
	if len(m.q.items) > len(m.wanted) {
		t.Fatalf("%d questions for %d keys", len(m.q.items), len(m.wanted))
	}
}
