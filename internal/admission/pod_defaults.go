package admission

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// DefaultPod fills in what the API server fills into a pod that leaves it out, as of 1.37 with its features as they are by
// default. It changes its argument. Policies need it after a mutation: they see what the API server would make of it.
func DefaultPod(pod *corev1.Pod) {
	spec := &pod.Spec
	if spec.ServiceAccountName == "" {
		spec.ServiceAccountName = spec.DeprecatedServiceAccount
	}
	spec.DeprecatedServiceAccount = spec.ServiceAccountName
	orZero(&spec.DNSPolicy, corev1.DNSClusterFirst)
	orZero(&spec.RestartPolicy, corev1.RestartPolicyAlways)
	orZero(&spec.SchedulerName, corev1.DefaultSchedulerName)
	orDefault(&spec.SecurityContext, corev1.PodSecurityContext{})
	orDefault(&spec.EnableServiceLinks, corev1.DefaultEnableServiceLinks)
	orDefault(&spec.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)
	if *spec.TerminationGracePeriodSeconds < 0 {
		*spec.TerminationGracePeriodSeconds = 1
	}
	for i := range spec.Volumes {
		defaultVolume(&spec.Volumes[i].VolumeSource)
	}
	for _, list := range [...][]corev1.Container{spec.InitContainers, spec.Containers} {
		for i := range list {
			requestLimits(&list[i].Resources)
			if spec.HostNetwork {
				hostPorts(list[i].Ports)
			}
			defaultContainer(&list[i])
		}
	}
	for i := range spec.EphemeralContainers {
		defaultContainer((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
	roundUp(spec.Overhead)
	if spec.Resources != nil {
		roundUp(spec.Resources.Limits)
		roundUp(spec.Resources.Requests)
	}
}

// requestLimits asks for what is limited, where nothing is asked for.
func requestLimits(r *corev1.ResourceRequirements) {
	if r.Limits != nil && r.Requests == nil {
		r.Requests = corev1.ResourceList{}
	}
	for name, limit := range r.Limits {
		if _, asked := r.Requests[name]; !asked {
			r.Requests[name] = limit.DeepCopy()
		}
	}
}

// hostPorts opens on the node what is open in a container that shares its network.
func hostPorts(ports []corev1.ContainerPort) {
	for i := range ports {
		orZero(&ports[i].HostPort, ports[i].ContainerPort)
	}
}

// roundUp keeps no more than thousandths.
func roundUp(list corev1.ResourceList) {
	for name, quantity := range list {
		quantity.RoundUp(resource.Milli)
		list[name] = quantity
	}
}

func defaultContainer(c *corev1.Container) {
	orZero(&c.ImagePullPolicy, pullPolicy(c.Image))
	orZero(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	orZero(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	for i := range c.Ports {
		orZero(&c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil {
			defaultFieldRef(from.FieldRef)
			if from.FileKeyRef != nil {
				orDefault(&from.FileKeyRef.Optional, false)
			}
		}
	}
	roundUp(c.Resources.Limits)
	roundUp(c.Resources.Requests)
	for _, probe := range [...]*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
		if probe != nil {
			defaultProbe(probe)
		}
	}
	if c.Lifecycle != nil {
		for _, handler := range [...]*corev1.LifecycleHandler{c.Lifecycle.PostStart, c.Lifecycle.PreStop} {
			if handler != nil {
				defaultGet(handler.HTTPGet)
			}
		}
	}
}

// pullPolicy is Always for an image that may change under its name.
func pullPolicy(image string) corev1.PullPolicy {
	if latest(image) {
		return corev1.PullAlways
	}
	return corev1.PullIfNotPresent
}

// latest tells whether an image is taken by the tag latest, said or not.
func latest(image string) bool {
	name, _, digested := strings.Cut(image, "@")
	slash := strings.LastIndex(name, "/")
	if colon := strings.LastIndex(name, ":"); colon > slash {
		return name[colon+1:] == "latest"
	}
	return !digested && name != ""
}

func defaultProbe(p *corev1.Probe) {
	orZero(&p.TimeoutSeconds, 1)
	orZero(&p.PeriodSeconds, 10)
	orZero(&p.SuccessThreshold, 1)
	orZero(&p.FailureThreshold, 3)
	defaultGet(p.HTTPGet)
	if p.GRPC != nil {
		orDefault(&p.GRPC.Service, "")
	}
}

func defaultGet(get *corev1.HTTPGetAction) {
	if get != nil {
		orZero(&get.Path, "/")
		orZero(&get.Scheme, corev1.URISchemeHTTP)
	}
}

func defaultFieldRef(ref *corev1.ObjectFieldSelector) {
	if ref != nil {
		orZero(&ref.APIVersion, "v1")
	}
}

func isHugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

func orZero[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
