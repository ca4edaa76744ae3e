package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// A container that is not root today stays so only where runAsNonRoot makes the kubelet refuse root: without it, the next
// image or the next edit of runAsUser may bring root back, and Pod Security restricted refuses the pod.
//
// Fields: spec.securityContext.runAsNonRoot,
// spec.{containers,initContainers,ephemeralContainers}[*].securityContext.runAsNonRoot
// Finds:  unset, false; only where the user is known and is not root, for RunAsRoot and RunAsRootAssumed ask for the same
func runAsNonRootUnset() Check {
	return Check{
		ID:          "RunAsNonRootUnset",
		Catalogue:   []string{"P06"},
		Title:       "Nothing keeps the container from starting as root",
		Worst:       finding.Hygiene,
		PodSecurity: "restricted",
		Find:        findRunAsNonRootUnset,
		Breaks:      "The container does not start where its image runs as root.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				uid := runAsUser(spec, c)
				if (uid == nil || *uid != 0) && !isTrue(runAsNonRoot(spec, c)) {
					yes := true
					securityContext(c).RunAsNonRoot = &yes
				}
			})
		},
	}
}

func findRunAsNonRootUnset(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.User.Root {
			continue
		}
		nonRoot := runAsNonRoot(p.Spec, c.Container)
		if isTrue(nonRoot) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.Hygiene,
			Condition:   firstCondition(p.userNamespaceCondition(), conditionNextImage),
			Container:   c.Name,
			Field:       c.Path("securityContext.runAsNonRoot"),
			Message:     "Nothing keeps a new image or setting from making the container root.",
			Remediation: "Set runAsNonRoot: true.",
		}
		if nonRoot != nil {
			found.Value = "false"
			if c.SecurityContext == nil || c.SecurityContext.RunAsNonRoot == nil {
				found.Field = "spec.securityContext.runAsNonRoot"
			}
		}
		out.Add(found)
	}
}
