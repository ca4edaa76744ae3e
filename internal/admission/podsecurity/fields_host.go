package podsecurity

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

func hostNamespaceFields(r *refused) []Field {
	var fields []Field
	for _, namespace := range [...]struct {
		path string
		host bool
	}{
		{"spec.hostNetwork", r.spec.HostNetwork},
		{"spec.hostPID", r.spec.HostPID},
		{"spec.hostIPC", r.spec.HostIPC},
	} {
		if namespace.host {
			fields = append(fields, Field{Path: namespace.path, Value: "true"})
		}
	}
	return fields
}

func hostPathFields(r *refused) []Field {
	var fields []Field
	for i := range r.spec.Volumes {
		if source := r.spec.Volumes[i].HostPath; source != nil {
			fields = append(fields, Field{Path: "spec.volumes[" + strconv.Itoa(i) + "].hostPath.path", Value: source.Path})
		}
	}
	return fields
}

func hostPortFields(r *refused) []Field {
	var fields []Field
	r.eachContainer(func(path string, c *corev1.Container) {
		for i := range c.Ports {
			if port := c.Ports[i].HostPort; port != 0 {
				fields = append(fields, Field{
					Container: c.Name, Path: path + ".ports[" + strconv.Itoa(i) + "].hostPort", Value: strconv.Itoa(int(port)),
				})
			}
		}
	})
	return fields
}

func hostProbeFields(r *refused) []Field {
	var fields []Field
	r.eachContainer(func(path string, c *corev1.Container) {
		calls := func(handler string, get *corev1.HTTPGetAction, socket *corev1.TCPSocketAction) {
			if get != nil && get.Host != "" {
				fields = append(fields, Field{Container: c.Name, Path: path + handler + ".httpGet.host", Value: get.Host})
			}
			if socket != nil && socket.Host != "" {
				fields = append(fields, Field{Container: c.Name, Path: path + handler + ".tcpSocket.host", Value: socket.Host})
			}
		}
		eachHandler(c, calls)
	})
	return fields
}

// eachHandler visits the probes and hooks of a container.
func eachHandler(c *corev1.Container, visit func(path string, get *corev1.HTTPGetAction, socket *corev1.TCPSocketAction)) {
	for _, probe := range [...]struct {
		path string
		*corev1.Probe
	}{
		{".livenessProbe", c.LivenessProbe}, {".readinessProbe", c.ReadinessProbe}, {".startupProbe", c.StartupProbe},
	} {
		if probe.Probe != nil {
			visit(probe.path, probe.HTTPGet, probe.TCPSocket)
		}
	}
	if c.Lifecycle == nil {
		return
	}
	for _, hook := range [...]struct {
		path string
		*corev1.LifecycleHandler
	}{
		{".lifecycle.postStart", c.Lifecycle.PostStart}, {".lifecycle.preStop", c.Lifecycle.PreStop},
	} {
		if hook.LifecycleHandler != nil {
			visit(hook.path, hook.HTTPGet, hook.TCPSocket)
		}
	}
}

func sysctlFields(r *refused) []Field {
	if r.spec.SecurityContext == nil {
		return nil
	}
	var fields []Field
	for i, sysctl := range r.spec.SecurityContext.Sysctls {
		if r.refuses(corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{Sysctls: []corev1.Sysctl{sysctl}}}) {
			fields = append(fields, Field{Path: podContext + ".sysctls[" + strconv.Itoa(i) + "].name", Value: sysctl.Name})
		}
	}
	return fields
}

func hostProcessFields(r *refused) []Field {
	var fields []Field
	add := func(path, container string, options *corev1.WindowsSecurityContextOptions) {
		if options != nil && isTrue(options.HostProcess) {
			fields = append(fields, Field{Container: container, Path: path + ".windowsOptions.hostProcess", Value: "true"})
		}
	}
	if sc := r.spec.SecurityContext; sc != nil {
		add(podContext, "", sc.WindowsOptions)
	}
	r.eachSecurityContext(func(path, container string, sc *corev1.SecurityContext) {
		if sc != nil {
			add(path, container, sc.WindowsOptions)
		}
	})
	return fields
}
