package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestPullPolicyFollowsTheTag(t *testing.T) {
	for image, want := range map[string]corev1.PullPolicy{
		"web": corev1.PullAlways, "web:latest": corev1.PullAlways, "web:1.2": corev1.PullIfNotPresent, "host:5000/web": corev1.PullAlways,
		"host:5000/web:1": corev1.PullIfNotPresent, "web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": corev1.PullIfNotPresent,
		"web:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": corev1.PullAlways, "": corev1.PullIfNotPresent,
	} {
		if got := pullPolicy(image); got != want {
			t.Errorf("%q: %s, want %s", image, got, want)
		}
	}
}

func TestQualityOfService(t *testing.T) {
	list := func(cpu, memory string) corev1.ResourceList {
		l := corev1.ResourceList{}
		if cpu != "" {
			l[corev1.ResourceCPU] = resource.MustParse(cpu)
		}
		if memory != "" {
			l[corev1.ResourceMemory] = resource.MustParse(memory)
		}
		return l
	}
	both := corev1.ResourceRequirements{Requests: list("1", "1Gi"), Limits: list("1", "1Gi")}
	for name, test := range map[string]struct {
		spec corev1.PodSpec
		want corev1.PodQOSClass
	}{
		"Nothing is asked for":                      {corev1.PodSpec{Containers: []corev1.Container{{}}}, corev1.PodQOSBestEffort},
		"Something else is asked for":               {corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceEphemeralStorage: resource.MustParse("1Gi")}}}}}, corev1.PodQOSBestEffort},
		"Both are asked for and limited":            {corev1.PodSpec{Containers: []corev1.Container{{Resources: both}}}, corev1.PodQOSGuaranteed},
		"Only one is":                               {corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list("1", ""), Limits: list("1", "")}}}}, corev1.PodQOSBurstable},
		"The limit is higher":                       {corev1.PodSpec{Containers: []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: list("1", "1Gi"), Limits: list("2", "1Gi")}}}}, corev1.PodQOSBurstable},
		"One container does and another does not":   {corev1.PodSpec{Containers: []corev1.Container{{Resources: both}}, InitContainers: []corev1.Container{{}}}, corev1.PodQOSBurstable},
		"The pod as a whole does":                   {corev1.PodSpec{Resources: &both, Containers: []corev1.Container{{}}}, corev1.PodQOSGuaranteed},
		"The pod as a whole says nothing of either": {corev1.PodSpec{Resources: &corev1.ResourceRequirements{}, Containers: []corev1.Container{{Resources: both}}}, corev1.PodQOSGuaranteed},
		"There is no container":                     {corev1.PodSpec{}, corev1.PodQOSBestEffort},
	} {
		t.Run(name, func(t *testing.T) {
			if got := qosClass(&test.spec); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestDefaultsAreFilledInOnce(t *testing.T) {
	pod := testPod(func(p *corev1.Pod) { p.Spec.Containers[0].ImagePullPolicy = corev1.PullNever })
	once := pod.DeepCopy()
	DefaultPod(pod)
	if diff := cmp.Diff(once, pod); diff != "" {
		t.Errorf("(-once +twice):\n%s", diff)
	}
}
