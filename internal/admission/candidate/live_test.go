package candidate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const live = `
metadata:
  name: web-5d4f8c7b9f-k9x2z
  generateName: web-5d4f8c7b9f-
  namespace: n
  uid: u
  resourceVersion: "7"
  generation: 3
  creationTimestamp: "2026-01-01T00:00:00Z"
  finalizers: [example.com/hold]
  labels: {app: web, zone: z, topology.kubernetes.io/zone: z, topology.kubernetes.io/region: r}
  annotations: {kubernetes.io/limit-ranger: "LimitRanger plugin set: memory request for container a; cpu, memory limit for container a; cpu request for init container i", note: "yes"}
  ownerReferences:
  - {apiVersion: example.com/v1, kind: Group, name: g, uid: g}
  - {apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f8c7b9f, uid: r, controller: true, blockOwnerDeletion: true}
spec:
  nodeName: node-1
  priority: 5
  preemptionPolicy: Never
  priorityClassName: high
  overhead: {cpu: 50m}
  serviceAccountName: default
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: t, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [zone], labelSelector: {matchExpressions: [{key: own, operator: Exists}, {key: zone, operator: In, values: [z]}]}}
  tolerations:
  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
  - {key: own, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
  initContainers: [{name: i, image: busybox, resources: {requests: {cpu: 1, memory: 1Mi}}}]
  containers:
  - name: a
    image: nginx
    resources: {requests: {cpu: 1, memory: 1Mi}, limits: {cpu: 1, memory: 1Mi, ephemeral-storage: 1Mi}}
    volumeMounts: [{name: data, mountPath: /d}, {name: kube-api-access-k9x2z, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]
  ephemeralContainers: [{name: debug, image: busybox}]
  volumes: [{name: data}, {name: kube-api-access-k9x2z, projected: {}}]
status: {phase: Running}
`

const stripped = `
metadata:
  generateName: web-5d4f8c7b9f-
  namespace: n
  labels: {app: web, zone: z}
  annotations: {note: "yes"}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-5d4f8c7b9f, uid: r, controller: true}]
spec:
  priorityClassName: high
  serviceAccountName: default
  topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: t, whenUnsatisfiable: DoNotSchedule, matchLabelKeys: [zone], labelSelector: {matchExpressions: [{key: own, operator: Exists}]}}
  tolerations:
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
  - {key: own, operator: Exists, effect: NoExecute, tolerationSeconds: 300}
  initContainers: [{name: i, image: busybox, resources: {requests: {memory: 1Mi}}}]
  containers:
  - name: a
    image: nginx
    resources: {requests: {cpu: 1}, limits: {ephemeral-storage: 1Mi}}
    volumeMounts: [{name: data, mountPath: /d}]
  volumes: [{name: data}]
`

func TestFromPod(t *testing.T) {
	got := FromPod(parse[corev1.Pod](t, live))
	if diff := cmp.Diff(parse[corev1.Pod](t, stripped), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("pod (-want +got):\n%s", diff)
	}
}

func TestNamesOfLivePods(t *testing.T) {
	long := "a-name-of-sixty-characters-that-is-cut-where-it-is-too-long-"
	tests := []struct {
		name               string
		live, generateName string
		want               string
	}{
		{"A generated name is generated anew", "web-k9x2z", "web-", ""},
		{"A name that was given stays", "web", "", "web"},
		{"An ordinal is no generated suffix", "db-12", "db-", "db-12"},
		{"Five digits are none either where a generated suffix has no such digit", "db-10000", "db-", "db-10000"},
		{"The beginning of a long name is cut", long[:58] + "k9x2z", long, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := FromPod(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: test.live, GenerateName: test.generateName}})
			if got.Name != test.want || got.GenerateName != test.generateName {
				t.Errorf("name %q, generateName %q; want %q, %q", got.Name, got.GenerateName, test.want, test.generateName)
			}
		})
	}
}

func TestInjectedFrom(t *testing.T) {
	template := parse[corev1.PodTemplateSpec](t, `{spec: {initContainers: [{name: i}], containers: [{name: a}, {name: b}], volumes: [{name: own}]}}`)
	pod := parse[corev1.Pod](t, `
metadata: {name: db-0, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true}]}
spec:
  initContainers: [{name: setup}, {name: i}, {name: proxy, restartPolicy: Always, volumeMounts: [{name: kube-api-access-k9x2z, mountPath: /t}, {name: certs, mountPath: /c}]}]
  containers: [{name: first}, {name: a}, {name: middle}, {name: b}]
  ephemeralContainers: [{name: debug}]
  volumes: [{name: own}, {name: certs}, {name: data, persistentVolumeClaim: {claimName: data-db-0}}, {name: kube-api-access-k9x2z}]
`)
	found := InjectedFrom(pod, template)
	want := parse[corev1.PodSpec](t, `
initContainers: [{name: setup}, {name: i}, {name: proxy, restartPolicy: Always, volumeMounts: [{name: certs, mountPath: /c}]}]
containers: [{name: first}, {name: a}, {name: middle}, {name: b}]
volumes: [{name: own}, {name: certs}]`)
	candidate := &corev1.Pod{Spec: template.Spec}
	if diff := cmp.Diff(*want, found.Into(candidate).Spec, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if len(candidate.Spec.Containers) != 2 || found.Empty() {
		t.Errorf("the candidate was changed, or nothing was found: %v", found)
	}
	if diff := cmp.Diff(*want, found.Into(found.Into(candidate)).Spec, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("merged twice (-want +got):\n%s", diff)
	}
	none := &corev1.Pod{}
	if names := found.Into(none).Spec.Containers; len(names) != 2 || names[0].Name != "first" || names[1].Name != "middle" {
		t.Errorf("into a pod without containers: %v", names)
	}
}

func TestDiffers(t *testing.T) {
	const template = `
metadata: {labels: {app: web}, annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}
spec: {containers: [{name: a, image: "nginx:1", resources: {limits: {cpu: 1}}}, {name: b, image: b}], volumes: [{name: own}]}`
	const same = `
metadata: {labels: {app: web}, annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined, kubernetes.io/limit-ranger: "LimitRanger plugin set: memory limit for container a"}}
spec:
  securityContext: {}
  serviceAccountName: default
  volumes: [{name: kube-api-access-k9x2z}, {name: own, emptyDir: {}}]
  containers:
  - name: a
    image: "nginx:1"
    resources: {limits: {cpu: 1000m, memory: 1Gi}, requests: {cpu: 1}}
    securityContext: {appArmorProfile: {type: Unconfined}}
    volumeMounts: [{name: kube-api-access-k9x2z, mountPath: /t}]
  - {name: b, image: b}`
	tests := []struct {
		name string
		live func(*corev1.Pod)
		want []Difference
	}{
		{"What the cluster adds is no difference", func(*corev1.Pod) {}, nil},
		{
			"An image that was changed in place", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "nginx:2" },
			[]Difference{{Container: "a", Field: "image", Kind: Changed, Live: "nginx:2", Created: "nginx:1"}},
		},
		{
			"Containers more and less, and one to debug with",
			func(p *corev1.Pod) {
				p.Spec.Containers[1].Name = "c"
				p.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "d"}}}
			},
			[]Difference{{Container: "c", Kind: Extra}, {Container: "b", Kind: Missing}, {Container: "d", Kind: Debug}},
		},
		{
			"Resources that were changed in place",
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources = corev1.ResourceRequirements{Requests: list("cpu", "2", "memory", "1Mi"), Limits: list("cpu", "2", "memory", "1Gi")}
			},
			[]Difference{
				{Container: "a", Field: "resources.requests[cpu]", Kind: Changed, Live: "2", Created: "1"},
				{Container: "a", Field: "resources.requests[memory]", Kind: Changed, Live: "1Mi"},
				{Container: "a", Field: "resources.limits[cpu]", Kind: Changed, Live: "2", Created: "1"},
			},
		},
		{
			"Security contexts that somebody else set",
			func(p *corev1.Pod) {
				p.Spec.SecurityContext = parse[corev1.PodSecurityContext](t, `{runAsUser: 5}`)
				p.Spec.Containers[1].SecurityContext = parse[corev1.SecurityContext](t, `{privileged: true}`)
			},
			[]Difference{
				{Container: "b", Field: "securityContext", Kind: Changed, Live: `{"privileged":true}`},
				{Field: "securityContext", Kind: Changed, Live: `{"runAsUser":5}`, Created: `{}`},
			},
		},
		{
			"Anything else that a container or the pod has",
			func(p *corev1.Pod) {
				p.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "PASSWORD", Value: "secret"}}
				p.Spec.Containers[0].Stdin = true
				p.Spec.HostNetwork = true
				p.Spec.ActiveDeadlineSeconds = ptr.To[int64](5)
				p.Spec.Tolerations = []corev1.Toleration{{Key: "own"}}
			},
			[]Difference{
				{Container: "a", Field: "env", Kind: Changed},
				{Container: "a", Field: "stdin", Kind: Changed, Live: "true", Created: "false"},
				{Field: "activeDeadlineSeconds", Kind: Changed, Live: "5"},
				{Field: "hostNetwork", Kind: Changed, Live: "true", Created: "false"},
				{Field: "tolerations", Kind: Changed},
			},
		},
		{
			"Volumes, labels and annotations, by name",
			func(p *corev1.Pod) {
				p.Spec.Volumes = append(p.Spec.Volumes[:1], corev1.Volume{Name: "host"})
				p.Labels = map[string]string{"app": "other", "owner": "me"}
				delete(p.Annotations, "container.apparmor.security.beta.kubernetes.io/a")
			},
			[]Difference{
				{Field: "volumes[host]", Kind: Extra},
				{Field: "volumes[own]", Kind: Missing},
				{Field: "metadata.labels[app]", Kind: Changed, Live: "other", Created: "web"},
				{Field: "metadata.labels[owner]", Kind: Extra},
				{Field: "metadata.annotations[container.apparmor.security.beta.kubernetes.io/a]", Kind: Missing},
			},
		},
		{
			"A volume that is another one now",
			func(p *corev1.Pod) { p.Spec.Volumes[1].EmptyDir.Medium = corev1.StorageMediumMemory },
			[]Difference{{Field: "volumes[own]", Kind: Changed}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pod := parse[corev1.Pod](t, same)
			test.live(pod)
			made := Admit(parse[corev1.Pod](t, template), ordinary()).Pod
			if diff := cmp.Diff(test.want, Differs(pod, made)); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

// The snapshot keeps one spec for all pods made alike, in which the random part of the volume's name is a star.
func TestTheTokenOfASharedSpecIsNoInjection(t *testing.T) {
	shared := parse[corev1.Pod](t, `
spec:
  containers: [{name: a, volumeMounts: [{name: kube-api-access-*, mountPath: /t}]}]
  volumes: [{name: kube-api-access-*, projected: {}}]`)
	template := parse[corev1.PodTemplateSpec](t, `{spec: {containers: [{name: a}]}}`)
	if injected := InjectedFrom(shared, template); !injected.Empty() {
		t.Errorf("injected: %v", injected)
	}
	got := FromPod(shared).Spec
	if len(got.Volumes)+len(got.Containers[0].VolumeMounts) > 0 {
		t.Errorf("the token is still there: %v, %v", got.Volumes, got.Containers[0].VolumeMounts)
	}
}
