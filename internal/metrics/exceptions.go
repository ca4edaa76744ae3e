package metrics

// ExceptionState is what has become of an AuditException.
type ExceptionState string

// The states of an exception.
const (
	// ExceptionActive: it accepts something, and goes on to do so for days.
	ExceptionActive ExceptionState = "Active"
	// ExceptionExpiring: it accepts something, and ends within days.
	ExceptionExpiring ExceptionState = "Expiring"
	// ExceptionExpired: it has ended, and accepts nothing any more.
	ExceptionExpired ExceptionState = "Expired"
	// ExceptionInert: it is in force, and nothing matches it.
	ExceptionInert ExceptionState = "Inert"
)

// ExceptionStates lists the states, by name.
func ExceptionStates() []ExceptionState {
	return []ExceptionState{ExceptionActive, ExceptionExpired, ExceptionExpiring, ExceptionInert}
}

// NoExceptions counts none.
func NoExceptions() map[ExceptionState]int { return nil }
