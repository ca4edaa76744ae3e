package posture

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

const conditionProbeTarget = "What listens there and trusts the node decides; the pod learns only whether it answered."

// The kubelet runs probes and hooks from the node's network. A host field turns them into requests to any address
// that the node reaches, its own loopback and the metadata service included (KEP-4940).
//
// Fields: {livenessProbe,readinessProbe,startupProbe}.{httpGet,tcpSocket}.host and
//
//	lifecycle.{postStart,preStop}.{httpGet,tcpSocket}.host of
//	spec.{containers,initContainers,ephemeralContainers}[*]
//
// Finds:  a host
// Conditional on what listens there. tcpSocket of a hook is never run, so it stays in the pod.
func hostProbe() Check {
	return Check{
		ID:          "HostProbe",
		Catalogue:   []string{"P16"},
		Title:       "Probe or hook makes the kubelet call another host",
		Worst:       finding.NodeNetwork,
		PodSecurity: "baseline",
		Find:        findHostProbe,
		Breaks:      "The probe or hook calls the pod itself: if it was meant for another host, it fails and the container is restarted.",
		Fix: func(spec *corev1.PodSpec) {
			snapshot.EachContainer(spec, func(c *corev1.Container) {
				for _, probe := range [...]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
					if probe != nil {
						clearHost(probe.HTTPGet, probe.TCPSocket)
					}
				}
				if c.Lifecycle == nil {
					return
				}
				for _, hook := range [...]*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
					if hook != nil {
						clearHost(hook.HTTPGet, hook.TCPSocket)
					}
				}
			})
		},
	}
}

func findHostProbe(p *Pod, out *Findings) {
	for i := range p.Containers {
		c := &p.Containers[i]
		probeHost(c, "livenessProbe", c.LivenessProbe, out)
		probeHost(c, "readinessProbe", c.ReadinessProbe, out)
		probeHost(c, "startupProbe", c.StartupProbe, out)
		if c.Lifecycle != nil {
			hookHost(c, "lifecycle.postStart", c.Lifecycle.PostStart, out)
			hookHost(c, "lifecycle.preStop", c.Lifecycle.PreStop, out)
		}
	}
}

func probeHost(c *Container, path string, probe *corev1.Probe, out *Findings) {
	if probe == nil {
		return
	}
	if probe.HTTPGet != nil && probe.HTTPGet.Host != "" {
		out.Add(callsHost(c, path+".httpGet.host", probe.HTTPGet.Host))
	}
	if probe.TCPSocket != nil && probe.TCPSocket.Host != "" {
		out.Add(callsHost(c, path+".tcpSocket.host", probe.TCPSocket.Host))
	}
}

func hookHost(c *Container, path string, hook *corev1.LifecycleHandler, out *Findings) {
	if hook == nil {
		return
	}
	if hook.HTTPGet != nil && hook.HTTPGet.Host != "" {
		out.Add(callsHost(c, path+".httpGet.host", hook.HTTPGet.Host))
	}
	if hook.TCPSocket != nil && hook.TCPSocket.Host != "" {
		found := callsHost(c, path+".tcpSocket.host", hook.TCPSocket.Host)
		found.Consequence, found.Condition = finding.Contained, ""
		found.Message = "The kubelet does not run tcpSocket in hooks, but Pod Security refuses a host there."
		out.Add(found)
	}
}

func callsHost(c *Container, path, host string) finding.Finding {
	return finding.Finding{
		Consequence: finding.NodeNetwork,
		Condition:   conditionProbeTarget,
		Container:   c.Name,
		Field:       c.Path(path),
		Value:       host,
		Message:     "The kubelet calls that host from the network of the node, on behalf of the pod.",
		Remediation: "Remove host: a probe or hook then goes to the pod itself.",
	}
}

func clearHost(get *corev1.HTTPGetAction, socket *corev1.TCPSocketAction) {
	if get != nil {
		get.Host = ""
	}
	if socket != nil {
		socket.Host = ""
	}
}
