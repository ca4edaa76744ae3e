package report

import (
	"slices"
	"time"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// Carry writes into a report what it owes to the one before: since when it says what it says, and the score where a source was
// lost. What was not said before is said since now, which is cut to the seconds of the API; a report that says the same as
// before is the same to the byte. It returns what to pass for before the next time.
func Carry(r *daysixv1alpha1.PodSecurityReport, before Published, now time.Time) Published {
	hold(r, &before)
	s, fresh := &r.Status, Seconds(now.Unix())
	severity, verdict := fresh, fresh
	if before.Severity == s.Severity {
		severity = min(before.SeveritySince, fresh) // The clock may have been set back.
	}
	switch {
	case before.None():
	case before.Restart == s.Restart.Verdict:
		verdict = min(before.RestartSince, fresh)
	case before.LostRestart == s.Restart.Verdict:
		verdict = min(before.LostRestartSince, fresh)
	}
	s.SeveritySince, s.Restart.VerdictSince = severity.time(), verdict.time()
	for i := range s.Findings {
		s.Findings[i].Since = since(&s.Findings[i], &before, fresh).time()
	}
	said := PublishedBy(r)
	if !isComplete(r) {
		said.lose(&before)
	}
	return said
}

// since is when a finding was first told, as bad as it is.
func since(f *daysixv1alpha1.Finding, before *Published, fresh Seconds) Seconds {
	place, worst, out := placeOf(f), rank(f.Severity), fresh
	for _, list := range [...][]Seen{before.Findings, before.Lost} {
		for _, seen := range at(list, place) {
			if int(seen.rank) >= worst {
				out = min(out, seen.since)
			}
		}
	}
	return out
}

// lose keeps what was told before and is not told now: while a source is missing nobody knows whether it is gone.
func (p *Published) lose(before *Published) {
	var lost []Seen
	for _, seen := range slices.Concat(before.Findings, before.Lost) {
		if !slices.ContainsFunc(at(p.Findings, seen.place), func(now Seen) bool { return now.rank >= seen.rank }) {
			lost = append(lost, seen)
		}
	}
	p.Lost = byPlace(lost)
	switch {
	case p.Restart != daysixv1alpha1.RestartUnknown:
	case before.Restart != daysixv1alpha1.RestartUnknown:
		p.LostRestart, p.LostRestartSince = before.Restart, before.RestartSince
	default:
		p.LostRestart, p.LostRestartSince = before.LostRestart, before.LostRestartSince
	}
}

// hold keeps the published score, severity and priority where the new ones are lower and a source is missing: a source that is lost
// proves nothing. The breakdown says how many points are held, so that it still adds up.
func hold(r *daysixv1alpha1.PodSecurityReport, before *Published) {
	if isComplete(r) {
		return
	}
	s := &r.Status
	if s.Score < before.Score {
		s.ScoreBreakdown = append(s.ScoreBreakdown, daysixv1alpha1.ScorePart{Class: partHeld, Points: before.Score - s.Score})
		s.Score = before.Score
		s.TopFix = nil // What a change would bring cannot be told while a source is missing.
	}
	if rank(s.Severity) < rank(before.Severity) {
		s.Severity = before.Severity
	}
	if before.Priority != "" && before.Priority < s.Priority {
		s.Priority = before.Priority // P1 is the most urgent.
	}
	if unaccepted := rank(before.UnacceptedSeverity); rank(s.UnacceptedSeverity) < unaccepted && !acceptedSince(s, before, unaccepted) {
		s.UnacceptedSeverity = before.UnacceptedSeverity
	}
}

// acceptedSince tells whether somebody has accepted a finding as bad as that: then what nobody accepts has become less by no
// loss.
func acceptedSince(s *daysixv1alpha1.PodSecurityReportStatus, before *Published, severity int) bool {
	return slices.ContainsFunc(s.Findings, func(f daysixv1alpha1.Finding) bool {
		if f.AcceptedBy == "" || rank(f.Severity) < severity {
			return false
		}
		return slices.ContainsFunc(at(before.Findings, placeOf(&f)), func(seen Seen) bool { return !seen.accepted })
	})
}
