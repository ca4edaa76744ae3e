package dryrun

// State is how the guard of the mode stands.
type State string

// The states. Dry-runs are asked in InForce and in no other.
const (
	// Unchecked: nobody has looked yet, or not for longer than is sound.
	Unchecked State = "Unchecked"
	InForce   State = "InForce"
	// Missing: there is no policy or no binding, or it is being deleted.
	Missing State = "Missing"
	// Altered: policy or binding do not say what they have to, or say it of another user.
	Altered State = "Altered"
	// NotObserved: the API server admits what the guard refuses. It sees a policy a second or so after it was made.
	NotObserved State = "NotObserved"
	// MayImpersonate: the own user may act as another one, whom the guard would not know.
	MayImpersonate State = "MayImpersonate"
	// NotGranted: the own user may not create pods, so there is nothing to ask with.
	NotGranted State = "NotGranted"
	// Unreadable: the API server did not say how the guard stands.
	Unreadable State = "Unreadable"
)

// Standing is a state, and what makes it so.
type Standing struct {
	State  State
	Detail string
}

// String is the state with its detail, for messages.
func (s Standing) String() string {
	if s.Detail == "" {
		return string(s.State)
	}
	return string(s.State) + ": " + s.Detail
}

// Gate says whether dry-runs may be asked. *Guard is the one of production.
type Gate interface {
	Standing() Standing
}
