package podsecurity

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

const (
	// NewestMinor is the newest minor version of Kubernetes whose rules are known: that of the library.
	NewestMinor = 37
	// OldestMinor is the oldest version of Kubernetes that an API server is expected to have.
	OldestMinor = 34
)

// rule is one version of one check.
type rule struct {
	id     policy.CheckID
	level  api.Level
	run    policy.CheckPodFn
	fields deriver
}

// ruleSets are the rules of a level by minor version of the policy, each in the order in which upstream reports them:
// baseline first, then by ID. Versions with the same rules hold the same pointers.
type ruleSets struct {
	baseline, restricted [NewestMinor + 1][]*rule
}

// of is the rules of a level at a version; none for privileged.
func (s *ruleSets) of(level api.Level, minor int) []*rule {
	switch level {
	case api.LevelBaseline:
		return s.baseline[minor]
	case api.LevelRestricted:
		return s.restricted[minor]
	default:
		return nil
	}
}

// newRuleSets expands the checks by version. A restricted check takes the place of the baseline checks that it overrides.
func newRuleSets(checks []policy.Check, derivers map[policy.CheckID]deriver) *ruleSets {
	slices.SortFunc(checks, func(a, b policy.Check) int {
		if a.Level != b.Level {
			return strings.Compare(string(a.Level), string(b.Level)) // baseline comes before restricted
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	rules := make([][]*rule, len(checks))
	for i := range checks {
		for j := range checks[i].Versions {
			rules[i] = append(rules[i], &rule{
				id: checks[i].ID, level: checks[i].Level, run: checks[i].Versions[j].CheckPod, fields: derivers[checks[i].ID],
			})
		}
	}
	sets := &ruleSets{}
	for minor := range sets.baseline {
		var overridden []policy.CheckID
		for i := range checks {
			if at := stepAt(&checks[i], minor); at >= 0 {
				overridden = append(overridden, checks[i].Versions[at].OverrideCheckIDs...)
			}
		}
		for i := range checks {
			at := stepAt(&checks[i], minor)
			if at < 0 {
				continue
			}
			if checks[i].Level == api.LevelBaseline {
				sets.baseline[minor] = append(sets.baseline[minor], rules[i][at])
			}
			if !slices.Contains(overridden, checks[i].ID) {
				sets.restricted[minor] = append(sets.restricted[minor], rules[i][at])
			}
		}
	}
	return sets
}

// stepAt is the index of the version of a check that holds at a minor version, -1 where the check is newer.
func stepAt(check *policy.Check, minor int) int {
	at := -1
	for i := range check.Versions {
		if v := api.MajorMinorVersion(1, minor); !v.Older(check.Versions[i].MinimumVersion) {
			at = i
		}
	}
	return at
}

// violations runs rules and derives the fields of those that refuse the pod; nil where none does.
func violations(rules []*rule, pod *metav1.ObjectMeta, spec *corev1.PodSpec) []Violation {
	var found []Violation
	for _, r := range rules {
		result := r.run(pod, spec)
		if result.Allowed {
			continue
		}
		v := Violation{Check: string(r.id), Level: r.level, Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail}
		if r.fields != nil {
			v.Fields = r.fields(&refused{run: r.run, pod: pod, spec: spec})
		}
		found = append(found, v)
	}
	return found
}
