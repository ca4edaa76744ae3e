package dryrun_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
)

// class is one kind of answer, asked for in a namespace of its own, which stands as NS in texts.
type class struct {
	name      string
	labels    string // of the namespace
	manifests string
	pod       *corev1.Pod
	want      dryrun.Answer
}

func TestAnswersOfTheAPIServer(t *testing.T) {
	w := startWorld(t)
	s := w.submitter(t, open{})
	w.apply(t, `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: limited}
value: 7
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: heavy}
handler: heavy
overhead: {podFixed: {cpu: 100m}}
scheduling: {nodeSelector: {kind: heavy}}
`)
	for i, class := range classes() {
		t.Run(class.name, func(t *testing.T) {
			namespace := "class-" + string(rune('a'+i))
			in := func(text string) string { return strings.ReplaceAll(text, "NS", namespace) }
			w.namespace(t, namespace, class.labels)
			if class.manifests != "" {
				w.apply(t, in(class.manifests))
			}
			want := class.want
			want.Message = in(want.Message)
			want.Denier.Name, want.Denier.Binding = in(want.Denier.Name), in(want.Denier.Binding)
			eventually(t, s, candidate(t, namespace, class.pod), want)
		})
	}
	t.Run("a full quota", fullQuota(w, s))
	t.Run("the pod that is to be replaced still lives", liveName(w, s))
	t.Run("a pod as it lives", asItLives(w, s))
	t.Run("a namespace on its way out", terminating(w, s))
	t.Run("no such namespace", func(t *testing.T) {
		eventually(t, s, candidate(t, "nowhere", web()), dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.NamespaceNotFound, Message: `namespaces "nowhere" not found`,
		})
	})
	t.Run("without the right to create pods", noRight(w))
	t.Run("an answer does not change with the name that is generated", steadyAnswer(w, s))
	t.Run("nothing was stored", func(t *testing.T) {
		pods := &corev1.PodList{}
		if err := w.Client().List(t.Context(), pods); err != nil {
			t.Fatal(err)
		}
		for _, pod := range pods.Items {
			if !slices.Contains([]string{"bare", "last", "lives"}, pod.Name) {
				t.Errorf("pod %s/%s exists", pod.Namespace, pod.Name)
			}
		}
	})
}

func denied(kind dryrun.DenierKind, name, message string) dryrun.Answer {
	return dryrun.Answer{Verdict: dryrun.Denied, Denier: dryrun.Denier{Kind: kind, Name: name}, Message: message}
}

func classes() []class {
	return []class{
		{name: "nobody objects", pod: web(), want: dryrun.Answer{Verdict: dryrun.Admitted}},
		{
			name: "Pod Security refuses", labels: "pod-security.kubernetes.io/enforce: baseline", pod: web(privileged),
			want: denied(dryrun.PodSecurity, "baseline:latest",
				`violates PodSecurity "baseline:latest": privileged (container "app" must not set securityContext.privileged=true)`),
		},
		{
			name: "Pod Security warns", labels: "pod-security.kubernetes.io/warn: baseline", pod: web(privileged),
			want: dryrun.Answer{Verdict: dryrun.Admitted, Warnings: []string{
				`would violate PodSecurity "baseline:latest": privileged (container "app" must not set securityContext.privileged=true)`,
			}},
		},
		{
			name: "a ServiceAccount is missing", pod: web(func(p *corev1.Pod) { p.Spec.ServiceAccountName = "gone" }),
			want: denied(dryrun.ServiceAccount, "gone", `error looking up service account NS/gone: serviceaccount "gone" not found`),
		},
		{
			name: "a ServiceAccount may not use a Secret",
			manifests: `apiVersion: v1
kind: ServiceAccount
metadata: {name: strict, namespace: NS, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}
`,
			pod: web(func(p *corev1.Pod) {
				p.Spec.ServiceAccountName = "strict"
				p.Spec.Volumes = []corev1.Volume{{
					Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "db"}},
				}}
			}),
			want: denied(dryrun.ServiceAccount, "strict",
				`volume with secret.secretName="db" is not allowed because service account strict does not reference that secret`),
		},
		{
			name: "a PriorityClass is missing", pod: web(func(p *corev1.Pod) { p.Spec.PriorityClassName = "gone" }),
			want: denied(dryrun.PriorityClass, "gone", "no PriorityClass with name gone was found"),
		},
		{
			name: "a RuntimeClass is missing", pod: web(func(p *corev1.Pod) { p.Spec.RuntimeClassName = ptr.To("gone") }),
			want: denied(dryrun.RuntimeClass, "gone", `pod rejected: RuntimeClass "gone" not found`),
		},
		{
			name: "an overhead that no RuntimeClass asks for",
			pod: web(func(p *corev1.Pod) {
				p.Spec.Overhead = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1m")}
			}),
			want: denied(dryrun.RuntimeClass, "",
				"pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"),
		},
		{
			name: "the overhead of a RuntimeClass has changed, which a new pod gets anew",
			pod: web(func(p *corev1.Pod) {
				p.Spec.RuntimeClassName = ptr.To("heavy")
				p.Spec.Overhead = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1m")}
			}),
			want: dryrun.Answer{Verdict: dryrun.Admitted},
		},
		{
			name: "a RuntimeClass schedules elsewhere",
			pod: web(func(p *corev1.Pod) {
				p.Spec.RuntimeClassName = ptr.To("heavy")
				p.Spec.NodeSelector = map[string]string{"kind": "light"}
			}),
			want: denied(dryrun.RuntimeClass, "",
				"conflict: runtimeClass.scheduling.nodeSelector[kind] = heavy; pod.spec.nodeSelector[kind] = light"),
		},
		limits("a LimitRange has a maximum", "max: {memory: 1Gi}", "2Gi", "2Gi",
			"maximum memory usage per Container is 1Gi, but limit is 2Gi"),
		limits("a LimitRange has a minimum", "min: {memory: 1Gi}", "1Mi", "2Gi",
			"minimum memory usage per Container is 1Gi, but request is 1Mi"),
		limits("a LimitRange has a ratio", "maxLimitRequestRatio: {memory: 2}", "1Gi", "3Gi",
			"memory max limit to request ratio per Container is 2, but provided ratio is 3.000000"),
		limits("a LimitRange has more than one say", "max: {memory: 1Gi}, min: {memory: 1Gi}", "1Mi", "2Gi",
			"maximum memory usage per Container is 1Gi, but limit is 2Gi, minimum memory usage per Container is 1Gi, but request is 1Mi"),
		{
			name: "a resource that a quota has to cover", pod: web(func(p *corev1.Pod) {
				p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{"example.com/gpu": resource.MustParse("1")}
			}),
			want: denied(dryrun.ResourceQuota, "", "insufficient quota to consume: requests.example.com/gpu"),
		},
		{
			name: "a priority that a quota has to cover", pod: web(func(p *corev1.Pod) { p.Spec.PriorityClassName = "limited" }),
			want: denied(dryrun.ResourceQuota, "", "insufficient quota to match these scopes: [{PriorityClass In [limited]}]"),
		},
		{
			name: "the pod is not valid", pod: web(func(p *corev1.Pod) {
				p.Spec.Containers[0].Ports = []corev1.ContainerPort{{ContainerPort: 70000}}
				p.Spec.Containers[0].Image = ""
			}),
			want: denied(dryrun.Validation, "spec.containers[0].image",
				"spec.containers[0].image: Required value; "+
					"spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"),
		},
		policy("a policy refuses", "spec: {validations: [{expression: 'has(object.metadata.labels) && \"team\" in object.metadata.labels', message: whose is it}]}",
			": whose is it"),
		policy("a policy refuses as too large, with the name of the pod",
			"spec: {validations: [{expression: 'false', reason: RequestEntityTooLarge, messageExpression: '\"not \" + object.metadata.name'}]}",
			": not web-7d4b9c6f5-*"),
		policy("a policy cannot be evaluated", "spec: {validations: [{expression: 'object.metadata.labels[\"team\"] == \"a\"'}]}",
			": expression 'object.metadata.labels[\"team\"] == \"a\"' resulted in error: no such key: team"),
		{
			name: "a policy that mutates cannot be evaluated",
			manifests: `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: NS}
spec:
  failurePolicy: Fail
  reinvocationPolicy: Never
  matchConstraints:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  mutations:
  - patchType: JSONPatch
    jsonPatch: {expression: '[JSONPatch{op: "add", path: "/metadata/labels/team", value: object.metadata.labels["team"]}]'}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: NS}
spec: {policyName: NS}
`,
			pod: web(),
			want: dryrun.Answer{
				Verdict: dryrun.Denied, Denier: dryrun.Denier{Kind: dryrun.MutatingAdmissionPolicy, Name: "NS", Binding: "NS"},
				Message: `policy 'NS' with binding 'NS' denied request: expression '[JSONPatch{op: "add", path: "/metadata/labels/team", ` +
					`value: object.metadata.labels["team"]}]' resulted in error: no such key: team`,
			},
		},
	}
}

// limits is a class about the memory of a container.
func limits(name, limit, request, most, message string) class {
	return class{
		name: name, want: denied(dryrun.LimitRange, "", message),
		manifests: "apiVersion: v1\nkind: LimitRange\nmetadata: {name: memory, namespace: NS}\nspec: {limits: [{type: Container, " + limit + "}]}\n",
		pod: web(func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources = corev1.ResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(request)},
				Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(most)},
			}
		}),
	}
}

// policy is a class about a ValidatingAdmissionPolicy of the name of the namespace.
func policy(name, spec, said string) class {
	by := "ValidatingAdmissionPolicy 'NS' with binding 'NS-binding' denied request"
	return class{
		name: name, pod: web(),
		manifests: `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: NS}
` + strings.Replace(spec, "spec: {", `spec: {matchConstraints: {
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NS}},
  resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, `, 1) + `
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: NS-binding}
spec: {policyName: NS, validationActions: [Deny]}
`,
		want: dryrun.Answer{
			Verdict: dryrun.Denied, Message: by + said,
			Denier: dryrun.Denier{Kind: dryrun.ValidatingAdmissionPolicy, Name: "NS", Binding: "NS-binding"},
		},
	}
}

func fullQuota(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "full")
		w.apply(t, `apiVersion: v1
kind: ResourceQuota
metadata: {name: few, namespace: full}
spec: {hard: {pods: "1", limits.cpu: "1"}}
`)
		quota := &corev1.ResourceQuota{}
		if err := w.Client().Get(t.Context(), client.ObjectKey{Namespace: "full", Name: "few"}, quota); err != nil {
			t.Fatal(err)
		}
		// The quota controller, which counts, does not run here.
		count := func(used corev1.ResourceList) {
			quota.Status.Hard, quota.Status.Used = quota.Spec.Hard, used
			if err := w.Client().Status().Update(t.Context(), quota); err != nil {
				t.Fatal(err)
			}
		}
		limited := candidate(t, "full", web(func(p *corev1.Pod) {
			p.Spec.Containers[0].Resources.Limits = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1m")}
		}))
		count(nil)
		eventually(t, s, limited, dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.QuotaNotCounted, Denier: dryrun.Denier{Kind: dryrun.ResourceQuota, Name: "few"},
			Message: "status unknown for quota: few, resources: limits.cpu,pods",
		})
		count(corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0"), corev1.ResourceLimitsCPU: resource.MustParse("0")})
		// What a dry-run asks for is not charged: it fits again.
		for range 3 {
			eventually(t, s, limited, dryrun.Answer{Verdict: dryrun.Admitted})
		}
		eventually(t, s, candidate(t, "full", web()), denied(dryrun.ResourceQuota, "few",
			"failed quota: few: must specify limits.cpu for: app"))
		count(corev1.ResourceList{corev1.ResourcePods: resource.MustParse("1"), corev1.ResourceLimitsCPU: resource.MustParse("0")})
		eventually(t, s, limited, denied(dryrun.ResourceQuota, "few",
			"exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1"))
	}
}

func liveName(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "live")
		bare := web(func(p *corev1.Pod) { p.Name, p.GenerateName, p.Namespace, p.OwnerReferences = "bare", "", "live", nil })
		if err := w.Client().Create(t.Context(), bare); err != nil {
			t.Fatal(err)
		}
		eventually(t, s, candidate(t, "live", bare), dryrun.Answer{Verdict: dryrun.Admitted})
		w.namespace(t, "live", "pod-security.kubernetes.io/enforce: restricted", "pod-security.kubernetes.io/enforce-version: v1.34")
		unconfined := web(func(p *corev1.Pod) {
			p.Name, p.GenerateName, p.OwnerReferences = "bare", "", nil
			p.Spec.SecurityContext.SeccompProfile = nil
		})
		eventually(t, s, candidate(t, "live", unconfined), denied(dryrun.PodSecurity, "restricted:v1.34",
			`violates PodSecurity "restricted:v1.34": seccompProfile (pod or container "app" must set securityContext.seccompProfile.type `+
				`to "RuntimeDefault" or "Localhost")`))
	}
}

// asItLives posts what the API server made of a pod. As it stands that is refused; stripped it is not.
func asItLives(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "lives")
		w.apply(t, `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: rising}
value: 7
`)
		pod := web(func(p *corev1.Pod) {
			p.Name, p.Namespace, p.OwnerReferences = "lives", "lives", nil
			p.Spec.PriorityClassName = "rising"
			p.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
				MaxSkew: 1, TopologyKey: "zone", WhenUnsatisfiable: corev1.DoNotSchedule, MatchLabelKeys: []string{"pod-template-hash"},
				LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
			}}
		})
		w.create(t, pod)
		// A class cannot be changed, but made anew under its name.
		w.remove(t, "priorityclass/rising")
		w.apply(t, `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: rising}
value: 8
`)
		eventually(t, s, candidate(t, "lives", pod), dryrun.Answer{Verdict: dryrun.Admitted})

		raw := pod.DeepCopy()
		raw.Name, raw.ResourceVersion, raw.UID = "", "", ""
		if err := w.Client().Create(t.Context(), raw.DeepCopy(), client.DryRunAll); !apierrors.IsForbidden(err) {
			t.Errorf("with the priority of old: %v, want Forbidden", err)
		}
		raw.Spec.Priority, raw.Spec.PreemptionPolicy = nil, nil
		if err := w.Client().Create(t.Context(), raw.DeepCopy(), client.DryRunAll); !apierrors.IsInvalid(err) {
			t.Errorf("with a key that was merged: %v, want Invalid", err)
		}
	}
}

func terminating(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "leaving")
		last := web(func(p *corev1.Pod) {
			p.Name, p.GenerateName, p.Namespace, p.OwnerReferences = "last", "", "leaving", nil
		})
		if err := w.Client().Create(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Kubectl(t.Context(), "delete", "namespace", "leaving", "--wait=false"); err != nil {
			t.Fatal(err)
		}
		eventually(t, s, candidate(t, "leaving", web()), denied(dryrun.Namespace, "", "namespace leaving is being terminated"))
	}
}

func noRight(w *world) func(*testing.T) {
	return func(t *testing.T) {
		config, err := w.RestConfigFor(t.Context(), "live", "default")
		if err != nil {
			t.Fatal(err)
		}
		s, err := dryrun.NewSubmitter(config, open{}, dryrun.Pace{PerSecond: 10, Burst: 10})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, s, candidate(t, "live", web()), dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.Forbidden,
			Message: `User "system:serviceaccount:live:default" cannot create resource "pods" in API group "" in the namespace "live"`,
		})
		config.BearerToken = "nonsense"
		if s, err = dryrun.NewSubmitter(config, open{}, dryrun.Pace{PerSecond: 10, Burst: 10}); err != nil {
			t.Fatal(err)
		}
		eventually(t, s, candidate(t, "live", web()), dryrun.Answer{
			Verdict: dryrun.CannotTell, Reason: dryrun.Unauthorized, Message: "the server has asked for the client to provide credentials",
		})
	}
}

// steadyAnswer asks the same several times: each time the API server makes up another name, and says it.
func steadyAnswer(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "steady", "pod-security.kubernetes.io/enforce: baseline")
		for _, pod := range []*corev1.Pod{
			web(privileged), web(func(p *corev1.Pod) { p.Spec.Containers[0].Image = "" }),
		} {
			c := candidate(t, "steady", pod)
			first := s.Submit(t.Context(), c)
			if strings.Contains(first.Message, pod.GenerateName+"b") {
				t.Errorf("the message names the pod: %s", first.Message)
			}
			for range 5 {
				if diff := cmp.Diff(first, s.Submit(t.Context(), c)); diff != "" {
					t.Errorf("asked again (-first +then):\n%s", diff)
				}
			}
		}
	}
}
