package podsecurity

import (
	"fmt"
	"slices"

	"k8s.io/pod-security-admission/api"
)

// Settings are what the API server knows about Pod Security and does not show: the PodSecurityConfiguration lies in a
// file of its own. The zero value is an API server that was given no such file.
type Settings struct {
	Defaults   Defaults
	Exemptions Exemptions
	// Minor is the minor version of the API server, 37 for 1.37; 0 where it is not known.
	Minor int
}

// Defaults hold where a namespace has no label. A level is privileged, baseline or restricted, empty means privileged; a
// version is latest or v1.<minor>, empty means latest.
type Defaults struct {
	Enforce, EnforceVersion string
	Audit, AuditVersion     string
	Warn, WarnVersion       string
}

// Exemptions name what is not judged at all, each name in full.
type Exemptions struct {
	Namespaces, RuntimeClasses, Usernames []string
}

// policy are the defaults in upstream's form. An error names the field and its value.
func (d Defaults) policy() (api.Policy, error) {
	var p api.Policy
	for _, mode := range [...]struct {
		name, level, version string
		into                 *api.LevelVersion
	}{
		{"enforce", d.Enforce, d.EnforceVersion, &p.Enforce},
		{"audit", d.Audit, d.AuditVersion, &p.Audit},
		{"warn", d.Warn, d.WarnVersion, &p.Warn},
	} {
		*mode.into = api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()}
		var err error
		if mode.level != "" {
			if mode.into.Level, err = api.ParseLevel(mode.level); err != nil {
				return api.Policy{}, fmt.Errorf("defaults: %s %q: %w", mode.name, mode.level, err)
			}
		}
		if mode.version != "" {
			if mode.into.Version, err = api.ParseVersion(mode.version); err != nil {
				return api.Policy{}, fmt.Errorf("defaults: %s-version %q: %w", mode.name, mode.version, err)
			}
		}
	}
	return p, nil
}

func (e Exemptions) clone() Exemptions {
	return Exemptions{
		Namespaces:     slices.Clone(e.Namespaces),
		RuntimeClasses: slices.Clone(e.RuntimeClasses),
		Usernames:      slices.Clone(e.Usernames),
	}
}
