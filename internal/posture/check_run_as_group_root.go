package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// The group root opens what belongs to it: files of mounted volumes and devices with mode 0660. A runtime gives it to
// every user that has no entry in the image's passwd file, unless runAsGroup says otherwise.
//
// Fields: spec.securityContext.runAsGroup,
// spec.{containers,initContainers,ephemeralContainers}[*].securityContext.runAsGroup
// Finds:  0; unset beside a runAsUser other than 0 (conditional)
// With hostUsers: false the group on the node is an unprivileged one, which lowers the finding.
func runAsGroupRoot() Check {
	return Check{
		ID:        "RunAsGroupRoot",
		Catalogue: []string{"P06"},
		Title:     "Primary group of the container is root, or may be",
		Worst:     finding.Hygiene,
		Find:      findRunAsGroupRoot,
		Breaks:    "Files that only the group root may read or write are out of reach.",
		Fix:       fixRunAsGroupRoot,
	}
}

func findRunAsGroupRoot(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		gid := runAsGroup(p.Spec, c.Container)
		if gid != nil && *gid != 0 || gid == nil && !namedUser(runAsUser(p.Spec, c.Container)) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.Hygiene,
			Condition:   conditionImageGroup,
			Container:   c.Name,
			Field:       c.Path("securityContext.runAsGroup"),
			Message:     "Files of the group root are open to the container.",
			Remediation: "Set runAsGroup to a group other than 0.",
		}
		if gid != nil {
			found.Condition, found.Value = p.userNamespaceCondition(), "0"
			if c.SecurityContext == nil || c.SecurityContext.RunAsGroup == nil {
				found.Field = "spec.securityContext.runAsGroup"
			}
		}
		out.Add(found)
	}
}

// namedUser tells whether the spec names a user other than root.
func namedUser(uid *int64) bool { return uid != nil && *uid != 0 }

// fixRunAsGroupRoot gives a named user the group of the same number; where the image decides on the user, on the group too.
func fixRunAsGroupRoot(spec *corev1.PodSpec) {
	if spec.SecurityContext != nil {
		spec.SecurityContext.RunAsGroup = withoutRoot(spec.SecurityContext.RunAsGroup)
	}
	snapshot.EachContainer(spec, func(c *corev1.Container) {
		if c.SecurityContext != nil {
			c.SecurityContext.RunAsGroup = withoutRoot(c.SecurityContext.RunAsGroup)
		}
		if uid := runAsUser(spec, c); runAsGroup(spec, c) == nil && namedUser(uid) {
			gid := *uid
			securityContext(c).RunAsGroup = &gid
		}
	})
}
