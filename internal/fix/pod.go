package fix

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/daysix/daysix/internal/posture"
)

// Pod is what a running pod would be if its template were fixed: a new one, of which nothing is observed yet but the users
// that the change is not about. What admission puts into the pod beside the template stays as it is. The template is nil for
// a pod that has none.
func Pod(running *corev1.Pod, template *corev1.PodSpec, checks []posture.Check) *corev1.Pod {
	out := running.DeepCopy()
	apply(&out.Spec, checks)
	if template != nil {
		keepInjected(&running.Spec, &out.Spec, template)
	}
	out.Status = corev1.PodStatus{Phase: running.Status.Phase}
	before, after := users(&running.Spec), users(&out.Spec)
	keep := func(all []corev1.ContainerStatus) []corev1.ContainerStatus {
		return slices.DeleteFunc(slices.Clone(all), func(s corev1.ContainerStatus) bool { return before[s.Name] != after[s.Name] })
	}
	out.Status.ContainerStatuses = keep(running.Status.ContainerStatuses)
	out.Status.InitContainerStatuses = keep(running.Status.InitContainerStatuses)
	return out
}

// users is who the containers run as by the spec, by name.
func users(spec *corev1.PodSpec) map[string]posture.User {
	out := make(map[string]posture.User)
	pod := posture.NewPod(spec, posture.Facts{})
	for i := range pod.Containers {
		out[pod.Containers[i].Name] = pod.Containers[i].User
	}
	return out
}

// keepInjected puts containers that the template does not have back as they were, without the volumes that are gone.
func keepInjected(before, after, template *corev1.PodSpec) {
	volumes := make(map[string]bool)
	for i := range after.Volumes {
		volumes[after.Volumes[i].Name] = true
	}
	restore := func(now, was, wanted []corev1.Container) {
		for i := range now {
			if slices.ContainsFunc(wanted, func(c corev1.Container) bool { return c.Name == now[i].Name }) {
				continue
			}
			now[i] = *was[i].DeepCopy() // No fix takes a container away.
			now[i].VolumeMounts = slices.DeleteFunc(now[i].VolumeMounts, func(m corev1.VolumeMount) bool { return !volumes[m.Name] })
		}
	}
	restore(after.Containers, before.Containers, template.Containers)
	restore(after.InitContainers, before.InitContainers, template.InitContainers)
}

// injectedToken is the beginning of the names of the volumes in which the API server puts tokens.
const injectedToken = "kube-api-access-"

// Recreated is the manifest of a pod or a Job that has to be made anew: without what the API server and the controllers put
// into the one that is there.
func Recreated(object Object) (map[string]any, error) {
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(stripped(object))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", object.GetName(), err)
	}
	delete(out, "status")
	withoutEmptyResources(out)
	return out, nil
}

// withoutEmptyResources leaves out what Go writes of containers that ask for nothing.
func withoutEmptyResources(part any) {
	switch p := part.(type) {
	case map[string]any:
		if resources, ok := p["resources"].(map[string]any); ok && len(resources) == 0 {
			delete(p, "resources")
		}
		for _, value := range p {
			withoutEmptyResources(value)
		}
	case []any:
		for i := range p {
			withoutEmptyResources(p[i])
		}
	}
}

func stripped(object Object) Object {
	meta := metav1.ObjectMeta{
		Name: object.GetName(), Namespace: object.GetNamespace(),
		Labels: withoutServers(object.GetLabels()), Annotations: withoutServers(object.GetAnnotations()),
	}
	switch o := object.(type) {
	case *corev1.Pod:
		out := &corev1.Pod{TypeMeta: o.TypeMeta, ObjectMeta: meta, Spec: *o.Spec.DeepCopy()}
		out.Spec.NodeName, out.Spec.EphemeralContainers = "", nil
		withoutInjected(&out.Spec)
		return out
	case *batchv1.Job:
		out := &batchv1.Job{TypeMeta: o.TypeMeta, ObjectMeta: meta, Spec: *o.Spec.DeepCopy()}
		out.Spec.Selector = nil
		out.Spec.Template.Labels = withoutServers(out.Spec.Template.Labels)
		return out
	default:
		return object
	}
}

// withoutInjected takes out the volumes in which the API server puts tokens: it does so again.
func withoutInjected(spec *corev1.PodSpec) {
	injected := func(name string) bool { return strings.HasPrefix(name, injectedToken) }
	spec.Volumes = slices.DeleteFunc(spec.Volumes, func(v corev1.Volume) bool { return injected(v.Name) })
	for _, containers := range [...][]corev1.Container{spec.Containers, spec.InitContainers} {
		for i := range containers {
			c := &containers[i]
			c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return injected(m.Name) })
		}
	}
}

// serversOwn are the labels and annotations that the API server, kubectl and the controller of Jobs write.
func serversOwn() []string {
	return []string{
		batchv1.ControllerUidLabel, batchv1.JobNameLabel, "controller-uid", "job-name", corev1.LastAppliedConfigAnnotation,
	}
}

func withoutServers(values map[string]string) map[string]string {
	out := maps.Clone(values)
	for _, key := range serversOwn() {
		delete(out, key)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
