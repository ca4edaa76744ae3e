package netpol

import "github.com/daysix/daysix/internal/finding"

// Priority is how soon to look at a workload, by how far it reaches and how near others are to it. It stands beside the
// score and is not part of it.
type Priority string

// The priorities, most urgent first.
const (
	P1 Priority = "P1"
	P2 Priority = "P2"
	P3 Priority = "P3"
	P4 Priority = "P4"
)

// PriorityOf looks a workload up in the matrix of the catalogue, section F.3. A level that is reached on a condition counts
// like any other, and one that is not known like the furthest: what is not known is not taken for safe.
func PriorityOf(tier finding.Tier, exposure Level) Priority {
	external := exposure == LevelExternal || exposure == LevelUnknown
	switch {
	case tier >= 4 && external:
		return P1
	case tier >= 4, tier == 3 && external:
		return P2
	case tier == 3, tier == 2 && external:
		return P3
	default:
		return P4
	}
}
