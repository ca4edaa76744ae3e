package admission

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"pgregory.net/rapid"
)

// model holds the manifests that the events have left, and rebuilds a Policies from nothing.
type model struct {
	manifests map[string]string
	kinds     map[schema.GroupVersionKind]ParamStatus
}

func (m *model) rebuild(t *testing.T) *Policies {
	t.Helper()
	x := New()
	// In another order than they came.
	for kind, status := range m.kinds {
		x.SetParamKind(kind, status)
	}
	for _, manifest := range m.manifests {
		feed(t, x, manifest)
	}
	return x
}

// propertyNamespaces are where the pods are whose verdicts are compared.
var propertyNamespaces = []*corev1.Namespace{
	{ObjectMeta: metav1.ObjectMeta{Name: "dev", Labels: map[string]string{"env": "dev"}}},
	{ObjectMeta: metav1.ObjectMeta{Name: "prod", Labels: map[string]string{"env": "prod"}}},
	{ObjectMeta: metav1.ObjectMeta{Name: "shop"}},
}

// verdicts are what a Policies says of a pod in every namespace.
func verdicts(t *testing.T, x *Policies) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, n := range propertyNamespaces {
		r := evaluate(t, x, func(r *Request) {
			r.Namespace, r.Pod.Namespace = n, n.Name
		})
		all[n.Name] = append(said(r), fmt.Sprint(r.Pod.Labels))
	}
	return all
}

// event is a random change: the same names meet again and again.
func event(rt *rapid.T, t *testing.T, m *model, x *Policies) Scope {
	t.Helper()
	selectors := rapid.SampledFrom([]string{"{}", "{matchLabels: {env: prod}}", "{matchLabels: {env: dev}}", "{matchLabels: {kubernetes.io/metadata.name: shop}}", "{matchExpressions: [{key: a, operator: Like}]}"})
	resource := rapid.SampledFrom([]string{"pods", "pods", "pods", "services"})
	name := rapid.SampledFrom([]string{"one", "two"}).Draw(rt, "name")
	policy := rapid.SampledFrom([]string{"one", "two"}).Draw(rt, "policy")
	match := func() string {
		return `{namespaceSelector: ` + selectors.Draw(rt, "selector") + `, resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [` + resource.Draw(rt, "resource") + `]}]}`
	}
	kind := rapid.SampledFrom([]string{"", "paramKind: {apiVersion: v1, kind: ConfigMap}, ", "paramKind: {apiVersion: gone/v1, kind: Gone}, "}).Draw(rt, "kind")
	ref := rapid.SampledFrom([]string{"", "paramRef: {name: one, parameterNotFoundAction: Deny}, ", "paramRef: {selector: {}, parameterNotFoundAction: Allow}, ", "paramRef: {name: two, namespace: dev, parameterNotFoundAction: Allow}, "}).Draw(rt, "ref")
	failure := rapid.SampledFrom([]string{"Fail", "Ignore", "Ask"}).Draw(rt, "failure")
	var key, manifest string
	switch rapid.SampledFrom([]string{"policy", "binding", "mutating", "mutating binding", "param", "webhooks", "state", "unfollowed"}).Draw(rt, "what") {
	case "policy":
		expression := rapid.SampledFrom([]string{"false", "object.metadata.labels[?'x'] == optional.of('one')", "params == null || params.data.a == 'b'"}).Draw(rt, "expression")
		key, manifest = "ValidatingAdmissionPolicy/"+name, `{kind: ValidatingAdmissionPolicy, metadata: {name: `+name+`}, spec: {`+kind+`failurePolicy: `+failure+`, matchConstraints: `+match()+`, validations: [{expression: "`+expression+`"}]}}`
	case "binding":
		key, manifest = "ValidatingAdmissionPolicyBinding/"+name, bindingOf(name, policy, ref+"validationActions: ["+rapid.SampledFrom([]string{"Deny", "Warn"}).Draw(rt, "action")+"], matchResources: "+match())
	case "mutating":
		key, manifest = "MutatingAdmissionPolicy/"+name, `{kind: MutatingAdmissionPolicy, metadata: {name: `+name+`}, spec: {`+kind+`failurePolicy: `+failure+`, matchConstraints: `+match()+`, mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{metadata: Object.metadata{labels: {'x': '`+name+`'}}}"}}]}}`
	case "mutating binding":
		key, manifest = "MutatingAdmissionPolicyBinding/"+name, mutatingBindingOf(name, policy, ref+"matchResources: "+match())
	case "param":
		namespace := rapid.SampledFrom(propertyNamespaces).Draw(rt, "namespace").Name
		key, manifest = "ConfigMap/"+namespace+"/"+name, configMap(namespace, name, "data: {a: "+rapid.SampledFrom([]string{"b", "c"}).Draw(rt, "data")+"}")
	case "webhooks":
		key, manifest = "ValidatingWebhookConfiguration/"+name, webhooks("ValidatingWebhookConfiguration", name, `{name: w, namespaceSelector: `+selectors.Draw(rt, "selector")+`, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [`+resource.Draw(rt, "resource")+`]}]}`)
	case "unfollowed":
		maps.DeleteFunc(m.manifests, func(key, _ string) bool { return strings.HasPrefix(key, "ConfigMap/") })
		delete(m.kinds, configMaps)
		return x.ForgetParamKind(configMaps)
	default:
		of := rapid.SampledFrom([]schema.GroupVersionKind{configMaps, gone}).Draw(rt, "of")
		state := rapid.SampledFrom([]ParamState{
			ParamsSynced, ParamsSynced, ParamsNotSynced, ParamsForbidden, ParamsMissing, ParamsUnreachable,
		}).Draw(rt, "state")
		status := ParamStatus{state, true}
		m.kinds[of] = status
		return x.SetParamKind(of, status)
	}
	if rapid.IntRange(0, 3).Draw(rt, "delete") > 0 {
		m.manifests[key] = manifest
		return feedOne(t, x, manifest)
	}
	delete(m.manifests, key)
	return forget(x, strings.Split(key, "/"))
}

func forget(x *Policies, key []string) Scope {
	switch kind := Kind(strings.TrimSuffix(key[0], "Binding")); {
	case key[0] == "ConfigMap":
		return x.DeleteParam(configMaps, key[1], key[2])
	case key[0] != string(kind):
		return x.DeleteBinding(kind, key[1])
	case kind == ValidatingWebhooks:
		return x.DeleteWebhooks(Ref{kind, key[1]})
	default:
		return x.DeletePolicy(Ref{kind, key[1]})
	}
}

// However the policies came to be, the verdicts are those of policies read at once; and where a change does not affect a
// namespace, the verdicts in it stay as they were.
func TestIncrementalIsRebuilt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{manifests: map[string]string{}, kinds: map[schema.GroupVersionKind]ParamStatus{}}
		x := New()
		before := verdicts(t, x)
		for range 100 {
			scope := event(rt, t, m, x)
			after := verdicts(t, x)
			for _, n := range propertyNamespaces {
				if !scope.Matches(n.Name, n.Labels) && !slices.Equal(before[n.Name], after[n.Name]) {
					rt.Fatalf("a change that does not affect %s has changed it (-before +after):\n%s", n.Name, cmp.Diff(before[n.Name], after[n.Name]))
				}
			}
			before = after
		}
		rebuilt := m.rebuild(t)
		if diff := cmp.Diff(verdicts(t, rebuilt), before); diff != "" {
			rt.Fatalf("(-rebuilt +incremental):\n%s", diff)
		}
		if diff := cmp.Diff([]any{rebuilt.ParamKinds(), rebuilt.Objects(), rebuilt.Faults()}, []any{x.ParamKinds(), x.Objects(), x.Faults()}); diff != "" {
			rt.Fatalf("(-rebuilt +incremental):\n%s", diff)
		}
	})
}
