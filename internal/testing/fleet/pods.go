package fleet

import (
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// kind is a kind of pod, with how many of a hundred workloads are of it.
type kind struct {
	name   string
	share  int
	change func(*corev1.PodSpec)
}

var (
	nodeAgent     = kind{"node", 0, func(s *corev1.PodSpec) { privileged(s); s.HostPID = true; hostPath(s, "/") }}
	hostNetworked = kind{"network", 0, func(s *corev1.PodSpec) {
		s.HostNetwork = true
		s.Containers[0].Ports = nil
		addCapability(s, "NET_ADMIN")
	}}
	hardened = kind{"hardened", 33, restrict}
)

// kinds are those of the workloads that are no DaemonSets; the last one has what the shares leave over.
func kinds() []kind {
	return []kind{
		{"privileged", 2, privileged},
		{"socket", 1, func(s *corev1.PodSpec) { hostPath(s, "/var/run/containerd/containerd.sock") }},
		{"logs", 2, func(s *corev1.PodSpec) { hostPath(s, "/var/log") }},
		{"capable", 3, func(s *corev1.PodSpec) { addCapability(s, "SYS_PTRACE") }},
		{"credentials", 15, func(s *corev1.PodSpec) { secretEnv(s, "DATABASE_PASSWORD", "database") }},
		hardened,
		{"plain", 0, func(*corev1.PodSpec) {}},
	}
}

// pick draws a kind by its share.
func (f *Fleet) pick() kind {
	drawn := f.random.IntN(100)
	all := kinds()
	for _, k := range all[:len(all)-1] {
		if drawn -= k.share; drawn < 0 {
			return k
		}
	}
	return all[len(all)-1]
}

// podTemplate is a template of the usual length: a container with probes, ports, limits and a screenful of environment.
func podTemplate(name, account string, k kind) corev1.PodTemplateSpec {
	probe := &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/healthz", Port: portNumber}}}
	container := corev1.Container{
		Name: "app", Image: "registry.example.com/" + name + "@sha256:" + strings.Repeat("5f", 32),
		Args:          []string{"--listen=:8080", "--config=/etc/app/config.yaml", "--log-format=json"},
		Ports:         []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}, {Name: "metrics", ContainerPort: 9090}},
		LivenessProbe: probe, ReadinessProbe: probe,
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("128Mi")},
			Limits:   corev1.ResourceList{"memory": resource.MustParse("256Mi")},
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app"}, {Name: "cache", MountPath: "/var/cache/app"}},
	}
	for _, variable := range []string{"LOG_LEVEL", "REGION", "CLUSTER", "TENANT", "FEATURES", "UPSTREAM", "TIMEOUT", "POOL_SIZE"} {
		container.Env = append(container.Env, corev1.EnvVar{Name: variable, Value: strings.ToLower(variable) + "-of-" + name})
	}
	spec := corev1.PodSpec{
		ServiceAccountName: account, Containers: []corev1.Container{container},
		Volumes: []corev1.Volume{
			{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: name},
			}}},
			{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
	}
	k.change(&spec)
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      map[string]string{"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "fleet", "kind": k.name},
			Annotations: map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "9090"},
		},
		Spec: spec,
	}
}

// podOf is a pod of a template that runs on a node.
func podOf(template corev1.PodTemplateSpec, namespace, name, node string) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, Name: name, Labels: maps.Clone(template.Labels), Annotations: maps.Clone(template.Annotations),
		},
		Spec: *template.Spec.DeepCopy(),
	}
	pod.Spec.NodeName = node
	pod.Spec.TerminationGracePeriodSeconds = ptr.To[int64](0)
	return pod
}

// Running is the status of a pod that runs, as a kubelet writes it.
func Running(pod *corev1.Pod) corev1.PodStatus {
	status := corev1.PodStatus{Phase: corev1.PodRunning, HostIP: "10.1.0.1", PodIP: "10.2.0.1"}
	for _, of := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized, corev1.ContainersReady, corev1.PodReady} {
		status.Conditions = append(status.Conditions, corev1.PodCondition{Type: of, Status: corev1.ConditionTrue})
	}
	for i := range pod.Spec.Containers {
		c := &pod.Spec.Containers[i]
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Image: c.Image, ImageID: c.Image, Ready: true, Started: ptr.To(true),
			ContainerID: "containerd://" + strings.Repeat("ab", 32),
			State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
		})
	}
	return status
}
