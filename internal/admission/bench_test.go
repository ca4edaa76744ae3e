package admission

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiadmission "k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/generic"
	"k8s.io/apiserver/pkg/admission/plugin/policy/matching"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// clusterPolicies are what a cluster with some rules has: variables, parameters, match conditions, messages.
var clusterPolicies = []string{
	policyOf("registry", `paramKind: {apiVersion: v1, kind: ConfigMap}, variables: [
		{name: containers, expression: "object.spec.containers + object.spec.?initContainers.orValue([])"},
		{name: bad, expression: "variables.containers.filter(c, !c.image.startsWith(params.data.registry))"}],
		validations: [{expression: "size(variables.bad) == 0", messageExpression: "'images from elsewhere: ' + variables.bad.map(c, c.name).join(', ')"}]`),
	bindingOf("registry", "registry", `paramRef: {name: rules, namespace: policies, parameterNotFoundAction: Deny}, validationActions: [Deny]`),
	policyOf("limits", `validations: [{expression: "object.spec.containers.all(c, has(c.resources) && has(c.resources.limits) && 'memory' in c.resources.limits)"}]`),
	bindingOf("limits", "limits", `validationActions: [Warn, Audit]`),
	policyOf("owner", `matchConditions: [{name: not-system, expression: "!(request.userInfo.username in ['system:serviceaccount:kube-system:daemon-set-controller'])"}],
		validations: [{expression: "has(object.metadata.labels) && 'app' in object.metadata.labels", reason: Forbidden}]`),
	bindingOf("owner", "owner", denyAll),
	policyOf("root", `variables: [{name: all, expression: "object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])"}],
		validations: [{expression: "variables.all.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)"},
		{expression: "!has(object.spec.hostNetwork) || !object.spec.hostNetwork", message: no host network}]`),
	bindingOf("root", "root", denyAll),
	policyOf("names", `matchConditions: [{name: labelled, expression: "namespaceObject == null || object.metadata.namespace != 'kube-system'"}],
		validations: [{expression: "object.spec.containers.all(c, c.name.matches('^[a-z0-9-]+$'))"}]`),
	bindingOf("names", "names", denyAll),
}

func newCluster(tb testing.TB) *Policies {
	tb.Helper()
	x := New()
	x.SetParamKind(configMaps, ParamStatus{ParamsSynced, true})
	feed(tb, x, clusterPolicies...)
	feed(tb, x, configMap("policies", "rules", `data: {registry: registry.example.com/}`))
	return x
}

func candidates(count int) []*corev1.Pod {
	pods := make([]*corev1.Pod, count)
	for i := range pods {
		pods[i] = testPod(func(p *corev1.Pod) {
			p.GenerateName = fmt.Sprintf("web-%d-", i)
			p.Labels["app"] = fmt.Sprintf("web-%d", i)
			for j := range i % 3 {
				p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: fmt.Sprintf("sidecar-%d", j), Image: "registry.example.com/sidecar:3"})
			}
			DefaultPod(p)
		})
	}
	return pods
}

// The limit is 2 s for 6,000 pods and five policies on one core, after one of the policies has changed.
func BenchmarkPolicyChange(b *testing.B) {
	x := newCluster(b)
	pods := candidates(6_000)
	namespace, asking := testNamespace(), replicaSetController()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		changed := policyOf("limits", fmt.Sprintf(`validations: [{expression: "object.spec.containers.all(c, size(c.image) > %d)"}]`, i%5))
		feed(b, x, changed)
		for _, pod := range pods {
			x.Evaluate(b.Context(), &Request{Pod: pod, Namespace: namespace, User: asking})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(pods)), "ns/pod")
}

// Compare with BenchmarkUpstream.
func BenchmarkEvaluate(b *testing.B) {
	pod, namespace, asking := testPod(), testNamespace(), replicaSetController()
	for _, policies := range []int{0, 1, 3, 5} {
		b.Run(fmt.Sprintf("policies=%d", policies), func(b *testing.B) {
			x := New()
			x.SetParamKind(configMaps, ParamStatus{ParamsSynced, true})
			feed(b, x, clusterPolicies[:2*policies]...)
			feed(b, x, configMap("policies", "rules", `data: {registry: registry.example.com/}`))
			b.ReportAllocs()
			for b.Loop() {
				x.Evaluate(b.Context(), &Request{Pod: pod, Namespace: namespace, User: asking})
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c := newCompiler()
	policy := parse(b, clusterPolicies[0], &admissionregistrationv1.ValidatingAdmissionPolicy{})
	var kept []*validation
	b.ReportAllocs()
	before := heap()
	for b.Loop() {
		kept = append(kept, c.validation(policy))
	}
	b.ReportMetric(float64(heap()-before)/float64(len(kept))/1024, "KiB-kept/op")
	runtime.KeepAlive(kept)
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// withConditions is a policy as the API server compiles it.
type withConditions struct {
	*validation

	validating.Validator
}

func (v withConditions) Validate(
	ctx context.Context, resource schema.GroupVersionResource, request *apiadmission.VersionedAttributes, params k8sruntime.Object,
	namespace *corev1.Namespace, budget int64, asked authorizer.UnconditionalAuthorizer,
) validating.ValidateResult {
	if v.conditions != nil && !v.conditions.matcher.Match(ctx, request, params, asked).Matches {
		return validating.ValidateResult{}
	}
	return v.validator.Validate(ctx, resource, request, params, namespace, budget, asked)
}

// What the API server itself needs for the same policies, all in one dispatch.
func BenchmarkUpstream(b *testing.B) {
	for _, policies := range []int{1, 3, 5} {
		b.Run(fmt.Sprintf("policies=%d", policies), func(b *testing.B) {
			x := New()
			x.SetParamKind(configMaps, ParamStatus{ParamsSynced, true})
			feed(b, x, clusterPolicies[:2*policies]...)
			feed(b, x, configMap("policies", "rules", `data: {registry: registry.example.com/}`))
			namespace, asking := testNamespace(), replicaSetController()
			pod := validatedPod(typed(testPod()))
			matcher := generic.NewPolicyMatcher(matching.NewMatcher(oneNamespace{namespace}, nil))
			dispatcher := validating.NewDispatcher(notAsked{}, matcher)
			var hooks []validating.PolicyHook
			for _, r := range x.currentView().validating {
				hook := validating.PolicyHook{Policy: r.validating, Evaluator: withConditions{validation: r.validate()}}
				for _, bound := range r.bindings {
					hook.Bindings = append(hook.Bindings, bound.validating)
				}
				if r.param != nil {
					hook.ParamInformer, hook.ParamScope = &paramReader{policies: x, kind: *r.param}, restScope(true)
				}
				hooks = append(hooks, hook)
			}
			b.ReportAllocs()
			for b.Loop() {
				request := podAttributes(pod, namespace.Name, pod.Name, asking)
				if err := dispatcher.Dispatch(b.Context(), request, x.compiler.types.objects, hooks); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
