package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

// On a node with SELinux the type is what keeps a container from the files of the node: spc_t is not confined at all.
// A user or role of one's own can open transitions that the type alone would not.
//
// Fields: seLinuxOptions.{type,user,role} of spec.securityContext and of
//
//	spec.{containers,initContainers,ephemeralContainers}[*].securityContext
//
// Finds:  any type but container_t, container_init_t, container_kvm_t and container_engine_t; any user; any role
// Certain. A user namespace does not change it.
func selinuxCustomOptions() Check {
	return Check{
		ID:          "SELinuxCustomOptions",
		Catalogue:   []string{"P07"},
		Title:       "SELinux type, user or role outside of the confined ones",
		Worst:       finding.EscapeAid,
		PodSecurity: "baseline",
		Find:        findSELinuxCustomOptions,
		Breaks:      "On nodes with SELinux the container may touch only what the type container_t may.",
		Fix: func(spec *corev1.PodSpec) {
			if sc := spec.SecurityContext; sc != nil {
				confineSELinux(sc.SELinuxOptions)
			}
			eachSecurityContext(spec, func(sc *corev1.SecurityContext) { confineSELinux(sc.SELinuxOptions) })
		},
	}
}

func findSELinuxCustomOptions(p *Pod, out *Findings) {
	if p.Windows {
		return
	}
	if sc := p.Spec.SecurityContext; sc != nil && sc.SELinuxOptions != nil {
		findSELinuxOptions(sc.SELinuxOptions, "", "spec.securityContext.seLinuxOptions", out)
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if c.SecurityContext != nil && c.SecurityContext.SELinuxOptions != nil {
			findSELinuxOptions(c.SecurityContext.SELinuxOptions, c.Name, c.Path("securityContext.seLinuxOptions"), out)
		}
	}
}

func findSELinuxOptions(options *corev1.SELinuxOptions, container, path string, out *Findings) {
	found := finding.Finding{
		Consequence: finding.EscapeAid,
		Container:   container,
		Message:     "On a node with SELinux the container leaves the types that confine containers.",
		Remediation: "Remove type, user and role; level alone separates pods from each other.",
	}
	if !isConfinedSELinuxType(options.Type) {
		found.Field, found.Value = path+".type", options.Type
		out.Add(found)
	}
	if options.User != "" {
		found.Field, found.Value = path+".user", options.User
		out.Add(found)
	}
	if options.Role != "" {
		found.Field, found.Value = path+".role", options.Role
		out.Add(found)
	}
}
