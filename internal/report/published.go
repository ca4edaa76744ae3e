package report

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// Published is what a report said before.
type Published struct {
	Score              int32
	Severity           daysixv1alpha1.Severity
	UnacceptedSeverity daysixv1alpha1.Severity
	Priority           daysixv1alpha1.Priority
	Restart            daysixv1alpha1.RestartVerdict
	SeveritySince      Seconds
	RestartSince       Seconds
	// Findings that were told, by their place.
	Findings []Seen

	// Lost is what was told before a source was lost and cannot be looked at since: it is not new when it is seen again.
	Lost []Seen
	// LostRestart is the verdict on a restart that was told before, and LostRestartSince since when.
	LostRestart      daysixv1alpha1.RestartVerdict
	LostRestartSince Seconds
}

// Seconds is a time as the API keeps it, in seconds of Unix time, which do until 2106; 0 where it is not known.
type Seconds uint32

// Seen is what is kept of a finding that was told: not what it said, but where it stood.
type Seen struct {
	place    uint64
	since    Seconds
	rank     int8
	accepted bool
}

// None tells whether nothing was published before.
func (p *Published) None() bool { return p.Severity == "" }

// PublishedBy is what a report says.
func PublishedBy(r *daysixv1alpha1.PodSecurityReport) Published {
	s := &r.Status
	out := Published{
		Score: s.Score, Severity: s.Severity, UnacceptedSeverity: s.UnacceptedSeverity, Priority: s.Priority,
		Restart:       s.Restart.Verdict,
		SeveritySince: seconds(s.SeveritySince), RestartSince: seconds(s.Restart.VerdictSince),
	}
	for i := range s.Findings {
		f := &s.Findings[i]
		out.Findings = append(out.Findings, Seen{
			place: placeOf(f), since: seconds(f.Since), rank: int8(rank(f.Severity)), accepted: f.AcceptedBy != "",
		})
	}
	out.Findings = byPlace(slices.Clip(out.Findings))
	return out
}

// placeOf tells findings apart by their check and where it looked. What it saw there may change: another image at the same
// place is no other finding.
func placeOf(f *daysixv1alpha1.Finding) uint64 {
	h := fnv.New64a()
	for _, text := range [...]string{f.Check, f.Container, f.Field} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		// A hash never fails to write.
		_, _ = h.Write(length[:])
		_, _ = h.Write([]byte(text))
	}
	return h.Sum64()
}

// byPlace orders what was seen by place, and keeps of what was as bad at one place the oldest.
func byPlace(seen []Seen) []Seen {
	slices.SortFunc(seen, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.rank, b.rank), cmp.Compare(a.since, b.since))
	})
	return slices.CompactFunc(seen, func(a, b Seen) bool { return a.place == b.place && a.rank == b.rank })
}

// at lists what was seen at a place.
func at(seen []Seen, place uint64) []Seen {
	first, _ := slices.BinarySearchFunc(seen, place, func(s Seen, place uint64) int { return cmp.Compare(s.place, place) })
	last := first
	for last < len(seen) && seen[last].place == place {
		last++
	}
	return seen[first:last]
}

func seconds(t metav1.Time) Seconds {
	if t.IsZero() {
		return 0
	}
	return Seconds(t.Unix())
}

func (s Seconds) time() metav1.Time {
	if s == 0 {
		return metav1.Time{}
	}
	return metav1.NewTime(time.Unix(int64(s), 0).UTC())
}
