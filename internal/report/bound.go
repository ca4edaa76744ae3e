package report

import (
	"encoding/json"
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
	maxEvidence  = 5
	maxText      = 512
	maxValue     = 256

	// headroom is what metadata and its bookkeeping need of MaxBytes.
	headroom = 2 << 10
)

// bound leaves out the least findings until the report is small enough, and counts them.
func bound(r *daysixv1alpha1.PodSecurityReport) {
	s := &r.Status
	all := s.Findings
	keep := min(len(all), maxFindings)
	s.Findings = nil
	size := jsonSize(r)
	sizes := 0
	for i := range all[:keep] {
		sizes += jsonSize(&all[i]) + 1
		if size+sizes > MaxBytes-headroom {
			keep = i
			break
		}
	}
	if keep > 0 {
		s.Findings = all[:keep]
	}
	s.FindingsTruncated = int32(len(all) - keep)
}

func jsonSize(v any) int {
	encoded, err := json.Marshal(v)
	if err != nil {
		return MaxBytes // What cannot be encoded is too large for any report.
	}
	return len(encoded)
}

// cut shortens a text to at most limit characters, as the API's schema counts them.
func cut(text string, limit int) string {
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return text
	}
	runes := []rune(text)
	return string(runes[:limit-1]) + "…"
}
