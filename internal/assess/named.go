package assess

import (
	"strings"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
)

// maxNamed is how many systems a summary names; the evidence has all of them.
const maxNamed = 3

// named are the systems that the environment and the arguments of a pod name, those that stand behind a Service of its namespace
// by their own name.
func (j *judge) named(pod *posture.Pod) []posture.NamedSystem {
	systems := pod.NamedSystems()
	for i := range systems {
		name, rest, _ := strings.Cut(systems[i].Host, ".")
		namespace, _, _ := strings.Cut(rest, ".")
		if host := j.aliases[name]; host != "" && (rest == "" || namespace == pod.Namespace && !systems[i].Outside()) {
			systems[i].Host = host
		}
	}
	return systems
}

// withNamed adds to an answer about what lies outside the systems there that the pod's configuration names. They are no way out:
// where there is none, they change nothing.
func withNamed(a finding.Answer, systems []posture.NamedSystem) finding.Answer {
	if a.Verdict != finding.Yes && a.Verdict != finding.Conditional {
		return a
	}
	var names []string
	for i := range systems {
		s := &systems[i]
		if !s.Outside() {
			continue
		}
		value := s.String()
		if s.From != "" {
			value += ", " + s.From
		}
		a.Evidence = append(a.Evidence, finding.Evidence{Check: reachesOutside, Field: s.Field, Value: value})
		if len(names) < maxNamed {
			names = append(names, s.String())
		}
	}
	if len(names) > 0 {
		a.Summary += " Its configuration names " + strings.Join(names, ", ") + "."
	}
	return a
}
