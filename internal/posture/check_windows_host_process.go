package posture

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionLocalGroup = "The rights of that user or local group on the node decide."

// A HostProcess container is a process of the Windows node: no isolation, the node's file system, the node's network.
// Its user decides; where none is named, SYSTEM is assumed.
//
// Fields: windowsOptions.{hostProcess,runAsUserName} of spec.securityContext and of
//
//	spec.{containers,initContainers,ephemeralContainers}[*].securityContext
//
// Finds:  hostProcess: true, of the container or inherited from the pod
// Certain for SYSTEM, Administrators and no user; the node's network for LocalService and NetworkService; conditional
// for any other name. User namespaces do not exist on Windows.
func windowsHostProcess() Check {
	return Check{
		ID:          "WindowsHostProcess",
		Catalogue:   []string{"P09"},
		Title:       "Container is a process of its Windows node",
		Worst:       finding.NodeRoot,
		PodSecurity: "baseline",
		Find:        findWindowsHostProcess,
		Breaks:      "A program that changes the Windows node, such as a network or storage agent, is confined to its container.",
		Fix: func(spec *corev1.PodSpec) {
			if sc := spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
				sc.WindowsOptions.HostProcess = nil
			}
			eachSecurityContext(spec, func(sc *corev1.SecurityContext) {
				if sc.WindowsOptions != nil {
					sc.WindowsOptions.HostProcess = nil
				}
			})
		},
	}
}

func findWindowsHostProcess(p *Pod, out *Findings) {
	var pod, none corev1.WindowsSecurityContextOptions
	if sc := p.Spec.SecurityContext; sc != nil && sc.WindowsOptions != nil {
		pod = *sc.WindowsOptions
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		own := &none
		if c.SecurityContext != nil && c.SecurityContext.WindowsOptions != nil {
			own = c.SecurityContext.WindowsOptions
		}
		hostProcess, user, field := pod.HostProcess, pod.RunAsUserName, "spec.securityContext.windowsOptions.hostProcess"
		if own.HostProcess != nil {
			hostProcess, field = own.HostProcess, ""
		}
		if !isTrue(hostProcess) {
			continue
		}
		if own.RunAsUserName != nil {
			user = own.RunAsUserName
		}
		if field == "" {
			field = c.Path("securityContext.windowsOptions.hostProcess")
		}
		found := finding.Finding{
			Container:   c.Name,
			Field:       field,
			Value:       "true",
			Message:     "The container is a process of its Windows node, with the node's files and network.",
			Remediation: "Remove hostProcess: true; where the node has to be managed, run as NT AUTHORITY\\LocalService.",
		}
		found.Consequence, found.Condition = hostProcessConsequence(user)
		out.Add(found)
	}
}

// Windows compares names of accounts whatever their case; the authority may be left out (KEP-1981).
func hostProcessConsequence(user *string) (finding.Consequence, string) {
	if user == nil {
		return finding.NodeRoot, ""
	}
	name := strings.ToLower(*user)
	switch name[strings.LastIndexByte(name, '\\')+1:] {
	case "", "system", "administrators", "administrator":
		return finding.NodeRoot, ""
	case "local service", "localservice", "network service", "networkservice":
		return finding.NodeNetwork, ""
	default:
		return finding.NodeRoot, conditionLocalGroup
	}
}
