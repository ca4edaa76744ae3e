package restart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// sum puts the judgements of a workload's replacements together.
type sum struct {
	out   Restart
	any   bool
	worst judgement
}

func newSum() *sum {
	return &sum{out: Restart{Pods: make(map[Verdict]int), Named: make(map[string]Verdict)}}
}

func (s *sum) add(r *replacement, j judgement) {
	if !s.any || j.verdict.rank() > s.worst.verdict.rank() {
		s.worst = j
	}
	s.any = true
	s.out.Pods[j.verdict] += len(r.Pods)
	for _, pod := range r.Pods {
		s.out.Named[pod] = j.verdict
	}
	s.out.Refusals = append(s.out.Refusals, j.refusals...)
	s.out.NotAsked = append(s.out.NotAsked, j.notAsked...)
	s.out.Forecast = append(s.out.Forecast, j.forecast...)
}

func (s *sum) restart() Restart {
	if !s.any {
		s.out.Verdict, s.out.Reason = Unknown, ReasonNoTemplate
		s.out.Message = "No pod runs, and what would be made is not readable."
		return s.out
	}
	out := s.out
	out.Verdict, out.Reason, out.Message = s.worst.verdict, s.worst.reason, s.worst.message
	out.Live, out.Differs = s.worst.live, s.worst.differs
	out.Refusals, out.Forecast = merged(out.Refusals), merged(out.Forecast)
	out.NotAsked = distinct(out.NotAsked)
	if more := len(s.worst.refusals) - 1; out.Verdict == Denied && more > 0 {
		out.Message += fmt.Sprintf(" (and %d more)", more)
	}
	for i := range out.Refusals {
		if out.Refusals[i].Since.After(out.Since) {
			out.Since = out.Refusals[i].Since
		}
	}
	return out
}

// merged are the refusals in order, each once; one that is newer than some of the pods is newer than the pods.
func merged(refusals []Refusal) []Refusal {
	slices.SortStableFunc(refusals, compareRefusals)
	var out []Refusal
	for _, r := range refusals {
		if n := len(out); n > 0 && compareRefusals(out[n-1], r) == 0 {
			out[n-1].NewerThanPods = out[n-1].NewerThanPods || r.NewerThanPods
			continue
		}
		out = append(out, r)
	}
	return out
}

func compareRefusals(a, b Refusal) int {
	return cmp.Or(
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), strings.Compare(a.Binding, b.Binding),
		strings.Compare(a.Message, b.Message), slices.Compare(a.Fields, b.Fields), a.Since.Compare(b.Since),
	)
}

func distinct(list []NotAsked) []NotAsked {
	slices.SortFunc(list, func(a, b NotAsked) int {
		return cmp.Or(
			strings.Compare(a.Reason, b.Reason), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name),
			strings.Compare(a.Message, b.Message),
		)
	})
	return slices.CompactFunc(list, func(a, b NotAsked) bool { return a == b })
}
