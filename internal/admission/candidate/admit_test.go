package candidate

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

// parse reads an object that a test writes as YAML.
func parse[T any](t *testing.T, text string) *T {
	t.Helper()
	object := new(T)
	if err := yaml.UnmarshalStrict([]byte(text), object); err != nil {
		t.Fatal(err)
	}
	return object
}

func objects[T any](list ...*T) Objects[T] { return Objects[T]{Known: true, List: list} }

// admitted is the pod with all that stands against it.
func admitted(pod *corev1.Pod, env Environment) Outcome {
	o := Admit(pod, env)
	o.Denials = append(o.Denials, Check(o.Pod, env)...)
	return o
}

func account(name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// ordinary is an environment in which nothing stands against a pod.
func ordinary() Environment {
	return Environment{
		LimitRanges: objects[corev1.LimitRange](), ServiceAccounts: objects(account("default")),
		PriorityClasses: objects[schedulingv1.PriorityClass](), RuntimeClasses: objects[nodev1.RuntimeClass](),
	}
}

func pod(t *testing.T, spec string) *corev1.Pod {
	t.Helper()
	return &corev1.Pod{Spec: *parse[corev1.PodSpec](t, spec)}
}

func TestDenials(t *testing.T) {
	sandbox := parse[nodev1.RuntimeClass](t, `{metadata: {name: sandbox}, overhead: {podFixed: {cpu: 50m}}, scheduling: {nodeSelector: {a: "1", b: "2"}}}`)
	limits := parse[corev1.LimitRange](t, `{metadata: {name: l}, spec: {limits: [{type: Container, min: {cpu: 100m}, max: {memory: 1Gi}, maxLimitRequestRatio: {cpu: 2}}]}}`)
	tests := []struct {
		name   string
		spec   string
		change func(*Environment)
		want   []Denial
	}{
		{"A pod that nothing stands against", `{containers: [{name: a}]}`, nil, nil},
		{
			"A ServiceAccount that is not there", `{serviceAccountName: app, containers: [{name: a}]}`, nil,
			[]Denial{{ServiceAccount, "ServiceAccount", "app", "there is no ServiceAccount app"}},
		},
		{
			"All that is missing is named, in the order of the plugins",
			`{serviceAccountName: app, priorityClassName: high, runtimeClassName: sandbox, containers: [{name: a}]}`, nil,
			[]Denial{
				{ServiceAccount, "ServiceAccount", "app", "there is no ServiceAccount app"},
				{Priority, "PriorityClass", "high", "there is no PriorityClass high"},
				{RuntimeClass, "RuntimeClass", "sandbox", "there is no RuntimeClass sandbox"},
			},
		},
		{
			"Secrets that the account does not list", `
containers:
- {name: a, env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: l}}]}
volumes: [{name: v, secret: {secretName: s}}]
imagePullSecrets: [{name: l}]`,
			func(env *Environment) {
				env.ServiceAccounts = objects(parse[corev1.ServiceAccount](t,
					`{metadata: {name: default, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}, secrets: [{name: l}]}`))
			},
			[]Denial{
				{ServiceAccount, "ServiceAccount", "default", "volume v names Secret s, which the ServiceAccount does not list"},
				{ServiceAccount, "ServiceAccount", "default", "container a, variable A names Secret s, which the ServiceAccount does not list"},
				{ServiceAccount, "ServiceAccount", "default", "imagePullSecrets names Secret l, which the ServiceAccount does not list"},
			},
		},
		{
			"A priority of its own", `{priorityClassName: high, priority: 1, preemptionPolicy: Never, containers: [{name: a}]}`,
			func(env *Environment) {
				env.PriorityClasses = objects(&schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: "high"}, Value: 9})
			},
			[]Denial{
				{Priority, "PriorityClass", "high", "spec.priority is 1, the class says 9"},
				{Priority, "PriorityClass", "high", "spec.preemptionPolicy is Never, the class says PreemptLowerPriority"},
			},
		},
		{
			"Nodes that the runtime class does not run on", `{runtimeClassName: sandbox, nodeSelector: {b: x}, containers: [{name: a}]}`,
			func(env *Environment) { env.RuntimeClasses = objects(sandbox) },
			[]Denial{{RuntimeClass, "RuntimeClass", "sandbox", "spec.nodeSelector[b] is x, the class runs on nodes of 2"}},
		},
		{
			"An overhead that the class does not have", `{runtimeClassName: sandbox, overhead: {cpu: 60m}, containers: [{name: a}]}`,
			func(env *Environment) { env.RuntimeClasses = objects(sandbox) },
			[]Denial{{RuntimeClass, "RuntimeClass", "sandbox", "spec.overhead is not that of the class"}},
		},
		{
			"Bounds, by container, kind of bound and resource", `
initContainers: [{name: i, resources: {requests: {cpu: 50m}, limits: {cpu: 200m, memory: 2Gi}}}]
containers: [{name: a, resources: {requests: {cpu: 100m}, limits: {cpu: 200m, memory: 1Gi}}}]`,
			func(env *Environment) { env.LimitRanges = objects(limits) },
			[]Denial{
				{LimitRanger, "LimitRange", "l", "init container i: cpu request 50m is below the minimum of 100m"},
				{LimitRanger, "LimitRange", "l", "init container i: memory limit 2Gi is above the maximum of 1Gi"},
				{LimitRanger, "LimitRange", "l", "init container i: cpu limit 200m is more than 2 times the request of 50m"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			env := ordinary()
			if test.change != nil {
				test.change(&env)
			}
			got := admitted(pod(t, test.spec), env)
			if diff := cmp.Diff(test.want, got.Denials); diff != "" {
				t.Errorf("denials (-want +got):\n%s", diff)
			}
			if len(got.Unknown) > 0 {
				t.Errorf("unknown: %v", got.Unknown)
			}
		})
	}
}

// What cannot be read is said, never taken for not being there.
func TestWhatCannotBeReadIsUnknown(t *testing.T) {
	got := admitted(pod(t, `{serviceAccountName: app, runtimeClassName: sandbox, containers: [{name: a}]}`), Environment{})
	want := []Unknown{
		{LimitRanger, "LimitRange", ""},
		{ServiceAccount, "ServiceAccount", "app"},
		{Priority, "PriorityClass", ""},
		{RuntimeClass, "RuntimeClass", "sandbox"},
	}
	if diff := cmp.Diff(want, got.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
	if len(got.Denials) > 0 {
		t.Errorf("denied: %v", got.Denials)
	}
}

// The defaults that the API server writes into a LimitRange when it stores it, and the order of several by their names.
func TestLimitRangesOfFiles(t *testing.T) {
	env := ordinary()
	env.LimitRanges = objects(
		parse[corev1.LimitRange](t, `{metadata: {name: b}, spec: {limits: [{type: Container, max: {cpu: 2, memory: 1Gi}, min: {example.com/gpu: 1}}]}}`),
		parse[corev1.LimitRange](t, `{metadata: {name: a}, spec: {limits: [{type: Container, default: {cpu: 1}, defaultRequest: {memory: 1Mi}}]}}`),
	)
	got := admitted(pod(t, `{containers: [{name: c}]}`), env)
	want := corev1.ResourceRequirements{
		Requests: list("cpu", "1", "memory", "1Mi", "example.com/gpu", "1"), Limits: list("cpu", "1", "memory", "1Gi"),
	}
	if diff := cmp.Diff(want, got.Pod.Spec.Containers[0].Resources); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
	annotation := "LimitRanger plugin set: example.com/gpu request for container c; memory limit for container c"
	if text := got.Pod.Annotations[limitRangerAnnotation]; text != annotation {
		t.Errorf("annotation %q, want %q", text, annotation)
	}
}

func list(pairs ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		out[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
	}
	return out
}

func TestBounds(t *testing.T) {
	quantity := func(text string) *resource.Quantity {
		if text == "" {
			return nil
		}
		return ptr.To(resource.MustParse(text))
	}
	tests := []struct {
		name                  string
		test                  func(resource.Quantity, *resource.Quantity, *resource.Quantity) string
		bound, request, limit string
		want                  string
	}{
		{"At the minimum", belowMinimum, "1", "1000m", "1", ""},
		{"No request", belowMinimum, "1", "", "1", "has no request, the minimum is 1"},
		{"A limit below the minimum", belowMinimum, "1", "2", "500m", "limit 500m is below the minimum of 1"},
		{"At the maximum", aboveMaximum, "1Gi", "1Gi", "1024Mi", ""},
		{"No limit", aboveMaximum, "1Gi", "1Gi", "", "has no limit, the maximum is 1Gi"},
		{"A request above the maximum", aboveMaximum, "1", "2", "1", "request 2 is above the maximum of 1"},
		{"At the ratio", aboveRatio, "1500m", "2", "3", ""},
		{"Above the ratio", aboveRatio, "1500m", "2", "3001m", "limit 3001m is more than 1500m times the request of 2"},
		{"No request to compare with", aboveRatio, "2", "0", "3", "has no request, the limit may be 2 times the request"},
		{"No limit to compare with", aboveRatio, "2", "1", "0", "has no limit, the limit may be 2 times the request"},
		{"Quantities too large for thousandths", aboveRatio, "2", "9P", "19P", "limit 19P is more than 2 times the request of 9P"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.test(resource.MustParse(test.bound), quantity(test.request), quantity(test.limit)); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Of several default classes the lowest counts: two may have been made at the same time.
func TestDefaultPriorityClass(t *testing.T) {
	class := func(name string, value int32, isDefault bool) *schedulingv1.PriorityClass {
		return &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: value, GlobalDefault: isDefault}
	}
	env := ordinary()
	env.PriorityClasses = objects(class("a", 5, true), class("b", -3, true), class("c", -9, false))
	got := admitted(pod(t, `{containers: [{name: a}]}`), env).Pod.Spec
	if got.PriorityClassName != "b" || *got.Priority != -3 || *got.PreemptionPolicy != corev1.PreemptLowerPriority {
		t.Errorf("class %s, priority %d, %s", got.PriorityClassName, *got.Priority, *got.PreemptionPolicy)
	}
}

func TestMergeTolerations(t *testing.T) {
	seconds := func(n int64) *int64 { return &n }
	tests := []struct {
		name      string
		all, want string
	}{
		{"Equal ones are one", `[{key: a, operator: Exists}, {key: a, operator: Exists}]`, `[{key: a, operator: Exists}]`},
		{"One that tolerates every value stands for one value", `[{key: a, operator: Equal, value: b}, {key: a, operator: Exists}]`, `[{key: a, operator: Exists}]`},
		{"One of every effect stands for one effect", `[{key: a, operator: Exists}, {key: a, operator: Exists, effect: NoExecute}]`, `[{key: a, operator: Exists}]`},
		{"One of every key stands for all", `[{key: a, operator: Exists}, {operator: Exists}]`, `[{operator: Exists}]`},
		{"Values differ", `[{key: a, operator: Equal, value: b}, {key: a, operator: Equal, value: c}]`, `[{key: a, operator: Equal, value: b}, {key: a, operator: Equal, value: c}]`},
		{"An operator that is not said is Equal only in the one that covers", `[{key: a, operator: Equal, value: b}, {key: a, value: b}]`, `[{key: a, value: b}]`},
		{"An operator that is not known covers nothing", `[{key: a, operator: Gt, value: "1"}, {key: a, operator: Equal, value: "2"}]`, `[{key: a, operator: Gt, value: "1"}, {key: a, operator: Equal, value: "2"}]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := mergeTolerations(*parse[[]corev1.Toleration](t, test.all))
			if diff := cmp.Diff(*parse[[]corev1.Toleration](t, test.want), got); diff != "" {
				t.Errorf("tolerations (-want +got):\n%s", diff)
			}
		})
	}
	longer := corev1.Toleration{Key: "a", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: seconds(9)}
	shorter, forever := longer, longer
	shorter.TolerationSeconds, forever.TolerationSeconds = seconds(3), nil
	for _, pair := range []struct {
		other, t corev1.Toleration
		want     bool
	}{{longer, shorter, true}, {shorter, longer, false}, {longer, forever, false}, {forever, longer, true}} {
		if got := covers(pair.other, pair.t); got != pair.want {
			t.Errorf("covers(%v, %v) is %v", pair.other, pair.t, got)
		}
	}
}

// Before 1.37 the API server filled in the resources of a pod before its plugins, and no limits.
func TestPodLevelResourcesByVersion(t *testing.T) {
	spec := `{resources: {requests: {cpu: 1}}, containers: [{name: a, resources: {limits: {cpu: 2, memory: 1Gi}}}]}`
	for minor, want := range map[int]corev1.ResourceRequirements{
		36: {Requests: list("cpu", "1", "memory", "1Gi")},
		37: {Requests: list("cpu", "1", "memory", "1Gi"), Limits: list("cpu", "2", "memory", "1Gi")},
		0:  {Requests: list("cpu", "1", "memory", "1Gi"), Limits: list("cpu", "2", "memory", "1Gi")},
	} {
		env := ordinary()
		env.Minor = minor
		if diff := cmp.Diff(&want, admitted(pod(t, spec), env).Pod.Spec.Resources); diff != "" {
			t.Errorf("resources at 1.%d (-want +got):\n%s", minor, diff)
		}
	}
}

// What the API server would refuse before it comes to plugins, or what a candidate has only from elsewhere.
func TestDefaults(t *testing.T) {
	got := admitted(pod(t, `
overhead: {cpu: 0.1234567}
resources: {limits: {cpu: 2.0001234}}
containers: [{name: a}]`), ordinary()).Pod
	if diff := cmp.Diff(list("cpu", "124m"), got.Spec.Overhead); diff != "" {
		t.Errorf("overhead (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(list("cpu", "2001m"), got.Spec.Resources.Limits); diff != "" {
		t.Errorf("limits of the pod (-want +got):\n%s", diff)
	}
	confined := pod(t, `{containers: [{name: a, securityContext: {appArmorProfile: {type: RuntimeDefault}}}]}`)
	confined.Annotations = map[string]string{corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix + "a": "unconfined"}
	profile := admitted(confined, ordinary()).Pod.Spec.Containers[0].SecurityContext.AppArmorProfile
	if profile.Type != corev1.AppArmorProfileTypeRuntimeDefault {
		t.Errorf("the annotation beats the field: %s", profile.Type)
	}
}

// Every template of the comparison: admitted twice it is as admitted once, taken out of the cluster and admitted again as
// well, and no argument is changed.
func TestAdmittingAgainChangesNothing(t *testing.T) {
	env := ordinary()
	env.ServiceAccounts = objects(account("default"), account("app"), account("quiet"), account("strict"), account("gone"))
	env.LimitRanges = objects(parse[corev1.LimitRange](t, `{metadata: {name: l}, spec: {limits: [{type: Container, default: {cpu: 1, memory: 1Gi}, defaultRequest: {cpu: 100m}}]}}`))
	for _, row := range templates {
		t.Run(row.name, func(t *testing.T) {
			made := FromTemplate(row.parse(t), replicaSet, Identity{}, "n")
			before := made.DeepCopy()
			once := admitted(made, env)
			if !reflect.DeepEqual(before, made) {
				t.Errorf("the argument was changed:\n%s", cmp.Diff(before, made))
			}
			if len(once.Denials) > 0 {
				return
			}
			live := once.Pod.DeepCopy()
			again := admitted(FromPod(live), env)
			if !reflect.DeepEqual(once.Pod, live) {
				t.Errorf("the live pod was changed:\n%s", cmp.Diff(once.Pod, live))
			}
			want := once.Pod.DeepCopy()
			want.OwnerReferences[0].BlockOwnerDeletion = nil
			if diff := diffPods(want, again.Pod); diff != "" {
				t.Errorf("the pod that comes back (-first +again):\n%s", diff)
			}
		})
	}
}

// A policy adds a container and another class: both get what the plugins give, and what stands against the class is told.
func TestPluginsAreAskedAgain(t *testing.T) {
	env := ordinary()
	env.LimitRanges = objects(parse[corev1.LimitRange](t, `{metadata: {name: l}, spec: {limits: [{type: Container, defaultRequest: {cpu: 100m}}]}}`))
	changed := Admit(pod(t, `{containers: [{name: a}]}`), env).Pod
	changed.Spec.Containers = append(changed.Spec.Containers, corev1.Container{Name: "sidecar"})
	changed.Spec.PriorityClassName = "gone"
	want := []Denial{{Priority, "PriorityClass", "gone", "there is no PriorityClass gone"}}
	denials, unknown := Reinvoke(changed, env)
	if diff := cmp.Diff(want, denials); diff != "" || len(unknown) > 0 {
		t.Errorf("unknown %v, denials (-want +got):\n%s", unknown, diff)
	}
	sidecar := changed.Spec.Containers[1]
	if diff := cmp.Diff(list("cpu", "100m"), sidecar.Resources.Requests); diff != "" || len(sidecar.VolumeMounts) != 1 {
		t.Errorf("mounts %v, requests (-want +got):\n%s", sidecar.VolumeMounts, diff)
	}
	if volumes := changed.Spec.Volumes; len(volumes) != 1 {
		t.Errorf("volumes: %v", volumes)
	}
}
