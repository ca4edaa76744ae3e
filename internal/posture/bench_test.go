package posture

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"k8s.io/utils/ptr"
)

// BenchmarkPosture compares all checks with the upstream evaluation of Pod Security restricted:latest on the same pods.
// The sub-benchmark "ratio" of each pod runs both in turns, so that a busy machine slows both alike; the design allows
// 2 x-of-upstream.
func BenchmarkPosture(b *testing.B) {
	engine := NewEngine()
	upstream, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		b.Fatal(err)
	}
	restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for _, pod := range benchmarkPods() {
		ours := func() { engine.Assess(NewPod(&pod.spec, Facts{Namespace: "default"})) }
		theirs := func() { upstream.EvaluatePod(restricted, &metav1.ObjectMeta{}, &pod.spec) }
		b.Run(pod.name+"/daysix", func(b *testing.B) { benchmarkAlone(b, ours) })
		b.Run(pod.name+"/upstream", func(b *testing.B) { benchmarkAlone(b, theirs) })
		b.Run(pod.name+"/ratio", func(b *testing.B) { benchmarkRatio(b, ours, theirs) })
	}
}

func benchmarkAlone(b *testing.B, assess func()) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		assess()
	}
}

// batch is how many evaluations are timed at once: enough for the clock's own cost not to count.
const batch = 64

func benchmarkRatio(b *testing.B, ours, theirs func()) {
	b.Helper()
	b.ReportAllocs()
	var own, upstream time.Duration
	for b.Loop() {
		start := time.Now()
		for range batch {
			ours()
		}
		middle := time.Now()
		for range batch {
			theirs()
		}
		own += middle.Sub(start)
		upstream += time.Since(middle)
	}
	b.ReportMetric(float64(own)/float64(upstream), "x-of-upstream")
}

type benchmarkPod struct {
	name string
	spec corev1.PodSpec
}

// benchmarkPods are the kinds of pod that a cluster is full of.
func benchmarkPods() []benchmarkPod {
	return []benchmarkPod{
		{"restricted", corev1.PodSpec{
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: ptr.To(true), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{restrictedContainer("app")},
			Volumes:    []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
		}},
		{"nginx", corev1.PodSpec{Containers: []corev1.Container{{Name: "nginx", Image: "nginx:1.29"}}}},
		{"node-agent", nodeAgent()},
		{"sidecars", sidecars()},
	}
}

func restrictedContainer(name string) corev1.Container {
	return corev1.Container{
		Name: name, Image: "registry.example/" + name + "@sha256:0000000000000000000000000000000000000000000000000000000000000000",
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false),
			ReadOnlyRootFilesystem:   ptr.To(true),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}},
	}
}

// nodeAgent is the privileged pod of a DaemonSet with paths of the node.
func nodeAgent() corev1.PodSpec {
	agent := corev1.Container{
		Name: "agent", Image: "registry.example/agent:v1", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)},
	}
	spec := corev1.PodSpec{HostNetwork: true, HostPID: true}
	for _, path := range []string{"/", "/var/log", "/var/lib/kubelet", "/run/containerd/containerd.sock", "/sys", "/etc/cni/net.d"} {
		spec.Volumes = append(spec.Volumes, corev1.Volume{
			Name: path, VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: path}},
		})
		agent.VolumeMounts = append(agent.VolumeMounts, corev1.VolumeMount{Name: path, MountPath: "/host" + path})
	}
	spec.Containers = []corev1.Container{agent}
	return spec
}

// sidecars is a pod of five containers, as a mesh leaves it: one injected init container sets up packet filters.
func sidecars() corev1.PodSpec {
	setup := restrictedContainer("mesh-init")
	setup.SecurityContext.Capabilities.Add = []corev1.Capability{"NET_ADMIN", "NET_RAW"}
	setup.SecurityContext.RunAsUser = ptr.To[int64](0)
	proxy := restrictedContainer("mesh-proxy")
	proxy.RestartPolicy = ptr.To(corev1.ContainerRestartPolicyAlways)
	return corev1.PodSpec{
		InitContainers: []corev1.Container{setup, proxy},
		Containers:     []corev1.Container{restrictedContainer("app"), restrictedContainer("metrics"), {Name: "logs", Image: "logs"}},
		Volumes:        []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
	}
}
