package metrics

import "time"

// ExceptionState is what has become of an AuditException.
type ExceptionState string

// The states of an exception.
const (
	// ExceptionActive: it accepts something.
	ExceptionActive ExceptionState = "active"
	// ExceptionExpired: it has ended, and accepts nothing any more.
	ExceptionExpired ExceptionState = "expired"
	// ExceptionInert: it, or a part of it, has no effect.
	ExceptionInert ExceptionState = "inert"
)

// ExceptionStates lists the states, by name.
func ExceptionStates() []ExceptionState {
	return []ExceptionState{ExceptionActive, ExceptionExpired, ExceptionInert}
}

// ExceptionTally counts exceptions.
type ExceptionTally struct {
	States map[ExceptionState]int
	// NextExpiry is when the next of those in force ends; the zero time where none does.
	NextExpiry time.Time
}

// NoExceptions counts none.
func NoExceptions() ExceptionTally { return ExceptionTally{} }
