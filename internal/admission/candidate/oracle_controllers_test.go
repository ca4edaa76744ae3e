package candidate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// workloads make pods of every kind of controller in the namespace %[1]s. Those that would run to their end find no node.
const workloads = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: %[1]s}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}, annotations: {note: "yes"}}
    spec:
      serviceAccountName: app
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}, matchLabelKeys: [pod-template-hash]}
      containers: [{name: a, image: nginx, resources: {limits: {cpu: 200m}}}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: bare, namespace: %[1]s}
spec:
  replicas: 1
  selector: {matchLabels: {app: bare}}
  template:
    metadata: {labels: {app: bare}, finalizers: [example.com/hold]}
    spec: {hostNetwork: true, containers: [{name: a, image: nginx, ports: [{containerPort: 8000}]}]}
---
apiVersion: v1
kind: ReplicationController
metadata: {name: old, namespace: %[1]s}
spec:
  replicas: 1
  template: {metadata: {labels: {app: old}}, spec: {containers: [{name: a, image: nginx}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: %[1]s}
spec:
  replicas: 2
  serviceName: db
  podManagementPolicy: Parallel
  ordinals: {start: 5}
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: a, image: postgres, volumeMounts: [{name: data, mountPath: /data}, {name: log, mountPath: /log}]}]
      volumes: [{name: log, emptyDir: {}}, {name: tmp}]
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
  - {metadata: {name: log}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: %[1]s}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      hostNetwork: true
      priorityClassName: high
      tolerations: [{key: node.kubernetes.io/disk-pressure, operator: Exists, effect: NoSchedule}, {key: own}]
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: x, operator: Exists}]}}]
          requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: none, operator: DoesNotExist}]}]}
      containers: [{name: a, image: agent}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: plain-agent, namespace: %[1]s}
spec:
  selector: {matchLabels: {app: plain-agent}}
  template: {metadata: {labels: {app: plain-agent}}, spec: {containers: [{name: a, image: agent}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: %[1]s}
spec:
  template: {spec: {restartPolicy: Never, nodeSelector: {none: none}, containers: [{name: a, image: busybox}]}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: each-%[2]s, namespace: %[1]s}
spec:
  completions: 2
  parallelism: 2
  completionMode: Indexed
  backoffLimitPerIndex: 1
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {none: none}
      initContainers: [{name: i, image: busybox}]
      containers: [{name: a, image: busybox, env: [{name: JOB_COMPLETION_INDEX, value: own}]}, {name: b, image: busybox}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: chosen, namespace: %[1]s}
spec:
  manualSelector: true
  selector: {matchLabels: {app: chosen}}
  template:
    metadata: {labels: {app: chosen}}
    spec: {restartPolicy: OnFailure, nodeSelector: {none: none}, containers: [{name: a, image: busybox}]}
`

// pods that the workloads make.
const workloadPods = 11

// What FromTemplate and Admit make of a controller's template is the pod that the controller has made, but for what
// happened to it since; and so is what FromPod and Admit make of that pod.
func (o *oracle) compareControllers(t *testing.T, namespace string) {
	t.Helper()
	o.apply(t, fmt.Sprintf(workloads, namespace, strings.Repeat("x", 54)))
	var pods corev1.PodList
	o.eventually(t, "the controllers have made their pods", func(ctx context.Context) (bool, error) {
		err := o.client.List(ctx, &pods, client.InNamespace(namespace))
		return len(pods.Items) == workloadPods, err
	})
	env := o.environment(t, namespace)
	kinds := map[string]int{}
	for i := range pods.Items {
		live := &pods.Items[i]
		owner, owned := OwnerOf(live)
		if !owned {
			t.Fatalf("%s has no controller", live.Name)
		}
		kinds[owner.Kind]++
		t.Run(live.Labels["app"]+" of "+owner.Kind, func(t *testing.T) {
			template := o.templateOf(t, namespace, owner)
			fresh := FromTemplate(template, owner, IdentityOf(live), namespace)
			assertAdmitted(t, live, admitted(fresh, env), false)
			assertAdmitted(t, live, admitted(FromPod(live), env), true)
			if err := o.client.Create(t.Context(), anew(FromPod(live)), client.DryRunAll); err != nil {
				t.Errorf("the API server does not take the live pod again: %v", err)
			}
			if list := Differs(live, Admit(fresh, env).Pod); len(list) > 0 {
				t.Errorf("the pod is as its template, yet differs: %v", list)
			}
			if injected := InjectedFrom(live, template); !injected.Empty() {
				t.Errorf("nothing was injected, yet: %v", injected)
			}
		})
	}
	want := map[string]int{"ReplicaSet": 2, "ReplicationController": 1, "StatefulSet": 2, "DaemonSet": 2, "Job": 4}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("pods by kind of controller (-want +got):\n%s", diff)
	}
}

// anew gives a pod a name that is not taken: a dry run asks for the name last of all.
func anew(pod *corev1.Pod) *corev1.Pod {
	if pod.Name != "" {
		pod.Name, pod.GenerateName = "", pod.Name+"-"
	}
	return pod
}

func assertAdmitted(t *testing.T, live *corev1.Pod, outcome Outcome, fromPod bool) {
	t.Helper()
	if len(outcome.Denials)+len(outcome.Unknown) > 0 {
		t.Errorf("denied by %v, unknown %v", outcome.Denials, outcome.Unknown)
	}
	want := live.DeepCopy()
	want.Spec.NodeName = ""
	delete(want.Labels, corev1.LabelTopologyZone)
	delete(want.Labels, corev1.LabelTopologyRegion)
	want.Status = outcome.Pod.Status
	want.Status.QOSClass = live.Status.QOSClass
	want.Generation = outcome.Pod.Generation
	if fromPod { // What FromPod leaves out because a policy reads it of no pod.
		want.Finalizers = nil
		want.OwnerReferences[0].BlockOwnerDeletion = nil
	}
	if diff := diffPods(want, outcome.Pod); diff != "" {
		t.Errorf("pod (-live +ours, from the pod: %v):\n%s", fromPod, diff)
	}
}

func (o *oracle) templateOf(t *testing.T, namespace string, owner Owner) *corev1.PodTemplateSpec {
	t.Helper()
	var object client.Object
	var template func() *corev1.PodTemplateSpec
	switch owner.Kind {
	case "ReplicaSet":
		rs := &appsv1.ReplicaSet{}
		object, template = rs, func() *corev1.PodTemplateSpec { return &rs.Spec.Template }
	case "ReplicationController":
		rc := &corev1.ReplicationController{}
		object, template = rc, func() *corev1.PodTemplateSpec { return rc.Spec.Template }
	case "StatefulSet":
		sts := &appsv1.StatefulSet{}
		object, template = sts, func() *corev1.PodTemplateSpec { return &sts.Spec.Template }
	case "DaemonSet":
		ds := &appsv1.DaemonSet{}
		object, template = ds, func() *corev1.PodTemplateSpec { return &ds.Spec.Template }
	case "Job":
		job := &batchv1.Job{}
		object, template = job, func() *corev1.PodTemplateSpec { return &job.Spec.Template }
	default:
		t.Fatalf("a pod of a %s", owner.Kind)
	}
	if err := o.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: owner.Name}, object); err != nil {
		t.Fatal(err)
	}
	return template()
}

// Each controller has created its pods as the user that UserOf says.
func (o *oracle) compareUsers(t *testing.T) {
	for owner, least := range map[Owner]int{
		{APIVersion: "apps/v1", Kind: "ReplicaSet"}: 4, {APIVersion: "v1", Kind: "ReplicationController"}: 2,
		{APIVersion: "apps/v1", Kind: "StatefulSet"}: 4, {APIVersion: "apps/v1", Kind: "DaemonSet"}: 4,
		{APIVersion: "batch/v1", Kind: "Job"}: 8,
	} {
		user, known := UserOf(owner)
		if !known {
			t.Errorf("no user of %v", owner)
			continue
		}
		writes, err := o.cluster.Writes(0, user.Name)
		if err != nil {
			t.Fatal(err)
		}
		created := 0
		for _, w := range writes {
			if w.Verb == "create" && w.Resource == "pods" && w.Subresource == "" && w.Code == 201 {
				created++
			}
		}
		if created < least {
			t.Errorf("%s created %d pods, want %d at least", user.Name, created, least)
		}
	}
}

const injector = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: inject}
spec:
  failurePolicy: Fail
  reinvocationPolicy: IfNeeded
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  matchConditions: [{name: wanted, expression: "object.metadata.?labels['inject'].orValue('') == 'yes'"}]
  mutations:
  - patchType: JSONPatch
    jsonPatch:
      expression: |
        object.spec.containers.exists(c, c.name == "proxy") ? [] : [
          JSONPatch{op: "add", path: "/spec/containers/0", value: Object.spec.containers{name: "proxy", image: "proxy:1"}},
          JSONPatch{op: "add", path: "/spec/initContainers", value: [Object.spec.initContainers{name: "setup", image: "setup:1"}]},
          JSONPatch{op: "add", path: "/spec/volumes/-", value: Object.spec.volumes{name: "certs", emptyDir: Object.spec.volumes.emptyDir{}}}
        ]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: inject}
spec: {policyName: inject}
`

const injected = `
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: meshed, namespace: plain}
spec:
  replicas: 1
  selector: {matchLabels: {app: meshed}}
  template:
    metadata: {labels: {app: meshed, inject: "yes"}}
    spec: {containers: [{name: a, image: nginx}], volumes: [{name: own, emptyDir: {}}]}
`

// What a mutating policy put into a live pod is found, and put back to its place.
func (o *oracle) compareInjection(t *testing.T) {
	o.apply(t, injector)
	row := template{spec: `{metadata: {labels: {inject: "yes"}}, spec: {containers: [{name: a, image: nginx}], volumes: [{name: own}]}}`}
	o.eventually(t, "the API server injects", func(ctx context.Context) (bool, error) {
		pod := FromTemplate(row.parse(t), replicaSet, Identity{}, "plain")
		err := o.client.Create(ctx, pod, client.DryRunAll)
		return hasContainer(pod.Spec.Containers, "proxy"), err
	})
	o.apply(t, injected)
	var pods corev1.PodList
	o.eventually(t, "the pod is there", func(ctx context.Context) (bool, error) {
		err := o.client.List(ctx, &pods, client.InNamespace("plain"), client.MatchingLabels{"app": "meshed"})
		return len(pods.Items) == 1, err
	})
	live := &pods.Items[0]
	owner, _ := OwnerOf(live)
	template := o.templateOf(t, "plain", owner)

	found := InjectedFrom(live, template)
	names := []string{found.InitContainers[0].Container.Name, found.Containers[0].Container.Name, found.Volumes[0].Name}
	if !slices.Equal(names, []string{"setup", "proxy", "certs"}) || len(found.Volumes) != 1 {
		t.Errorf("injected: %v", names)
	}
	fresh := found.Into(FromTemplate(template, owner, IdentityOf(live), "plain"))
	assertAdmitted(t, live, admitted(fresh, o.environment(t, "plain")), false)
	want := []Difference{{Container: "setup", Kind: Extra}, {Container: "proxy", Kind: Extra}, {Field: "volumes[certs]", Kind: Extra}}
	made := FromTemplate(template, owner, IdentityOf(live), "plain")
	if diff := cmp.Diff(want, Differs(live, Admit(made, o.environment(t, "plain")).Pod)); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}
