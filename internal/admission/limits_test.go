package admission

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/testing/growth"
)

// largeRequest is a way in which what admission evaluates can be large.
type largeRequest struct {
	name string
	feed func(n int) []string
	pod  func(n int) *corev1.Pod
}

func largeRequests() []largeRequest {
	small := func(int) *corev1.Pod { return testPod() }
	return []largeRequest{
		{"a pod of many containers under usual policies", func(int) []string { return clusterPolicies }, podOfContainers},
		{"a pod with long annotations under usual policies", func(int) []string { return clusterPolicies }, func(n int) *corev1.Pod {
			return testPod(func(p *corev1.Pod) {
				p.Annotations = map[string]string{}
				for i := range n {
					p.Annotations[fmt.Sprintf("example.com/a-%d", i)] = strings.Repeat("ä\x00\u202e", 20)
				}
			})
		}},
		{"a message that is made of all containers", func(int) []string {
			return []string{
				policyOf("names", `validations: [{expression: "false", messageExpression: "object.spec.containers.map(c, c.name).join(', ')"}]`),
				bindingOf("names", "names", denyAll),
			}
		}, podOfContainers},
		{"a policy with many bindings", func(n int) []string {
			manifests := []string{policyOf("p", validations(fails))}
			for i := range n / 10 {
				manifests = append(manifests, bindingOf(fmt.Sprintf("b-%d", i), "p", denyAll))
			}
			return manifests
		}, small},
	}
}

func podOfContainers(n int) *corev1.Pod {
	return testPod(func(p *corev1.Pod) {
		for i := range n {
			p.Spec.Containers = append(p.Spec.Containers, corev1.Container{Name: fmt.Sprintf("c-%d", i), Image: p.Spec.Containers[0].Image})
		}
		DefaultPod(p)
	})
}

func (l *largeRequest) evaluate(tb testing.TB) growth.Work {
	tb.Helper()
	return func(n int) func() {
		x := New()
		x.SetParamKind(configMaps, ParamStatus{ParamsSynced, true})
		feed(tb, x, l.feed(n)...)
		feed(tb, x, configMap("policies", "rules", `data: {registry: registry.example.com/}`))
		request := &Request{Pod: l.pod(n), Namespace: testNamespace(), User: replicaSetController()}
		return func() { x.Evaluate(tb.Context(), request) }
	}
}

func TestWorkOnAnEvaluationGrowsNoFasterThanThePodAndThePolicies(t *testing.T) {
	for _, large := range largeRequests() {
		t.Run(large.name, func(t *testing.T) { growth.Linear(t, 500, large.evaluate(t)) })
	}
}

// The API server stops an expression that costs too much, and so does this: the pod is refused in both.
func TestAnExpressionThatComparesEachWithEachStopsAtTheLimitOfCost(t *testing.T) {
	x := New()
	feed(t, x,
		policyOf("pairs", `validations: [{expression: "object.spec.containers.all(c, object.spec.containers.all(d, c.image == d.image))"}]`),
		bindingOf("pairs", "pairs", denyAll))
	result := x.Evaluate(t.Context(), &Request{Pod: podOfContainers(2_000), Namespace: testNamespace(), User: replicaSetController()})
	if result.Verdict() != Denied || len(result.Denials) != 1 || result.Denials[0].Cause != EvaluationError ||
		!strings.HasSuffix(result.Denials[0].Message, "actual cost limit exceeded") {
		t.Fatalf("got %v", said(result))
	}
}

func BenchmarkLargestRequests(b *testing.B) {
	for _, large := range largeRequests() {
		b.Run(large.name, func(b *testing.B) { growth.Benchmark(b, 2_500, large.evaluate(b)) })
	}
}
