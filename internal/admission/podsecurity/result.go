package podsecurity

import (
	"strings"

	"k8s.io/pod-security-admission/api"
)

// Mode is one of the three modes of Pod Security.
type Mode string

// The modes, in the order in which they are reported.
const (
	Enforce Mode = "enforce"
	Audit   Mode = "audit"
	Warn    Mode = "warn"
)

// Origin is where a level or a version was taken from.
type Origin string

// The origins. A namespace that raises enforce by a label and says nothing of warn is warned at the same level.
const (
	FromLabel   Origin = "Label"
	FromDefault Origin = "Default"
	FromEnforce Origin = "Enforce"
)

// Standard is what a namespace asks for in one mode.
type Standard struct {
	Mode  Mode
	Level api.Level
	// Version as it is written: latest or v1.<minor>.
	Version string
	// Evaluated is the version that Version means, v1.<minor>; empty for privileged, which asks for nothing.
	Evaluated string
	// LevelFrom and VersionFrom tell where the two were taken from.
	LevelFrom, VersionFrom Origin
	// Caveat tells why the API server may evaluate other rules than those of Evaluated; empty where it does not.
	Caveat string

	asked api.Version
	minor int
}

// String is the standard as the API server writes it, restricted:latest.
func (s *Standard) String() string { return string(s.Level) + ":" + s.Version }

// Problem is a label that the API server cannot read. It was put there before Pod Security was, or past it: a change of
// the labels is refused where it makes one invalid.
type Problem struct {
	Label, Value string
	// Taken is what the API server takes instead.
	Taken string
	// Message tells what values there are.
	Message string
}

// Exemption is why a pod is not judged at all. The zero value is no exemption.
type Exemption struct {
	// By is Namespace, Username or RuntimeClass.
	By ExemptionKind
	// Name is the name that the API server's configuration holds.
	Name string
}

// ExemptionKind is the kind of name that is exempt.
type ExemptionKind string

// The kinds of exemption, in the order in which the API server asks.
const (
	ByNamespace    ExemptionKind = "Namespace"
	ByUsername     ExemptionKind = "Username"
	ByRuntimeClass ExemptionKind = "RuntimeClass"
)

// Verdict is what one mode says about a pod.
type Verdict struct {
	Standard
	// Violations by check: baseline ones first, then by ID. None: the mode has nothing against the pod. Modes that ask the
	// same share one slice.
	Violations []Violation
}

// Violation is a check that refuses the pod.
type Violation struct {
	// Check is upstream's ID, such as hostNamespaces.
	Check string
	// Level is the level that the check belongs to.
	Level api.Level
	// Reason is the same for all pods, Detail names values. Both are upstream's words.
	Reason, Detail string
	// Fields are all that is at fault: with them changed the check admits the pod, with one of them left it does not.
	Fields []Field
}

// Field is a place in a pod.
type Field struct {
	// Container is the name of the container, empty where the field is the pod's.
	Container string
	// Path from the pod, such as spec.containers[0].securityContext.privileged.
	Path string
	// Value is what stands there; empty where the field is absent, and of volumes the name.
	Value string
}

// Message is the refusal in the API server's words, without the name of the pod.
func (v *Verdict) Message() string {
	if len(v.Violations) == 0 {
		return ""
	}
	return `violates PodSecurity "` + v.String() + `": ` + join(v.Violations)
}

func join(list []Violation) string {
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = list[i].Reason
		if list[i].Detail != "" {
			parts[i] += " (" + list[i].Detail + ")"
		}
	}
	return strings.Join(parts, ", ")
}

// Forecast is what enforce says once the control plane is one minor version newer. Where the version is pinned to one
// that the API server knows, or nothing is enforced, there is nothing to tell and the forecast is the zero value.
type Forecast struct {
	// Version is the minor version that the API server would have then, v1.<minor>; empty where enforce does not move.
	Version string
	// Known is false where the library does not have the rules of that version: Violations then say nothing.
	Known bool
	// Violations are those of enforce at that version.
	Violations []Violation
}

// Result is what Pod Security says about a pod today.
type Result struct {
	// Exemption is set where nothing was judged.
	Exemption Exemption
	// Static is true for a mirror pod: the kubelet runs the pod without asking, only its mirror can be refused.
	Static bool
	// UserDecides is true where it is not known who asks and some users are exempt: what is refused may be admitted.
	UserDecides bool

	Enforce, Audit, Warn Verdict
	Forecast             Forecast
}

// Denied tells whether the API server would refuse the pod.
func (r *Result) Denied() bool { return len(r.Enforce.Violations) > 0 }

// DeniedAfterUpgrade tells whether a pod that is admitted now would be refused at the next minor version.
func (r *Result) DeniedAfterUpgrade() bool { return !r.Denied() && len(r.Forecast.Violations) > 0 }

// BreaksWhenEnforced are the verdicts of audit and warn that would refuse a pod that enforce admits.
func (r *Result) BreaksWhenEnforced() []Verdict {
	var list []Verdict
	for _, v := range [...]*Verdict{&r.Audit, &r.Warn} {
		if !r.Denied() && len(v.Violations) > 0 {
			list = append(list, *v)
		}
	}
	return list
}
