package snapshot

import corev1 "k8s.io/api/core/v1"

// redact takes the literal values out of a spec: of environment variables, of headers that probes send, and what volume
// drivers are told in free text. All else stays, for a policy may read it. It changes its argument.
func redact(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		redactVolume(&spec.Volumes[i].VolumeSource)
	}
	EachContainer(spec, redactContainer)
}

func redactContainer(c *corev1.Container) {
	for i := range c.Env {
		c.Env[i].Value = standIn(c.Env[i].Name, c.Env[i].Value)
	}
	for _, probe := range [...]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			redactHeaders(probe.HTTPGet)
		}
	}
	if c.Lifecycle != nil {
		for _, handler := range [...]*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if handler != nil {
				redactHeaders(handler.HTTPGet)
			}
		}
	}
}

func redactHeaders(get *corev1.HTTPGetAction) {
	if get != nil {
		for i := range get.HTTPHeaders {
			get.HTTPHeaders[i].Value = literalGiven
		}
	}
}

// secretProviderClass is the attribute by which the Secrets Store CSI driver is told what to mount: a name, no secret.
const secretProviderClass = "secretProviderClass"

// redactVolume keeps what is mounted. What a driver is told in free text may be a password, and so may a part of a URL.
func redactVolume(v *corev1.VolumeSource) {
	if v.CSI != nil {
		for name := range v.CSI.VolumeAttributes {
			if name != secretProviderClass {
				v.CSI.VolumeAttributes[name] = literalGiven
			}
		}
	}
	if v.FlexVolume != nil {
		for name := range v.FlexVolume.Options {
			v.FlexVolume.Options[name] = literalGiven
		}
	}
	if v.GitRepo != nil {
		v.GitRepo.Repository = literalGiven
	}
}
