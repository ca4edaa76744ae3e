package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func apply(expression string) string {
	return `mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "` + expression + `"}}]`
}

func patched(expression string) string {
	return `mutations: [{patchType: JSONPatch, jsonPatch: {expression: "` + expression + `"}}]`
}

const labelled1 = `Object{metadata: Object.metadata{labels: {'team': 'red'}}}`

func TestMutatingPolicies(t *testing.T) {
	needsTeam := []string{policyOf("v", validations(`{expression: "object.metadata.labels[?'team'] == optional.of('red')", message: no team}`)), bindingOf("vb", "v", denyAll)}
	for name, test := range map[string]struct {
		manifests []string
		change    func(*Request)
		labels    map[string]string
		want      []string
	}{
		"A configuration is applied before the pod is validated": {
			manifests: []string{mutatingOf("m", apply(labelled1)), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web", "team": "red"}, want: []string{"Admitted"},
		},
		"A patch is applied before the pod is validated": {
			manifests: []string{mutatingOf("m", patched("[JSONPatch{op: 'add', path: '/metadata/labels/team', value: 'red'}]")), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web", "team": "red"}, want: []string{"Admitted"},
		},
		"A binding for another namespace is not applied": {
			manifests: []string{mutatingOf("m", apply(labelled1)), mutatingBindingOf("b", "m", `matchResources: {namespaceSelector: {matchLabels: {env: prod}}}`)},
			labels:    map[string]string{"app": "web"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"A condition that is false is not applied": {
			manifests: []string{mutatingOf("m", `matchConditions: [{name: c, expression: "false"}], `+apply(labelled1)), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"A policy that asks to be is invoked again after another": {
			manifests: []string{
				mutatingOf("a", `reinvocationPolicy: IfNeeded, `+apply(`Object{metadata: Object.metadata{labels: {'team': 'mesh' in object.metadata.labels ? 'red' : 'blue'}}}`)), mutatingBindingOf("ab", "a", ""),
				mutatingOf("z", apply(`Object{metadata: Object.metadata{labels: {'mesh': 'on'}}}`)), mutatingBindingOf("zb", "z", ""),
			},
			labels: map[string]string{"app": "web", "team": "red", "mesh": "on"}, want: []string{"Admitted"},
		},
		"A policy that does not ask is not": {
			manifests: []string{
				mutatingOf("a", apply(`Object{metadata: Object.metadata{labels: {'team': 'mesh' in object.metadata.labels ? 'red' : 'blue'}}}`)), mutatingBindingOf("ab", "a", ""),
				mutatingOf("z", apply(`Object{metadata: Object.metadata{labels: {'mesh': 'on'}}}`)), mutatingBindingOf("zb", "z", ""),
			},
			labels: map[string]string{"app": "web", "team": "blue", "mesh": "on"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"The plugins of the API server run again before": {
			manifests: []string{
				mutatingOf("a", `reinvocationPolicy: IfNeeded, matchConditions: [{name: c, expression: "'again' in object.metadata.labels"}], `+apply(labelled1)), mutatingBindingOf("ab", "a", ""),
				mutatingOf("b", `reinvocationPolicy: IfNeeded, `+apply(`Object{metadata: Object.metadata{labels: {'x': 'y'}}}`)), mutatingBindingOf("bb", "b", ""),
			},
			change: func(r *Request) { r.Reinvoke = func(p *corev1.Pod) { p.Labels["again"] = "yes" } },
			labels: map[string]string{"app": "web", "x": "y", "again": "yes"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"Parameters are given to each": {
			manifests: []string{
				mutatingOf("m", `paramKind: {apiVersion: v1, kind: ConfigMap}, `+apply(`Object{metadata: Object.metadata{labels: params.data}}`)),
				mutatingBindingOf("b", "m", `paramRef: {selector: {}, parameterNotFoundAction: Deny}`), configMap("shop", "a", `data: {team: red}`), configMap("shop", "b", `data: {x: "y"}`),
			},
			labels: map[string]string{"app": "web", "team": "red", "x": "y"}, want: []string{"Admitted"},
		},
		"An error refuses the pod, and the others are asked all the same": {
			manifests: []string{mutatingOf("m", apply("object.spec.nosuch.field == 1 ? Object{} : Object{}")), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web"},
			want:      []string{"Denied", "EvaluationError [Deny] m b: expression 'object.spec.nosuch.field == 1 ? Object{} : Object{}' resulted in error: no such key: nosuch", "Refused [Deny] v vb #0: no team"},
		},
		"An error is ignored where the policy says so": {
			manifests: []string{mutatingOf("m", `failurePolicy: Ignore, `+apply("object.spec.nosuch.field == 1 ? Object{} : Object{}")), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"What is no pod any more rejects the request at once": {
			manifests: []string{mutatingOf("m", `failurePolicy: Ignore, `+patched("[JSONPatch{op: 'replace', path: '/spec/containers', value: 'text'}]")), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web"},
			want: []string{
				"Denied", "InternalError [Deny] m: Internal error occurred: json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container", "Refused [Deny] v vb #0: no team",
			},
		},
		"A parameter that is not there": {
			manifests: []string{mutatingOf("m", `paramKind: {apiVersion: v1, kind: ConfigMap}, `+apply(labelled1)), mutatingBindingOf("b", "m", `paramRef: {name: a, parameterNotFoundAction: Deny}`)},
			labels:    map[string]string{"app": "web"},
			want: []string{
				"Denied", "ConfigurationError [Deny] m b: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction", "Refused [Deny] v vb #0: no team",
			},
		},
		"A kind of parameters that is gone": {
			manifests: []string{mutatingOf("m", `paramKind: {apiVersion: gone/v1, kind: Gone}, `+apply(labelled1)), mutatingBindingOf("b", "m", "")},
			labels:    map[string]string{"app": "web"},
			want: []string{
				"Denied", "ConfigurationError [Deny] m: failed to configure policy: failed to find resource referenced by paramKind: 'gone/v1, Kind=Gone'", "Refused [Deny] v vb #0: no team",
			},
		},
		"One that asks who asks is not applied, and then no denial is certain": {
			manifests: []string{mutatingOf("m", apply(`Object{metadata: Object.metadata{labels: {'team': request.userInfo.username}}}`)), mutatingBindingOf("b", "m", "")},
			change:    func(r *Request) { r.User = nil },
			labels:    map[string]string{"app": "web"}, want: []string{"Unknown", "Refused [Deny] v vb #0: no team", "UserUnknown m b"},
		},
		"One that asks who asks, but does not match, is not missed": {
			manifests: []string{mutatingOf("m", `matchConditions: [{name: c, expression: "'x' in object.metadata.labels"}], `+apply(`Object{metadata: Object.metadata{labels: {'team': request.userInfo.username}}}`)), mutatingBindingOf("b", "m", "")},
			change:    func(r *Request) { r.User = nil },
			labels:    map[string]string{"app": "web"}, want: []string{"Denied", "Refused [Deny] v vb #0: no team"},
		},
		"One that comes to match by another is missed": {
			manifests: []string{
				mutatingOf("a", apply(`Object{metadata: Object.metadata{labels: {'x': 'y'}}}`)), mutatingBindingOf("ab", "a", ""),
				mutatingOf("m", `matchConditions: [{name: c, expression: "'x' in object.metadata.labels"}], `+apply(`Object{metadata: Object.metadata{labels: {'team': request.userInfo.username}}}`)), mutatingBindingOf("b", "m", ""),
			},
			change: func(r *Request) { r.User = nil },
			labels: map[string]string{"app": "web", "x": "y"}, want: []string{"Unknown", "Refused [Deny] v vb #0: no team", "UserUnknown m b"},
		},
		"Literals that are copied are not read": {
			manifests: []string{mutatingOf("m", patched("[JSONPatch{op: 'add', path: '/spec/initContainers', value: object.spec.containers}, JSONPatch{op: 'add', path: '/metadata/labels/team', value: 'red'}]")), mutatingBindingOf("b", "m", "")},
			change:    func(r *Request) { r.LiteralsRedacted = true },
			labels:    map[string]string{"app": "web", "team": "red"}, want: []string{"Admitted"},
		},
		"Parameters that may not be read": {
			manifests: []string{mutatingOf("m", `paramKind: {apiVersion: v1, kind: Secret}, `+apply(labelled1)), mutatingBindingOf("b", "m", "paramRef: {name: x}")},
			labels:    map[string]string{"app": "web"}, want: []string{"Unknown", "Refused [Deny] v vb #0: no team", "ParamUnreadable m b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			withConfigMaps(ParamsSynced)(x)
			x.SetParamKind(gone, ParamStatus{State: ParamsMissing})
			feed(t, x, test.manifests...)
			feed(t, x, needsTeam...)
			r := evaluate(t, x, func(r *Request) {
				if test.change != nil {
					test.change(r)
				}
			})
			if diff := cmp.Diff(test.want, said(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.labels, r.Pod.Labels); diff != "" {
				t.Errorf("labels (-want +got):\n%s", diff)
			}
		})
	}
}
