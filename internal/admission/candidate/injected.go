package candidate

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Injected is what admission put into a live pod and its template does not have: sidecars and their volumes. Ephemeral
// containers are not among it, nor is what Admit adds by itself.
type Injected struct {
	InitContainers, Containers []InjectedContainer
	Volumes                    []corev1.Volume
}

// InjectedContainer is a container with its place among those of the live pod, by which the order is kept.
type InjectedContainer struct {
	Container corev1.Container
	Index     int
}

// Empty tells whether nothing was injected.
func (i *Injected) Empty() bool {
	return len(i.InitContainers) == 0 && len(i.Containers) == 0 && len(i.Volumes) == 0
}

// InjectedFrom compares a live pod with its template, by name.
func InjectedFrom(live *corev1.Pod, template *corev1.PodTemplateSpec) Injected {
	injected := Injected{
		InitContainers: beyond(live.Spec.InitContainers, template.Spec.InitContainers),
		Containers:     beyond(live.Spec.Containers, template.Spec.Containers),
	}
	own := IdentityOf(live).Claims
	for i := range live.Spec.Volumes {
		v := &live.Spec.Volumes[i]
		if isTokenVolume(v.Name) || slices.Contains(own, v.Name) || hasVolume(template.Spec.Volumes, v.Name) {
			continue
		}
		injected.Volumes = append(injected.Volumes, *v.DeepCopy())
	}
	return injected
}

// beyond are the containers of a live pod that the template does not have, without the mount of the token.
func beyond(live, template []corev1.Container) []InjectedContainer {
	var list []InjectedContainer
	for i := range live {
		if hasContainer(template, live[i].Name) {
			continue
		}
		c := InjectedContainer{Container: *live[i].DeepCopy(), Index: i}
		dropTokenMounts(&c.Container)
		list = append(list, c)
	}
	return list
}

// Into is a copy of a pod with what was injected, each container at its old place. What the pod has by itself stays.
func (i *Injected) Into(pod *corev1.Pod) *corev1.Pod {
	merged := pod.DeepCopy()
	merged.Spec.InitContainers = insert(merged.Spec.InitContainers, i.InitContainers)
	merged.Spec.Containers = insert(merged.Spec.Containers, i.Containers)
	for j := range i.Volumes {
		if !hasVolume(merged.Spec.Volumes, i.Volumes[j].Name) {
			merged.Spec.Volumes = append(merged.Spec.Volumes, *i.Volumes[j].DeepCopy())
		}
	}
	return merged
}

func insert(containers []corev1.Container, injected []InjectedContainer) []corev1.Container {
	for i := range injected {
		if !hasContainer(containers, injected[i].Container.Name) {
			at := min(injected[i].Index, len(containers))
			containers = slices.Insert(containers, at, *injected[i].Container.DeepCopy())
		}
	}
	return containers
}

func hasContainer(list []corev1.Container, name string) bool {
	return slices.ContainsFunc(list, func(c corev1.Container) bool { return c.Name == name })
}

func hasVolume(list []corev1.Volume, name string) bool {
	return slices.ContainsFunc(list, func(v corev1.Volume) bool { return v.Name == name })
}
