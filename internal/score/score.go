// Package score turns the risks of a workload into one number from 0 to 100 and explains it to the point.
//
// The method is a banded noisy-or (catalogue, section F.3): the furthest consequence sets the band, everything else
// fills it. Adding a risk never lowers the score, order and repetition do not matter, and the parts of the explanation
// add up to the score exactly. Exposure is reported beside the score, it is never multiplied in.
package score

import (
	"cmp"
	"math"
	"slices"

	"github.com/daysix/daysix/internal/finding"
)

// Model names the weights in force. It changes whenever a weight changes, since that breaks every trend line.
const Model = "v1"

// Risk is one consequence that a workload is open to.
type Risk struct {
	Class finding.Class
	// Tier is 0 (contained) to 5 (cluster-admin), before the condition is taken into account.
	Tier finding.Tier
	// Conditional lowers the tier by one: a fact that the API does not show decides.
	Conditional bool
	// Breadth is how many things are reached (pods, nodes, secrets); 0 and 1 count alike.
	Breadth int
	// Hops is the length of the shortest path there; 0 and 1 count alike.
	Hops int
}

// Part is one summand of a score.
type Part struct {
	// Class is empty for the base of the band.
	Class finding.Class
	// Points is this part's share; the shares add up to the score.
	Points int
}

// Result is a score with its explanation.
type Result struct {
	// Score is 0 to 100.
	Score int
	// Tier is that of the furthest consequence.
	Tier finding.Tier
	// Parts starts with the base of the band, then the classes by falling share. Empty where there is no risk.
	Parts []Part
}

// Severity is the severity of the furthest consequence.
func (r Result) Severity() finding.Severity { return r.Tier.Severity() }

// Of scores a set of risks.
func Of(risks []Risk) Result {
	if len(risks) == 0 {
		return Result{}
	}
	top := finding.Tier(0)
	for _, r := range risks {
		top = max(top, r.effectiveTier())
	}
	worst := make(map[finding.Class]float64, len(risks))
	for _, r := range risks {
		worst[r.Class] = max(worst[r.Class], r.value(top))
	}
	shares := rank(worst)
	floor, ceiling := Band(top)
	total := fill(floor, ceiling, shares)
	return Result{Score: total, Tier: top, Parts: explain(floor, ceiling, total, shares)}
}

// Band is the lowest and the highest score of a tier.
func Band(tier finding.Tier) (floor, ceiling int) {
	b := bands[min(max(tier, 0), finding.MaxTier)]
	return b[0], b[1]
}

func (r Risk) effectiveTier() finding.Tier {
	if r.Conditional && r.Tier > 0 {
		return r.Tier - 1
	}
	return r.Tier
}

// value is how much of the band this risk alone would fill, 0 to 1.
func (r Risk) value(top finding.Tier) float64 {
	breadth := breadthFactor(r.Breadth)
	if r.Class == finding.ClassADM {
		breadth = 1 // There is one cluster-admin: breadth has no meaning there.
	}
	below := float64(top - r.effectiveTier())
	return ClassWeight(r.Class) * breadth * distanceFactor(r.Hops) * math.Pow(TierFactor, below)
}

type share struct {
	class finding.Class
	value float64
	part  float64
}

// rank orders the classes by what they are worth; the name breaks ties, so that the outcome never depends on a map.
func rank(worst map[finding.Class]float64) []share {
	shares := make([]share, 0, len(worst))
	for class, value := range worst {
		shares = append(shares, share{class: class, value: value})
	}
	slices.SortFunc(shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.value, a.value), cmp.Compare(a.class, b.class))
	})
	return shares
}

// fill is the noisy-or of the shares, scaled to the band.
func fill(floor, ceiling int, shares []share) int {
	left := 1.0
	for _, s := range shares {
		left *= 1 - s.value
	}
	if left <= 0 {
		return ceiling
	}
	// The conversion keeps a compiler from fusing the operations, the epsilon makes an exact half round down: the same
	// score on every machine.
	above := float64(float64(ceiling-floor) * (1 - left))
	return int(math.RoundToEven(float64(floor) + above - 1e-9))
}

// explain hands the points above the floor out by class, each class taking its share of what the ones before it left.
// The largest remainders are rounded up, so that the integers add up exactly.
func explain(floor, ceiling, total int, shares []share) []Part {
	left := 1.0
	for i := range shares {
		shares[i].part = float64(ceiling-floor) * shares[i].value * left
		left *= 1 - shares[i].value
	}
	parts := make([]Part, 0, len(shares)+1)
	parts = append(parts, Part{Points: floor})
	rest := total - floor
	for _, s := range shares {
		points := int(s.part)
		parts = append(parts, Part{Class: s.class, Points: points})
		rest -= points
	}
	settle(parts[1:], shares, rest)
	return parts
}

// settle spreads what rounding left over: up to the largest remainders, or down from the smallest.
func settle(parts []Part, shares []share, rest int) {
	order := make([]int, len(parts))
	for i := range order {
		order[i] = i
	}
	remainder := func(i int) float64 { return shares[i].part - math.Floor(shares[i].part) }
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainder(b), remainder(a)), cmp.Compare(shares[a].class, shares[b].class))
	})
	for _, i := range order[:min(max(rest, 0), len(order))] {
		parts[i].Points++
		rest--
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(remainder(a), remainder(b)), cmp.Compare(shares[a].class, shares[b].class))
	})
	for _, i := range order {
		if rest < 0 && parts[i].Points > 0 {
			parts[i].Points--
			rest++
		}
	}
}
