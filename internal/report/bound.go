package report

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// The bounds of a report. Those of single fields are the maxima in the API's schema.
const (
	// MaxBytes bounds the JSON of spec and status.
	MaxBytes = 16 << 10

	maxFindings  = 64
	maxDivergent = 5
	maxChecks    = 5
	maxEvidence  = 3
	maxSteps     = 12
	maxRefusals  = 8
	maxForecast  = 4
	maxNotAsked  = 8
	maxDiffers   = 4
	maxFields    = 5
	maxText      = 512
	maxMessage   = 1024
	maxValue     = 256
	maxName      = 253
	maxWord      = 63

	// What the times take that are put in when the report is published.
	sinceSize     = len(`,"since":"2006-01-02T15:04:05Z"`)
	otherTimeSize = len(`,"severitySince":"2006-01-02T15:04:05Z","verdictSince":"2006-01-02T15:04:05Z"`)

	// headroom is what metadata and its bookkeeping need of MaxBytes.
	headroom = 2 << 10
)

// bound leaves out the least findings until the report is small enough, and counts them.
func bound(r *daysixv1alpha1.PodSecurityReport) {
	s := &r.Status
	all := s.Findings
	keep := min(len(all), maxFindings)
	s.Findings = nil
	// An exception must not decide what is left out: the one word that it changes has the same room with it and without.
	unaccepted := s.UnacceptedSeverity
	s.UnacceptedSeverity = s.Severity
	size := boundRest(r) + otherTimeSize
	s.UnacceptedSeverity = unaccepted
	for i := range all[:keep] {
		size += jsonSize(&all[i]) + 1 + sinceSize
		if size > MaxBytes-headroom {
			keep = i
			break
		}
	}
	if keep > 0 {
		s.Findings = all[:keep]
	}
	s.FindingsTruncated = int32(len(all) - keep)
}

// boundRest leaves out evidence, which repeats the findings, until they have half of the room, then what is forecast or was
// not asked about a restart, and after that the pods that diverge until they have a quarter. It returns the size of what is
// left.
func boundRest(r *daysixv1alpha1.PodSecurityReport) int {
	const room = MaxBytes - headroom
	size := jsonSize(r)
	for size > room/2 && dropEvidence(r.Status.Answers) {
		size = jsonSize(r)
	}
	for size > room*5/8 && dropPath(r.Status.Answers) {
		size = jsonSize(r)
	}
	for size > room/2 && shorten(&r.Status.Restart) {
		size = jsonSize(r)
	}
	for pods := &r.Status.Pods; size > room*3/4 && len(pods.Divergent) > 0; size = jsonSize(r) {
		pods.Divergent = pods.Divergent[:len(pods.Divergent)-1]
		pods.DivergentTruncated++
	}
	return size
}

// shorten leaves out one of the things about a restart that others say better; false where there is none.
func shorten(r *daysixv1alpha1.Restart) bool {
	switch {
	case len(r.Forecast) > 1:
		r.Forecast = r.Forecast[:len(r.Forecast)-1]
	case len(r.NotAsked) > 1:
		r.NotAsked = r.NotAsked[:len(r.NotAsked)-1]
		r.NotAskedTruncated++
	case len(r.RefusedBy) > 1:
		r.RefusedBy = r.RefusedBy[:len(r.RefusedBy)-1]
		r.RefusedByTruncated++
	default:
		return false
	}
	return true
}

// dropPath takes away the longest way; false where there is none.
func dropPath(answers []daysixv1alpha1.Answer) bool {
	a := most(answers, func(a *daysixv1alpha1.Answer) int { return len(a.Path) })
	if a == nil {
		return false
	}
	a.Path = nil
	return true
}

// dropEvidence takes the last piece of evidence from the answer that has most; false where there is none.
func dropEvidence(answers []daysixv1alpha1.Answer) bool {
	a := most(answers, func(a *daysixv1alpha1.Answer) int { return len(a.Evidence) })
	if a == nil {
		return false
	}
	a.Evidence = a.Evidence[:len(a.Evidence)-1]
	a.EvidenceTruncated++
	return true
}

// most is the first answer that has most of something, nil where none has any.
func most(answers []daysixv1alpha1.Answer, of func(*daysixv1alpha1.Answer) int) *daysixv1alpha1.Answer {
	var out *daysixv1alpha1.Answer
	highest := 0
	for i := range answers {
		if n := of(&answers[i]); n > highest {
			out, highest = &answers[i], n
		}
	}
	return out
}

func jsonSize(v any) int {
	encoded, err := json.Marshal(v)
	if err != nil {
		return MaxBytes // What cannot be encoded is too large for any report.
	}
	return len(encoded)
}

// cut shortens a text whose JSON takes more than limit bytes. It never has more than limit characters then, which is what
// the API's schema counts. Bytes are what etcd stores: a quotation mark takes two, an angle bracket six.
func cut(text string, limit int) string {
	const ellipsis = "…"
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	size, end := 0, 0
	for i, r := range text {
		if size <= limit-len(ellipsis) {
			end = i
		}
		if size += jsonRuneSize(r); size > limit {
			return text[:end] + ellipsis
		}
	}
	return text
}

// jsonRuneSize is how many bytes encoding/json writes for a character, at most.
func jsonRuneSize(r rune) int {
	switch {
	case r == '"' || r == '\\':
		return 2
	case r < ' ' || r == '<' || r == '>' || r == '&' || r == '\u2028' || r == '\u2029':
		return 6
	default:
		return utf8.RuneLen(r)
	}
}
