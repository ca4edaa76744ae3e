package assess

import (
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/score"
)

// risks are what the score is made from: everything that the findings lead to, but for what leads nowhere. Counting that
// would make a pod look worse when a risk of it is contained.
func risks(findings []finding.Finding) []score.Risk {
	out := make([]score.Risk, 0, len(findings))
	for i := range findings {
		f := &findings[i]
		if f.Consequence == finding.Contained {
			continue
		}
		out = append(out, riskOf(f.Consequence, f.Condition, f.Hops))
		for _, e := range f.Also {
			out = append(out, riskOf(e.Consequence, e.Condition, f.Hops))
		}
	}
	return out
}

func riskOf(c finding.Consequence, condition string, hops int) score.Risk {
	w := c.Weight()
	return score.Risk{Class: w.Class, Tier: w.Tier, Conditional: condition != "", Hops: hops}
}
