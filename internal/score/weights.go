package score

import (
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// TierFactor, like all numbers of score model v1 (catalogue, section F.3), is judgement, not calibrated on incidents.
const TierFactor = 0.5 // for each tier below the furthest

// bands are the lowest and highest score by tier. They do not overlap: a fact of a higher tier always outscores any
// number of facts of a lower one.
var bands = [finding.MaxTier + 1][2]int{{0, 9}, {10, 24}, {25, 39}, {40, 69}, {70, 89}, {90, 100}}

// ClassWeight is how much of its band a class can fill.
func ClassWeight(class finding.Class) float64 {
	switch class {
	case finding.ClassADM:
		return 1
	case finding.ClassNODE:
		return .70
	case finding.ClassPOD, finding.ClassHOP, finding.ClassSEC:
		return .60
	case finding.ClassEXT:
		return .40
	case finding.ClassNET, finding.ClassTAMPER:
		return .35
	case finding.ClassAID:
		return .25
	case finding.ClassDOS:
		return .20
	case finding.ClassRECON:
		return .10
	default:
		return 0
	}
}

// Breadth is the factor for reaching so many things.
type Breadth struct {
	// UpTo is the most that the step counts for; 0 for any number.
	UpTo   int
	Factor float64
}

// breadths are buckets, so that the churn of replicas does not move the score.
var breadths = [...]Breadth{{1, .5}, {5, .65}, {20, .8}, {100, .9}, {0, 1}}

// Breadths lists the factors for breadth, narrowest first: a table of docs/score.md.
func Breadths() []Breadth { return slices.Clone(breadths[:]) }

func breadthFactor(reached int) float64 {
	for _, step := range breadths {
		if step.UpTo == 0 || reached <= step.UpTo {
			return step.Factor
		}
	}
	return 1
}

// distances is 0.9 for each hop of the shortest path after the first. Literals, since math.Pow may differ by a bit
// between machines and a tie between two classes must not depend on that.
var distances = [...]float64{1, .9, .81, .729, .6561, .59049, .531441, .4782969, .43046721, .387420489}

// Distances lists the factors for distance, nearest first: a table of docs/score.md.
func Distances() []float64 { return slices.Clone(distances[:]) }

// distanceFactor stops falling after the tenth hop.
func distanceFactor(hops int) float64 {
	return distances[min(max(hops-1, 0), len(distances)-1)]
}
