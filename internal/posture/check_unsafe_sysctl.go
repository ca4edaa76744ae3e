package posture

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionAllowedSysctl = "The kubelet refuses the pod unless its allowedUnsafeSysctls lists the name."

// An unsafe sysctl may take memory or tables from the whole node, or weaken the kernel for it.
//
// Fields: spec.securityContext.sysctls[*].name
// Finds:  any name that Pod Security baseline of version 1.37 does not list
// Conditional on the kubelet's configuration. With hostUsers: false net.* belongs to the pod.
func unsafeSysctl() Check {
	return Check{
		ID:          "UnsafeSysctl",
		Catalogue:   []string{"P11"},
		Title:       "Pod sets a sysctl that is not on the safe list",
		Worst:       finding.NodeDenialOfService,
		PodSecurity: "baseline",
		Find:        findUnsafeSysctl,
		Breaks:      "The kernel's default holds for the pod: a program tuned by the setting may be slower or refuse to start.",
		Fix: func(spec *corev1.PodSpec) {
			if spec.SecurityContext == nil {
				return
			}
			var safe []corev1.Sysctl
			for _, sysctl := range spec.SecurityContext.Sysctls {
				if isSafeSysctl(sysctl.Name) {
					safe = append(safe, sysctl)
				}
			}
			spec.SecurityContext.Sysctls = safe
		},
	}
}

func findUnsafeSysctl(p *Pod, out *Findings) {
	if p.Spec.SecurityContext == nil || p.Windows {
		return
	}
	for i := range p.Spec.SecurityContext.Sysctls {
		name := p.Spec.SecurityContext.Sysctls[i].Name
		if isSafeSysctl(name) {
			continue
		}
		found := finding.Finding{
			Consequence: finding.NodeDenialOfService,
			Condition:   conditionAllowedSysctl,
			Field:       "spec.securityContext.sysctls[" + strconv.Itoa(i) + "].name",
			Value:       name,
			Message:     "The sysctl is not known to stay within the pod: it can starve or weaken the node.",
			Remediation: "Remove the sysctl, or set it for the node by whoever runs the node.",
		}
		if p.UserNamespace && strings.HasPrefix(name, "net.") {
			found.Consequence, found.Condition = finding.Contained, ""
			found.Message = "The sysctl belongs to the pod's own network in a user namespace."
		}
		out.Add(found)
	}
}

// The list grew by versions 1.27, 1.29, 1.32 and 1.37 of Pod Security; a name is compared as it is written.
func isSafeSysctl(name string) bool {
	switch name {
	case "kernel.shm_rmid_forced",
		"net.ipv4.ip_local_port_range",
		"net.ipv4.tcp_syncookies",
		"net.ipv4.ping_group_range",
		"net.ipv4.ip_unprivileged_port_start",
		"net.ipv4.ip_local_reserved_ports",
		"net.ipv4.tcp_keepalive_time",
		"net.ipv4.tcp_fin_timeout",
		"net.ipv4.tcp_keepalive_intvl",
		"net.ipv4.tcp_keepalive_probes",
		"net.ipv4.tcp_rmem",
		"net.ipv4.tcp_wmem",
		"net.ipv4.tcp_slow_start_after_idle",
		"net.ipv4.tcp_notsent_lowat":
		return true
	default:
		return false
	}
}
