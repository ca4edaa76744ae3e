package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/daysix/daysix/internal/admission"
)

// everyDefault is a pod that leaves out whatever can be left out.
func everyDefault() *corev1.Pod {
	get := &corev1.HTTPGetAction{Port: intstr.FromInt32(80)}
	volume := func(name string, source corev1.VolumeSource) corev1.Volume {
		return corev1.Volume{Name: name, VolumeSource: source}
	}
	fieldRef := &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}
	items := []corev1.DownwardAPIVolumeFile{{Path: "name", FieldRef: fieldRef}}
	claim := corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "pod-"},
		Spec: corev1.PodSpec{
			DeprecatedServiceAccount: "web", AutomountServiceAccountToken: ptr.To(false), HostNetwork: true,
			InitContainers: []corev1.Container{
				{Name: "init", Image: "tool:latest", Ports: []corev1.ContainerPort{{ContainerPort: 81}}},
				{Name: "sidecar", Image: "proxy:1", RestartPolicy: ptr.To(corev1.ContainerRestartPolicyAlways)},
			},
			Containers: []corev1.Container{{
				Name: "web", Image: "host:5000/web", Ports: []corev1.ContainerPort{{ContainerPort: 80}},
				LivenessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: get}},
				ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 80}}},
				StartupProbe:   &corev1.Probe{ProbeHandler: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(80)}}},
				Lifecycle:      &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{HTTPGet: get}, PreStop: &corev1.LifecycleHandler{HTTPGet: get}},
				Env: []corev1.EnvVar{
					{Name: "NAME", ValueFrom: &corev1.EnvVarSource{FieldRef: fieldRef}},
					{Name: "FILE", ValueFrom: &corev1.EnvVarSource{FileKeyRef: &corev1.FileKeySelector{VolumeName: "nothing", Path: "a", Key: "k"}}},
				},
				Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{
					corev1.ResourceCPU: resource.MustParse("100100u"), corev1.ResourceMemory: resource.MustParse("64Mi"),
				}},
			}},
			Volumes: []corev1.Volume{
				volume("nothing", corev1.VolumeSource{}),
				volume("host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/x"}}),
				volume("secret", corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}),
				volume("config", corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "c"}}}),
				volume("api", corev1.VolumeSource{DownwardAPI: &corev1.DownwardAPIVolumeSource{Items: items}}),
				volume("projected", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
					{DownwardAPI: &corev1.DownwardAPIProjection{Items: items}}, {ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
				}}}),
				volume("claim", corev1.VolumeSource{Ephemeral: &corev1.EphemeralVolumeSource{VolumeClaimTemplate: &corev1.PersistentVolumeClaimTemplate{Spec: claim}}}),
				volume("image", corev1.VolumeSource{Image: &corev1.ImageVolumeSource{Reference: "data"}}),
				volume("iscsi", corev1.VolumeSource{ISCSI: &corev1.ISCSIVolumeSource{TargetPortal: "10.0.0.1", IQN: "iqn.2001-04.com.example:storage.disk"}}),
				volume("rbd", corev1.VolumeSource{RBD: &corev1.RBDVolumeSource{CephMonitors: []string{"m"}, RBDImage: "i"}}),
				volume("azure", corev1.VolumeSource{AzureDisk: &corev1.AzureDiskVolumeSource{DiskName: "d", DataDiskURI: "https://blob/d"}}),
				volume("scale", corev1.VolumeSource{ScaleIO: &corev1.ScaleIOVolumeSource{
					Gateway: "g", System: "s", VolumeName: "v", SecretRef: &corev1.LocalObjectReference{Name: "s"},
				}}),
			},
		},
	}
}

// compareDefaults compares the defaults with those of the API server, less what its admission adds.
func (s *server) compareDefaults(t *testing.T) {
	ours := everyDefault()
	theirs, _, err := s.users[0].dryRun(t.Context(), "shop", ours.DeepCopy())
	if err != nil {
		t.Fatal(err)
	}
	theirs.Spec.Tolerations, theirs.Spec.Priority, theirs.Spec.PreemptionPolicy = nil, nil, nil
	admission.DefaultPod(ours)
	// Where both serialize alike, they are the same quantity.
	if diff := cmp.Diff(theirs.Spec, ours.Spec); diff != "" {
		t.Errorf("(-API server +ours):\n%s", diff)
	}
}
