package restart

import "fmt"

// sum puts the judgements of a workload's replacements together.
type sum struct {
	out   Restart
	any   bool
	worst judgement
	// differs is the one with the worst verdict on pods as they live, of those where that is another one.
	differs judgement
}

func newSum() *sum {
	return &sum{out: Restart{Pods: make(map[Verdict]int), Named: make(map[string]Verdict)}}
}

func (s *sum) add(r *replacement, j judgement) {
	if !s.any || j.verdict.rank() > s.worst.verdict.rank() {
		s.worst = j
	}
	if s.any = true; len(j.differs) > 0 && (len(s.differs.differs) == 0 || j.live.rank() > s.differs.live.rank()) {
		s.differs = j
	}
	if len(r.Pods) > 0 {
		s.out.Pods[j.verdict] += len(r.Pods)
	}
	for _, pod := range r.Pods {
		s.out.Named[pod] = j.verdict
	}
	s.out.Refusals = append(s.out.Refusals, j.refusals...)
	s.out.NotAsked = append(s.out.NotAsked, j.notAsked...)
	s.out.Forecast = append(s.out.Forecast, j.forecast...)
}

func (s *sum) restart() Restart {
	out := s.out
	if !s.any {
		out.Verdict, out.Reason, out.Message = Unknown, ReasonNoTemplate, "No pod runs, and what would be made is not readable."
		return out
	}
	if len(s.worst.differs) > 0 {
		s.differs = s.worst
	}
	out.Verdict, out.Reason, out.Message = s.worst.verdict, s.worst.reason, s.worst.message
	out.Live, out.Differs = s.differs.live, s.differs.differs
	out.Refusals, out.Forecast, out.NotAsked = merged(out.Refusals), merged(out.Forecast), distinct(out.NotAsked)
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
