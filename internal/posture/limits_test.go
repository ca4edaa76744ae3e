package posture

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/testing/growth"
)

// largePod is a pod with n of something.
type largePod struct {
	name string
	make func(n int) (*corev1.PodSpec, Facts)
}

// largePods have one dimension each in which a pod may be as large as the API server stores it.
func largePods() []largePod {
	return []largePod{
		{"containers", manyContainers},
		{"containers with users", func(n int) (*corev1.PodSpec, Facts) {
			spec, facts := manyContainers(n)
			facts.Users = make(map[string]int64, n)
			for i := range spec.Containers {
				facts.Users[spec.Containers[i].Name] = int64(i % 2)
			}
			return spec, facts
		}},
		{"containers with AppArmor annotations", func(n int) (*corev1.PodSpec, Facts) {
			spec, facts := manyContainers(n)
			facts.Annotations = make(map[string]string, n)
			for i := range spec.Containers {
				facts.Annotations[corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix+spec.Containers[i].Name] = "unconfined"
			}
			return spec, facts
		}},
		{"variables", func(n int) (*corev1.PodSpec, Facts) {
			return oneContainer(func(c *corev1.Container) {
				for i := range n {
					c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("DB_%d_PASSWORD", i), Value: "<redacted>"})
				}
			}), Facts{}
		}},
		{"Secrets in variables", func(n int) (*corev1.PodSpec, Facts) {
			spec := oneContainer(func(c *corev1.Container) {
				for i := range n {
					c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprintf("V%d", i), ValueFrom: &corev1.EnvVarSource{
						SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: name(fmt.Sprintf("db-%d", i)), Key: "password"},
					}})
				}
			})
			return spec, Facts{}
		}},
		{"ports", func(n int) (*corev1.PodSpec, Facts) {
			return oneContainer(func(c *corev1.Container) {
				for i := range n {
					c.Ports = append(c.Ports, corev1.ContainerPort{ContainerPort: int32(i + 1), HostPort: int32(i + 1)})
				}
			}), Facts{}
		}},
		{"capabilities", func(n int) (*corev1.PodSpec, Facts) {
			return oneContainer(func(c *corev1.Container) {
				c.SecurityContext = &corev1.SecurityContext{Capabilities: &corev1.Capabilities{}}
				for i := range n {
					c.SecurityContext.Capabilities.Add = append(c.SecurityContext.Capabilities.Add, corev1.Capability(fmt.Sprintf("MADE_UP_%d", i)))
				}
			}), Facts{}
		}},
		{"paths of the node", volumesOf(true, func(i int) corev1.VolumeSource {
			return corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: fmt.Sprintf("/data/%d", i)}}
		})},
		{"paths of the node that nobody mounts", volumesOf(false, func(i int) corev1.VolumeSource {
			return corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: fmt.Sprintf("/data/%d", i)}}
		})},
		{"Secrets in volumes", volumesOf(true, func(i int) corev1.VolumeSource {
			return corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: fmt.Sprintf("db-%d", i)}}
		})},
		{"tokens", volumesOf(true, func(int) corev1.VolumeSource {
			return corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
				{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
			}}}
		})},
		{"claims on paths of the node", func(n int) (*corev1.PodSpec, Facts) {
			spec, facts := volumesOf(true, func(i int) corev1.VolumeSource {
				return corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: fmt.Sprintf("claim-%d", i)}}
			})(n)
			facts.Claims = make(map[string]snapshot.HostVolume, n)
			c := &spec.Containers[0]
			for i := range n {
				facts.Claims[fmt.Sprintf("claim-%d", i)] = snapshot.HostVolume{PersistentVolume: fmt.Sprintf("pv-%d", i), Path: "/mnt"}
				c.VolumeDevices = append(c.VolumeDevices, corev1.VolumeDevice{Name: fmt.Sprintf("v%d", i), DevicePath: "/dev/x"})
			}
			return spec, facts
		}},
		{"CSI drivers", volumesOf(true, func(int) corev1.VolumeSource {
			return corev1.VolumeSource{CSI: &corev1.CSIVolumeSource{Driver: "hostpath.csi.k8s.io"}}
		})},
		{"FlexVolumes", volumesOf(true, func(int) corev1.VolumeSource {
			return corev1.VolumeSource{FlexVolume: &corev1.FlexVolumeSource{Driver: "example/driver"}}
		})},
	}
}

func oneContainer(change func(*corev1.Container)) *corev1.PodSpec {
	spec := &corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "app"}}}
	change(&spec.Containers[0])
	return spec
}

func manyContainers(n int) (*corev1.PodSpec, Facts) {
	spec := &corev1.PodSpec{}
	for i := range n {
		spec.Containers = append(spec.Containers, corev1.Container{
			Name: fmt.Sprintf("c%d", i), Image: "app", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(i%2 == 0)},
		})
	}
	return spec, Facts{}
}

// volumesOf are pods with many volumes, each mounted in one container where they are mounted at all.
func volumesOf(mount bool, source func(i int) corev1.VolumeSource) func(n int) (*corev1.PodSpec, Facts) {
	return func(n int) (*corev1.PodSpec, Facts) {
		spec := oneContainer(func(*corev1.Container) {})
		for i := range n {
			volume := fmt.Sprintf("v%d", i)
			spec.Volumes = append(spec.Volumes, corev1.Volume{Name: volume, VolumeSource: source(i)})
			if mount {
				spec.Containers[0].VolumeMounts = append(spec.Containers[0].VolumeMounts,
					corev1.VolumeMount{Name: volume, MountPath: "/" + volume, MountPropagation: ptr.To(corev1.MountPropagationBidirectional)})
			}
		}
		return spec, Facts{}
	}
}

func (l *largePod) assess(engine *Engine) growth.Work {
	return func(n int) func() {
		spec, facts := l.make(n)
		return func() { engine.Assess(NewPod(spec, facts)) }
	}
}

// fix makes every change that the checks propose, each on a copy, as the search for the best one does.
func (l *largePod) fix(engine *Engine) growth.Work {
	return func(n int) func() {
		spec, _ := l.make(n)
		return func() {
			for _, check := range engine.Checks() {
				if check.Fix != nil {
					check.Fix(spec.DeepCopy())
				}
			}
		}
	}
}

// The sizes are about half of what fits into a pod of 1.5 MiB, which is all that the API server stores.
func TestWorkOnAPodGrowsNoFasterThanThePod(t *testing.T) {
	engine := NewEngine()
	for _, large := range largePods() {
		t.Run(large.name+"/assess", func(t *testing.T) { growth.Linear(t, 250, large.assess(engine)) })
		t.Run(large.name+"/fix", func(t *testing.T) { growth.Linear(t, 250, large.fix(engine)) })
	}
}

func BenchmarkLargestPods(b *testing.B) {
	engine := NewEngine()
	for _, large := range largePods() {
		b.Run(large.name+"/assess", func(b *testing.B) { growth.Benchmark(b, 2_500, large.assess(engine)) })
		b.Run(large.name+"/fix", func(b *testing.B) { growth.Benchmark(b, 2_500, large.fix(engine)) })
	}
}
