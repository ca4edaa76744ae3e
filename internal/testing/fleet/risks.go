package fleet

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

var portNumber = intstr.FromInt32(8080)

func securityContext(s *corev1.PodSpec) *corev1.SecurityContext {
	c := &s.Containers[0]
	if c.SecurityContext == nil {
		c.SecurityContext = &corev1.SecurityContext{}
	}
	return c.SecurityContext
}

func privileged(s *corev1.PodSpec) { securityContext(s).Privileged = ptr.To(true) }

func addCapability(s *corev1.PodSpec, name corev1.Capability) {
	securityContext(s).Capabilities = &corev1.Capabilities{Add: []corev1.Capability{name}}
}

func hostPath(s *corev1.PodSpec, path string) {
	s.Volumes = append(s.Volumes, corev1.Volume{Name: "host", VolumeSource: corev1.VolumeSource{
		HostPath: &corev1.HostPathVolumeSource{Path: path},
	}})
	s.Containers[0].VolumeMounts = append(s.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "host", MountPath: "/host"})
}

func secretEnv(s *corev1.PodSpec, variable, secret string) {
	s.Containers[0].Env = append(s.Containers[0].Env, corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{
		SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: "password"},
	}})
}

// restrict is what Pod Security's restricted level asks for, and the token left off.
func restrict(s *corev1.PodSpec) {
	sc := securityContext(s)
	sc.RunAsNonRoot, sc.RunAsUser, sc.RunAsGroup = ptr.To(true), ptr.To[int64](10001), ptr.To[int64](10001)
	sc.AllowPrivilegeEscalation, sc.ReadOnlyRootFilesystem = ptr.To(false), ptr.To(true)
	sc.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	sc.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	s.AutomountServiceAccountToken = ptr.To(false)
}
