package attackgraph

import "math"

// cost orders ways: fewer conditions first, then fewer steps.
type cost uint32

const (
	unreachable  cost = math.MaxUint32
	oneStep      cost = 1
	oneCondition cost = 1 << 16
)

func (c cost) certain() bool   { return c < oneCondition }
func (c cost) steps() int      { return int(c % oneCondition) }
func (c cost) conditions() int { return int(c / oneCondition) }

// cost is what taking the arc adds to a way.
func (f flags) cost() cost {
	c := oneStep
	if f&noStep != 0 {
		c = 0
	}
	if f&conditional != 0 {
		c += oneCondition
	}
	return c
}

// queue gives out what is put in by cost. Nothing may be put in that costs less than what was given out last. Empty, it can
// be used again.
type queue struct {
	levels     [][][]queued // by conditions and steps
	conditions int
	steps, at  int
}

type queued struct {
	vertex, label int32
	cost          cost
}

func (q *queue) put(item queued) {
	for len(q.levels) <= item.cost.conditions() {
		q.levels = append(q.levels, nil)
	}
	level := &q.levels[item.cost.conditions()]
	for len(*level) <= item.cost.steps() {
		*level = append(*level, nil)
	}
	(*level)[item.cost.steps()] = append((*level)[item.cost.steps()], item)
}

func (q *queue) take() (item queued, ok bool) {
	for ; q.conditions < len(q.levels); q.conditions, q.steps = q.conditions+1, 0 {
		level := q.levels[q.conditions]
		for ; q.steps < len(level); q.steps, q.at = q.steps+1, 0 {
			if q.at < len(level[q.steps]) {
				q.at++
				return level[q.steps][q.at-1], true
			}
			level[q.steps] = level[q.steps][:0]
		}
	}
	q.conditions = 0
	return queued{}, false
}

// reset empties a queue that was left before its end.
func (q *queue) reset() {
	for _, level := range q.levels {
		for i := range level {
			level[i] = level[i][:0]
		}
	}
	q.conditions, q.steps, q.at = 0, 0, 0
}
