package admission

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestParameters(t *testing.T) {
	const kind = `paramKind: {apiVersion: v1, kind: ConfigMap}, `
	const limit = `{expression: "params == null || size(object.spec.containers) > int(params.data.min)", messageExpression: "'fewer than in ' + params.metadata.name"}`
	binding := func(ref string) string {
		return bindingOf("b", "p", `paramRef: {`+ref+`}, `+denyAll)
	}
	lenient := configMap("shop", "lenient", `data: {min: "0"}`)
	strict := configMap("shop", "strict", `data: {min: "3"}`)
	for name, test := range map[string]struct {
		policy, binding string
		params          []string
		state           ParamState
		want            []string
	}{
		"By name, from the namespace of the pod": {
			kind + validations(limit), binding(`name: strict, parameterNotFoundAction: Deny`),
			[]string{lenient, strict},
			ParamsSynced,
			[]string{"Denied", "Refused [Deny] p b shop/strict #0: fewer than in strict"},
		},
		"By name, from a namespace of the binding": {
			kind + validations(limit), binding(`name: strict, namespace: policies, parameterNotFoundAction: Deny`),
			[]string{strict},
			ParamsSynced,
			[]string{"Denied", "ConfigurationError [Deny] p b: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"},
		},
		"By selector: each is evaluated and told apart": {
			kind + validations(limit), binding(`selector: {}, parameterNotFoundAction: Deny`),
			[]string{strict, lenient, configMap("shop", "stricter", `data: {min: "9"}`), configMap("other", "strict", `data: {min: "9"}`)},
			ParamsSynced,
			[]string{"Denied", "Refused [Deny] p b shop/strict #0: fewer than in strict", "Refused [Deny] p b shop/stricter #0: fewer than in stricter"},
		},
		"None is found and that is allowed": {
			kind + validations(fails), binding(`name: strict, parameterNotFoundAction: Allow`), nil, ParamsSynced, []string{"Admitted"},
		},
		"None is found and failures are ignored": {
			kind + `failurePolicy: Ignore, ` + validations(fails), binding(`name: strict, parameterNotFoundAction: Deny`), nil, ParamsSynced, []string{"Admitted"},
		},
		"The binding takes none": {
			kind + validations(limit), bindingOf("b", "p", denyAll), []string{strict}, ParamsSynced, []string{"Admitted"},
		},
		"The policy takes none": {
			validations(passes1), binding(`name: strict, parameterNotFoundAction: Deny`), nil, ParamsSynced, []string{"Admitted"},
		},
		"A name and a selector": {
			kind + validations(limit), binding(`name: strict, selector: {}, parameterNotFoundAction: Deny`), nil, ParamsSynced,
			[]string{"Denied", "ConfigurationError [Deny] p b: failed to configure binding: paramRef.name and paramRef.selector are mutually exclusive"},
		},
		"Neither a name nor a selector": {
			kind + validations(limit), binding(`parameterNotFoundAction: Deny`), nil, ParamsSynced,
			[]string{"Denied", "ConfigurationError [Deny] p b: failed to configure binding: one of name or selector must be provided"},
		},
		"An unknown action where none is found": {
			kind + validations(limit), binding(`name: strict, parameterNotFoundAction: Ask`), nil, ParamsSynced, []string{"Unknown", "PolicyBroken p b"},
		},
		"A parameter without what the policy reads": {
			kind + validations(limit), binding(`name: strict, parameterNotFoundAction: Deny`),
			[]string{configMap("shop", "strict", `data: {}`)},
			ParamsSynced,
			[]string{"Denied", "EvaluationError [Deny] p b shop/strict #0: expression 'params == null || size(object.spec.containers) > int(params.data.min)' resulted in error: no such key: data"},
		},
		"The kind is gone": {
			kind + validations(passes1), binding(`name: strict, parameterNotFoundAction: Allow`), nil, ParamsMissing,
			[]string{"Denied", "ConfigurationError [Deny] p: failed to configure policy: failed to find resource referenced by paramKind: '/v1, Kind=ConfigMap'"},
		},
		"The kind is gone, even for a binding that is about something else": {
			kind + validations(passes1), bindingOf("b", "p", denyAll+`, matchResources: {objectSelector: {matchLabels: {app: db}}}`), nil, ParamsMissing,
			[]string{"Denied", "ConfigurationError [Deny] p: failed to configure policy: failed to find resource referenced by paramKind: '/v1, Kind=ConfigMap'"},
		},
		"The kind is gone and failures are ignored": {
			kind + `failurePolicy: Ignore, ` + validations(fails), binding(`name: strict, parameterNotFoundAction: Deny`), nil, ParamsMissing, []string{"Admitted"},
		},
		"The kind has not been read yet": {
			kind + validations(fails), binding(`name: strict, parameterNotFoundAction: Deny`), []string{strict}, ParamsNotSynced, []string{"Unknown", "ParamNotSynced p"},
		},
		"The kind may not be read": {
			kind + validations(fails), binding(`name: strict, parameterNotFoundAction: Deny`), []string{strict}, ParamsForbidden, []string{"Unknown", "ParamUnreadable p b"},
		},
		"The kind may not be read, and the binding takes none": {
			kind + validations(fails), bindingOf("b", "p", denyAll), nil, ParamsForbidden, []string{"Denied", "Refused [Deny] p b #0: too few"},
		},
		"The kind may not be read, and the binding is about something else": {
			kind + validations(fails), bindingOf("b", "p", denyAll+`, paramRef: {name: a}, matchResources: {objectSelector: {matchLabels: {app: db}}}`), nil, ParamsForbidden, []string{"Admitted"},
		},
		"The kind may not be read, and a condition that does not need it is false": {
			kind + `matchConditions: [{name: a, expression: "params.data.x == 'y'"}, {name: b, expression: "false"}], ` + validations(fails), binding(`name: strict`), nil, ParamsForbidden, []string{"Admitted"},
		},
		"The kind may not be read, and a condition needs it": {
			kind + `matchConditions: [{name: a, expression: "params == null"}], ` + validations(fails), binding(`name: strict`), nil, ParamsForbidden, []string{"Unknown", "ParamUnreadable p b"},
		},
		"A Secret is never read": {
			`paramKind: {apiVersion: v1, kind: Secret}, ` + validations(passes1), binding(`name: strict`), nil, ParamsSynced, []string{"Unknown", "ParamUnreadable p b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			withConfigMaps(test.state)(x)
			x.SetParamKind(secretKind, ParamStatus{ParamsSynced, true})
			feed(t, x, policyOf("p", test.policy), test.binding)
			feed(t, x, test.params...)
			if diff := cmp.Diff(test.want, said(evaluate(t, x))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAParameterWithoutANamespace(t *testing.T) {
	kind := schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "Rule"}
	x := New()
	x.SetParamKind(kind, ParamStatus{ParamsSynced, false})
	feed(t, x, policyOf("p", `paramKind: {apiVersion: rules.example.com/v1, kind: Rule}, `+validations(`{expression: "params.spec.open == true", messageExpression: "string(params.kind)"}`)),
		bindingOf("b", "p", `paramRef: {name: r, parameterNotFoundAction: Deny}, `+denyAll),
		bindingOf("c", "p", `paramRef: {name: r, namespace: shop, parameterNotFoundAction: Deny}, `+denyAll),
		`{apiVersion: rules.example.com/v1, kind: Rule, metadata: {name: r}, spec: {open: false}}`)
	want := []string{
		"Denied", "Refused [Deny] p b r #0: Rule",
		"ConfigurationError [Deny] p c: failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`",
	}
	if diff := cmp.Diff(want, said(evaluate(t, x))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAParameterIsKeptAsTheAPIServerWould(t *testing.T) {
	typed := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "m"}, Data: map[string]string{"a": "b"}}
	withKind := typed.DeepCopy()
	withKind.SetGroupVersionKind(configMaps)
	raw := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": "shop", "name": "m"}, "data": map[string]any{"a": "b"},
	}}
	custom := schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "Rule"}
	rule := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "rules.example.com/v1", "kind": "Rule", "metadata": map[string]any{"name": "r"}}}
	for name, test := range map[string]struct {
		kind        schema.GroupVersionKind
		given, want runtime.Object
	}{
		"A built-in kind, typed":           {configMaps, typed, typed},
		"A built-in kind that says so":     {configMaps, withKind, typed},
		"A built-in kind, unstructured":    {configMaps, raw, typed},
		"A custom kind":                    {custom, rule, rule},
		"A custom kind of another version": {custom.GroupKind().WithVersion("v1"), rule, rule},
		"A typed object of a custom kind": {custom, typed, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "rules.example.com/v1", "kind": "Rule", "metadata": map[string]any{"namespace": "shop", "name": "m"}, "data": map[string]any{"a": "b"},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := newParam(test.kind, test.given)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, p.object); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestObjectsThatAreNoParameters(t *testing.T) {
	x := New()
	if _, err := x.UpsertParam(secretKind, &corev1.Secret{}); !errors.Is(err, errSecretParam) {
		t.Errorf("a Secret: %v", err)
	}
	if _, err := x.UpsertParam(configMaps, &corev1.Pod{}); err == nil || err.Error() != "reading a parameter of kind /v1, Kind=ConfigMap: it is a *v1.Pod" {
		t.Errorf("a pod for a ConfigMap: %v", err)
	}
	bad := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "data": "text"}}
	if _, err := x.UpsertParam(configMaps, bad); err == nil {
		t.Error("data of another type is accepted")
	}
}

func TestKindsOfParametersAreThoseInUse(t *testing.T) {
	x := New()
	feed(t, x,
		policyOf("p", `paramKind: {apiVersion: v1, kind: ConfigMap}`), bindingOf("b1", "p", `paramRef: {name: a}`), bindingOf("b2", "p", `paramRef: {name: a}`),
		bindingOf("b3", "p", `paramRef: {namespace: other, selector: {matchLabels: {x: z}}}`), bindingOf("b4", "p", ""),
		policyOf("unbound", `paramKind: {apiVersion: v1, kind: Service}`),
		policyOf("secret", `paramKind: {apiVersion: v1, kind: Secret}`), bindingOf("b5", "secret", `paramRef: {name: a}`),
		mutatingOf("m", `paramKind: {apiVersion: rules.example.com/v1, kind: Rule}`), mutatingBindingOf("b6", "m", ""),
		`{kind: ValidatingAdmissionPolicy, metadata: {name: other}, spec: {paramKind: {apiVersion: v1, kind: Node}, matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}}}`,
		bindingOf("b7", "other", `paramRef: {name: a}`))
	want := []ParamKind{
		{Kind: configMaps, Refs: []ParamRef{{Name: "a"}, {Namespace: "other", Selector: "x=z"}}},
		{Kind: schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "Rule"}},
	}
	if diff := cmp.Diff(want, x.ParamKinds()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
