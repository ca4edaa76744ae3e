package exception

import (
	"strings"
	"time"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// State is what has become of an exception, in one word.
type State string

// The states of an exception.
const (
	Active  State = "active"
	Expired State = "expired"
	// Inert says that it, or a part of it, has no effect.
	Inert State = "inert"
)

// States lists every state.
func States() []State { return []State{Active, Expired, Inert} }

// StatusOf is what has become of an exception at a time, given the workloads that it selects. known tells which checks there
// are.
func StatusOf(e *Exception, count Count, now time.Time, known func(finding.CheckID) bool) daysixv1alpha1.AuditExceptionStatus {
	expired, inert := expiry(e, now), inertness(e, count, known)
	return daysixv1alpha1.AuditExceptionStatus{
		ObservedGeneration: e.Generation, MatchedWorkloads: int32(count.Workloads),
		Conditions: []daysixv1alpha1.Condition{activity(&expired, &inert, count), expired, inert},
	}
}

// StateOf is the state that a status speaks of; empty where it speaks of none.
func StateOf(status *daysixv1alpha1.AuditExceptionStatus) State {
	holds := make(map[string]bool)
	for _, c := range status.Conditions {
		holds[c.Type] = c.Status == daysixv1alpha1.ConditionTrue
	}
	switch {
	case holds[daysixv1alpha1.ConditionExpired]:
		return Expired
	case holds[daysixv1alpha1.ConditionInert]:
		return Inert
	case holds[daysixv1alpha1.ConditionActive]:
		return Active
	default:
		return ""
	}
}

func condition(kind string, holds bool, reason, message string) daysixv1alpha1.Condition {
	status := daysixv1alpha1.ConditionFalse
	if holds {
		status = daysixv1alpha1.ConditionTrue
	}
	return daysixv1alpha1.Condition{Type: kind, Status: status, Reason: reason, Message: message}
}

func activity(expired, inert *daysixv1alpha1.Condition, count Count) daysixv1alpha1.Condition {
	const kind = daysixv1alpha1.ConditionActive
	switch {
	case expired.Status == daysixv1alpha1.ConditionTrue:
		return condition(kind, false, expired.Reason, "")
	case len(count.Found) == 0:
		return condition(kind, false, inert.Reason, "")
	default:
		return condition(kind, true, daysixv1alpha1.ReasonAccepting, "")
	}
}

func expiry(e *Exception, now time.Time) daysixv1alpha1.Condition {
	const kind = daysixv1alpha1.ConditionExpired
	if e.ExpiresAt.IsZero() {
		return condition(kind, false, daysixv1alpha1.ReasonNoExpiry, "It has no end.")
	}
	at := e.ExpiresAt.UTC().Format(time.RFC3339)
	if e.InForce(now) {
		return condition(kind, false, daysixv1alpha1.ReasonNotExpired, "It ends at "+at+".")
	}
	return condition(kind, true, daysixv1alpha1.ReasonExpired, "It ended at "+at+".")
}

// inertness names what has no effect: all of it, or some of its checks.
func inertness(e *Exception, count Count, known func(finding.CheckID) bool) daysixv1alpha1.Condition {
	const kind = daysixv1alpha1.ConditionInert
	if e.Problem != "" {
		return condition(kind, true, daysixv1alpha1.ReasonInvalidSelector, cut(e.Problem))
	}
	var unknown, unused []string
	for _, check := range e.Checks {
		switch {
		case !known(check):
			unknown = append(unknown, string(check))
		case !count.Found[check]:
			unused = append(unused, string(check))
		}
	}
	switch {
	case len(unknown) > 0:
		return condition(kind, true, daysixv1alpha1.ReasonUnknownCheck, cut("There is no such check: "+strings.Join(unknown, ", ")+"."))
	case count.Workloads == 0:
		return condition(kind, true, daysixv1alpha1.ReasonNoWorkload, "It selects no workload.")
	case len(unused) > 0:
		return condition(kind, true, daysixv1alpha1.ReasonNoFinding,
			cut("These checks find nothing in the workloads that it selects: "+strings.Join(unused, ", ")+"."))
	default:
		return condition(kind, false, daysixv1alpha1.ReasonEffective, "")
	}
}

// maxMessage is the maximum of a condition's message, in characters.
const maxMessage = 1024

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxMessage {
		return string(runes[:maxMessage-1]) + "…"
	}
	return text
}
