package podsecurity

import (
	"fmt"
	"slices"
	"strconv"

	"k8s.io/pod-security-admission/api"
)

// Namespace is what a namespace asks of its pods. It does not change.
type Namespace struct {
	Enforce, Audit, Warn Standard
	// Problems are the labels that cannot be read, in the order enforce, audit, warn.
	Problems []Problem
	// Exempt is true where the whole namespace is.
	Exempt bool

	name      string
	evaluator *Evaluator
}

// Namespace reads the labels of a namespace.
func (e *Evaluator) Namespace(name string, labels map[string]string) *Namespace {
	// The errors are those of the labels, which standard finds again by label.
	asked, _ := api.PolicyToEvaluate(labels, e.defaults)
	n := &Namespace{
		Exempt:    name != "" && slices.Contains(e.exemptions.Namespaces, name),
		name:      name,
		evaluator: e,
	}
	n.Enforce = n.standard(Enforce, asked.Enforce, labels, api.EnforceLevelLabel, api.EnforceVersionLabel)
	n.Audit = n.standard(Audit, asked.Audit, labels, api.AuditLevelLabel, api.AuditVersionLabel)
	n.Warn = n.standard(Warn, asked.Warn, labels, api.WarnLevelLabel, api.WarnVersionLabel)
	if n.Warn.LevelFrom == FromDefault && asked.Warn.Level != e.defaults.Warn.Level {
		n.Warn.LevelFrom = FromEnforce
		if n.Warn.VersionFrom == FromDefault {
			n.Warn.VersionFrom = FromEnforce
		}
	}
	return n
}

// standard describes what is asked in one mode, and adds the problems of its two labels.
func (n *Namespace) standard(mode Mode, asked api.LevelVersion, labels map[string]string, level, version string) Standard {
	s := Standard{
		Mode: mode, Level: asked.Level, Version: asked.Version.String(),
		LevelFrom: FromDefault, VersionFrom: FromDefault, asked: asked.Version,
	}
	if value, labelled := labels[level]; labelled {
		s.LevelFrom = FromLabel
		if _, err := api.ParseLevel(value); err != nil {
			n.Problems = append(n.Problems, Problem{Label: level, Value: value, Taken: string(s.Level), Message: err.Error()})
		}
	}
	if value, labelled := labels[version]; labelled {
		s.VersionFrom = FromLabel
		if _, err := api.ParseVersion(value); err != nil {
			n.Problems = append(n.Problems, Problem{Label: version, Value: value, Taken: s.Version, Message: err.Error()})
		}
	}
	if s.Level != api.LevelPrivileged {
		s.minor = clamp(s.asked, min(n.evaluator.minor, NewestMinor))
		s.Evaluated = versionName(s.minor)
		s.Caveat = n.evaluator.caveat(s.asked)
	}
	return s
}

// clamp is the minor version that an API server takes whose own is newest.
func clamp(asked api.Version, newest int) int {
	if asked.Latest() {
		return newest
	}
	return min(asked.Minor(), newest)
}

// caveat tells why the API server may take other rules than those that are evaluated.
func (e *Evaluator) caveat(asked api.Version) string {
	switch {
	case !e.versionKnown && (asked.Latest() || asked.Minor() > OldestMinor):
		return "The version of the API server is not known: the rules are those of " + versionName(clamp(asked, NewestMinor)) + "."
	case e.minor > NewestMinor && (asked.Latest() || asked.Minor() > NewestMinor):
		return fmt.Sprintf("The API server is of %s: rules newer than %s are not known.", versionName(e.minor), versionName(NewestMinor))
	default:
		return ""
	}
}

func versionName(minor int) string { return "v1." + strconv.Itoa(minor) }
