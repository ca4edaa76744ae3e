package admission

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// said is a result in lines: the verdict, denials, gaps.
func said(r Result) []string {
	lines := []string{string(r.Verdict())}
	for i := range r.Denials {
		d := &r.Denials[i]
		line := fmt.Sprintf("%s %v %s", d.Cause, d.Actions, d.Policy.Name)
		for _, part := range []string{d.Binding, d.Webhook, strings.Trim(d.Param.String(), "/")} {
			if part != "" {
				line += " " + part
			}
		}
		if d.Expression != NoExpression {
			line += fmt.Sprintf(" #%d", d.Expression)
		}
		lines = append(lines, line+": "+d.Message)
	}
	for _, g := range r.Gaps {
		line := fmt.Sprintf("%s %s", g.Reason, g.Policy.Name)
		for _, part := range []string{g.Binding, g.Webhook} {
			if part != "" {
				line += " " + part
			}
		}
		if !g.Enforced {
			line += " (not enforced)"
		}
		lines = append(lines, line)
	}
	return lines
}

var (
	configMaps = schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	gone       = schema.GroupVersionKind{Group: "gone", Version: "v1", Kind: "Gone"}
)

func withConfigMaps(state ParamState) func(*Policies) {
	return func(x *Policies) { x.SetParamKind(configMaps, ParamStatus{state, true}) }
}

const (
	passes1 = `{expression: "object.spec.containers.size() == 1"}`
	fails   = `{expression: "object.spec.containers.size() > 1", message: too few}`
	errs    = `{expression: "object.spec.nosuch.field == 1"}`
	broken  = `{expression: "object.spec.("}`
	asksWho = `{expression: "request.userInfo.username != 'alice'", message: not for alice}`
)

func validations(list ...string) string { return "validations: [" + strings.Join(list, ", ") + "]" }

func TestValidatingPolicies(t *testing.T) {
	const noSuchKey = "expression 'object.spec.nosuch.field == 1' resulted in error: no such key: nosuch"
	for name, test := range map[string]struct {
		manifests []string
		prepare   func(*Policies)
		change    func(*Request)
		want      []string
	}{
		"Without policies every pod is admitted": {want: []string{"Admitted"}},
		"A policy without a binding does nothing": {
			manifests: []string{policyOf("p", validations(fails))}, want: []string{"Admitted"},
		},
		"A binding without a policy does nothing": {
			manifests: []string{bindingOf("b", "p", denyAll)}, want: []string{"Admitted"},
		},
		"What passes is admitted": {
			manifests: []string{policyOf("p", validations(passes1)), bindingOf("b", "p", denyAll)}, want: []string{"Admitted"},
		},
		"Every failure of every binding and policy is collected": {
			manifests: []string{
				policyOf("q", validations(fails)), bindingOf("b2", "q", denyAll), bindingOf("b1", "q", `validationActions: [Warn, Audit]`),
				policyOf("p", validations(fails, passes1, errs)), bindingOf("b", "p", `validationActions: [Audit, Deny]`),
			},
			want: []string{
				"Denied",
				"Refused [Audit Deny] p b #0: too few", "EvaluationError [Audit Deny] p b #2: " + noSuchKey,
				"Refused [Audit Warn] q b1 #0: too few", "Refused [Deny] q b2 #0: too few",
			},
		},
		"What is only warned about is admitted": {
			manifests: []string{policyOf("p", validations(fails)), bindingOf("b", "p", `validationActions: [Warn]`)},
			want:      []string{"Admitted", "Refused [Warn] p b #0: too few"},
		},
		"An error is ignored where the policy says so": {
			manifests: []string{policyOf("p", `failurePolicy: Ignore, `+validations(errs, fails)), bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "Refused [Deny] p b #1: too few"},
		},
		"An error of an audit annotation refuses the pod even if the binding only audits": {
			manifests: []string{policyOf("p", `auditAnnotations: [{key: k, valueExpression: "string(object.spec.nosuch)"}]`), bindingOf("b", "p", `validationActions: [Audit]`)},
			want:      []string{"Denied", "EvaluationError [Deny] p b: expression 'string(object.spec.nosuch)' resulted in error: no such key: nosuch"},
		},
		"A cost over the limit is an error of the expression": {
			manifests: []string{
				policyOf("p", `variables: [{name: l, expression: "'0123456789'.split('')"}], `+validations(passes1,
					`{expression: "variables.l.all(a, variables.l.all(b, variables.l.all(c, variables.l.all(d, variables.l.all(e, variables.l.all(f, true))))))"}`)),
				bindingOf("b", "p", denyAll),
			},
			want: []string{"Denied", "EvaluationError [Deny] p b #1: expression 'variables.l.all(a, variables.l.all(b, variables.l.all(c, variables.l.all(d, " +
				"variables.l.all(e, variables.l.all(f, true))))))' resulted in error: operation cancelled: actual cost limit exceeded"},
		},
		"Messages are as upstream makes them": {
			manifests: []string{policyOf("p", validations(
				`{expression: "false", message: plain, messageExpression: "'made of ' + object.spec.containers[0].name"}`,
				`{expression: "false", message: "  plain ", messageExpression: "'two\nlines'"}`, `{expression: "false"}`,
			)), bindingOf("b", "p", denyAll)},
			want: []string{"Denied", "Refused [Deny] p b #0: made of web", "Refused [Deny] p b #1: plain", "Refused [Deny] p b #2: failed expression: false"},
		},
		"The namespace of the binding and of the policy are matched": {
			manifests: []string{
				policyOf("p", validations(fails)), bindingOf("b1", "p", denyAll+`, matchResources: {namespaceSelector: {matchLabels: {env: prod}}}`),
				bindingOf("b2", "p", denyAll+`, matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}`),
			},
			want: []string{"Denied", "Refused [Deny] p b2 #0: too few"},
		},
		"The labels of the pod are matched": {
			manifests: []string{
				policyOf("p", validations(fails)), bindingOf("b1", "p", denyAll+`, matchResources: {objectSelector: {matchLabels: {app: db}}}`),
				bindingOf("b2", "p", denyAll+`, matchResources: {objectSelector: {matchLabels: {app: web}}}`),
			},
			want: []string{"Denied", "Refused [Deny] p b2 #0: too few"},
		},
		"A condition that is false leaves the policy out, whatever else fails": {
			manifests: []string{policyOf("p", `matchConditions: [{name: a, expression: "object.spec.nosuch.field == 1"}, {name: b, expression: "false"}], `+validations(fails)), bindingOf("b", "p", denyAll)},
			want:      []string{"Admitted"},
		},
		"A condition that fails is a failure": {
			manifests: []string{policyOf("p", `matchConditions: [{name: a, expression: "object.spec.nosuch.field == 1"}], `+validations(passes1)), bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "EvaluationError [Deny] p b: " + noSuchKey},
		},
		"A condition that fails leaves out a policy that ignores failures": {
			manifests: []string{policyOf("p", `failurePolicy: Ignore, matchConditions: [{name: a, expression: "object.spec.nosuch.field == 1"}], `+validations(fails)), bindingOf("b", "p", denyAll)},
			want:      []string{"Admitted"},
		},
		"A selector that cannot be parsed is an error of the configuration, said once": {
			manifests: []string{
				`{kind: ValidatingAdmissionPolicy, metadata: {name: p}, spec: {matchConstraints: {namespaceSelector: {matchExpressions: [{key: a, operator: Like}]}, resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, ` + validations(passes1) + `}}`,
				bindingOf("b1", "p", denyAll), bindingOf("b2", "p", denyAll),
			},
			want: []string{"Denied", `ConfigurationError [Deny] p: failed to configure policy: Internal error occurred: "Like" is not a valid label selector operator`},
		},
		"A policy without constraints is an error of the configuration": {
			manifests: []string{`{kind: ValidatingAdmissionPolicy, metadata: {name: p}, spec: {` + validations(passes1) + `}}`, bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "ConfigurationError [Deny] p: failed to configure policy: policy contained no match constraints, a required field"},
		},
		"The name that will be generated, the phase and the quality of service are there": {
			manifests: []string{policyOf("p", validations(`{expression: "object.metadata.name == 'web-7c9d8f-xxxxx' && request.name == object.metadata.name && object.status == {'phase': 'Pending', 'qosClass': 'BestEffort'}"}`)), bindingOf("b", "p", denyAll)},
			want:      []string{"Admitted"},
		},
		"The request is the creation of a pod by the user": {
			manifests: []string{policyOf("p", validations(`{expression: "request.operation == 'CREATE' && request.kind.kind == 'Pod' && request.namespace == 'shop' && !request.dryRun && oldObject == null && request.options.kind == 'CreateOptions' && request.userInfo.username.endsWith(':replicaset-controller') && namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'shop' && object.kind == 'Pod'"}`)), bindingOf("b", "p", denyAll)},
			want:      []string{"Admitted"},
		},
		"Without the namespace everything is unknown": {
			manifests: []string{policyOf("p", validations(passes1)), bindingOf("b", "p", denyAll)},
			change:    func(r *Request) { r.Namespace = nil },
			want:      []string{"Unknown", "NamespaceNotRead p"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			if test.prepare != nil {
				test.prepare(x)
			}
			feed(t, x, test.manifests...)
			r := evaluate(t, x, func(r *Request) {
				if test.change != nil {
					test.change(r)
				}
			})
			if diff := cmp.Diff(test.want, said(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A policy that this version cannot read is never passed over in silence.
func TestPoliciesThatCannotBeRead(t *testing.T) {
	for name, test := range map[string]struct {
		manifests []string
		want      []string
		faults    []string
	}{
		"An expression that does not compile is a failure, and the other policies are judged": {
			manifests: []string{policyOf("p", validations(broken, fails)), bindingOf("b", "p", denyAll), policyOf("q", validations(fails)), bindingOf("c", "q", denyAll)},
			want:      []string{"Denied", "CompilationError [Deny] p b #0: …", "Refused [Deny] p b #1: too few", "Refused [Deny] q c #0: too few"},
			faults:    []string{"spec.validations[0]: …"},
		},
		"Where failures are ignored, it is not known what a newer API server would say": {
			manifests: []string{policyOf("p", `failurePolicy: Ignore, `+validations(broken, passes1)), bindingOf("b", "p", denyAll)},
			want:      []string{"Unknown", "PolicyBroken p b"},
			faults:    []string{"spec.validations[0]: …"},
		},
		"A variable that does not compile breaks what uses it": {
			manifests: []string{policyOf("p", `failurePolicy: Ignore, variables: [{name: v, expression: "1 +"}], `+validations(`{expression: "variables.v == 1"}`, fails)), bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "Refused [Deny] p b #1: too few", "PolicyBroken p b"},
			faults:    []string{"spec.variables[0]: …"},
		},
		"A condition that does not compile is a failure": {
			manifests: []string{policyOf("p", `matchConditions: [{name: a, expression: "nosuch"}], `+validations(passes1)), bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "CompilationError [Deny] p b: …"},
			faults:    []string{"spec.matchConditions[0]: …"},
		},
		"A condition that does not compile does not matter where another is false": {
			manifests: []string{policyOf("p", `failurePolicy: Ignore, matchConditions: [{name: a, expression: "nosuch"}, {name: b, expression: "false"}], `+validations(fails)), bindingOf("b", "p", denyAll)},
			want:      []string{"Admitted"},
			faults:    []string{"spec.matchConditions[0]: …"},
		},
		"An unknown action of a binding": {
			manifests: []string{policyOf("p", validations(fails)), bindingOf("b", "p", `validationActions: [Quarantine, Deny]`)},
			want:      []string{"Denied", "Refused [Deny Quarantine] p b #0: too few", "PolicyBroken p b"},
			faults:    []string{`spec.validationActions is "Quarantine", which is not known`},
		},
		"An unknown action alone": {
			manifests: []string{policyOf("p", validations(fails)), bindingOf("b", "p", `validationActions: [Quarantine]`)},
			want:      []string{"Unknown", "Refused [Quarantine] p b #0: too few", "PolicyBroken p b"},
			faults:    []string{`spec.validationActions is "Quarantine", which is not known`},
		},
		"An unknown scope may match": {
			manifests: []string{strings.Replace(policyOf("p", validations(fails)), "resources: [pods]", "resources: [pods], scope: Tenant", 1), bindingOf("b", "p", denyAll)},
			want:      []string{"Unknown", "PolicyBroken p b"},
			faults:    []string{`spec.matchConstraints.resourceRules[0].scope is "Tenant", which is not known`},
		},
		"An unknown failure policy": {
			manifests: []string{policyOf("p", `failurePolicy: Ask, `+validations(errs)), bindingOf("b", "p", denyAll)},
			want:      []string{"Denied", "EvaluationError [Deny] p b #0: expression 'object.spec.nosuch.field == 1' resulted in error: no such key: nosuch", "PolicyBroken p b"},
			faults:    []string{`spec.failurePolicy is "Ask", which is not known`},
		},
		"A kind of parameters that cannot be one": {
			manifests: []string{policyOf("p", `paramKind: {apiVersion: a/b/c, kind: D}, `+validations(passes1)), bindingOf("b", "p", denyAll)},
			want:      []string{"Unknown", "ParamNotSynced p", "PolicyBroken p b"},
			faults:    []string{"spec.paramKind.apiVersion: …"},
		},
		"An unknown type of patch": {
			manifests: []string{mutatingOf("p", `mutations: [{patchType: Script}]`), mutatingBindingOf("b", "p", ""), policyOf("q", validations(fails)), bindingOf("c", "q", denyAll)},
			want:      []string{"Unknown", "Refused [Deny] q c #0: too few", "PolicyBroken p b"},
			faults:    []string{`spec.mutations[0].patchType is "Script", which is not known`},
		},
		"A mutation that does not compile": {
			manifests: []string{mutatingOf("p", `mutations: [{patchType: JSONPatch, jsonPatch: {expression: "nosuch"}}]`), mutatingBindingOf("b", "p", "")},
			want:      []string{"Denied", "CompilationError [Deny] p b: …"},
			faults:    []string{"spec.mutations[0]: …"},
		},
		"A mutation that does not compile and is ignored": {
			manifests: []string{mutatingOf("p", `failurePolicy: Ignore, mutations: [{patchType: JSONPatch, jsonPatch: {expression: "nosuch"}}]`), mutatingBindingOf("b", "p", "")},
			want:      []string{"Unknown", "PolicyBroken p b"},
			faults:    []string{"spec.mutations[0]: …"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			feed(t, x, test.manifests...)
			var faults []string
			for _, f := range x.Faults() {
				faults = append(faults, shortened(f.Message, ": "))
			}
			got := said(evaluate(t, x))
			for i := range got {
				if strings.HasPrefix(got[i], string(CompilationError)) {
					got[i] = shortened(got[i], ": ")
				}
			}
			if diff := cmp.Diff([][]string{test.want, test.faults}, [][]string{got, faults}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// shortened leaves out what the compiler says.
func shortened(text, after string) string {
	if head, _, found := strings.Cut(text, after); found {
		return head + after + "…"
	}
	return text
}

// toldVolumes is a volume of which the driver is told something that is not kept.
func toldVolumes() []corev1.Volume {
	csi := &corev1.CSIVolumeSource{Driver: "smb.csi.k8s.io", VolumeAttributes: map[string]string{"share": "<redacted>"}}
	return []corev1.Volume{{Name: "share", VolumeSource: corev1.VolumeSource{CSI: csi}}}
}

// What depends on a missing fact is unknown, and nothing else is.
func TestMissingFacts(t *testing.T) {
	const mayRead = `{expression: "authorizer.group('').resource('secrets').check('get').allowed()", message: may not read}`
	nobody := func(r *Request) { r.User = nil }
	redacted := func(r *Request) { r.LiteralsRedacted = true }
	for name, test := range map[string]struct {
		spec   string
		change func(*Request)
		want   []string
	}{
		"Who asks is known":                              {validations(asksWho), nil, []string{"Admitted"}},
		"Who asks is not known":                          {validations(asksWho), nobody, []string{"Unknown", "UserUnknown p b"}},
		"Another validation refuses whoever asks":        {validations(asksWho, fails), nobody, []string{"Denied", "Refused [Deny] p b #1: too few", "UserUnknown p b"}},
		"Of who asks only the name is known":             {validations(asksWho), func(r *Request) { r.UserPartial = true }, []string{"Admitted"}},
		"More of who asks is not known":                  {validations(`{expression: "!has(request.userInfo.extra)"}`), func(r *Request) { r.UserPartial = true }, []string{"Unknown", "UserUnknown p b"}},
		"Nothing asks who asks":                          {validations(passes1), nobody, []string{"Admitted"}},
		"Only the message asks who asks":                 {validations(`{expression: "false", messageExpression: "'not for ' + request.userInfo.username", message: nope}`), nobody, []string{"Denied", "Refused [Deny] p b #0: nope"}},
		"A condition asks who asks, the rest would pass": {`failurePolicy: Ignore, matchConditions: [{name: c, expression: "request.userInfo.username != 'a'"}], ` + validations(passes1), nobody, []string{"Admitted"}},
		"A condition asks who asks, and may fail":        {`matchConditions: [{name: c, expression: "request.userInfo.username != 'a'"}], ` + validations(passes1), nobody, []string{"Unknown", "UserUnknown p b"}},
		"A condition asks who asks, the rest would fail": {`matchConditions: [{name: c, expression: "request.userInfo.username != 'a'"}], ` + validations(fails), nobody, []string{"Unknown", "UserUnknown p b"}},
		"A condition asks who asks, another is false":    {`matchConditions: [{name: c, expression: "request.userInfo.username != 'a'"}, {name: d, expression: "false"}], ` + validations(fails), nobody, []string{"Admitted"}},
		"An annotation asks who asks, and may fail":      {`auditAnnotations: [{key: k, valueExpression: "request.userInfo.username"}]`, nobody, []string{"Unknown", "UserUnknown p b"}},
		"The authorizer is asked and there is none":      {validations(mayRead), nil, []string{"Unknown", "AuthorizerNotAsked p b"}},
		"The authorizer is asked about nobody":           {validations(mayRead), func(r *Request) { r.User, r.Authorizer = nil, allowing("someone") }, []string{"Unknown", "UserUnknown p b"}},
		"The authorizer allows":                          {validations(mayRead), func(r *Request) { r.Authorizer = allowing(replicaSetController().GetName()) }, []string{"Admitted"}},
		"The authorizer does not":                        {validations(mayRead), func(r *Request) { r.Authorizer = allowing("someone") }, []string{"Denied", "Refused [Deny] p b #0: may not read"}},
		"A ServiceAccount is asked about, whoever asks": {
			validations(`{expression: "authorizer.serviceAccount('shop', 'web').group('').resource('secrets').check('get').allowed()"}`),
			func(r *Request) { r.User, r.Authorizer = nil, allowing("system:serviceaccount:shop:web") },
			[]string{"Admitted"},
		},
		"A literal is read that is not kept": {validations(`{expression: "object.spec.containers.all(c, c.env.all(e, e.value != 'x'))"}`), redacted, []string{"Unknown", "LiteralsNotKept p b"}},
		"A literal is read that is kept":     {validations(`{expression: "object.spec.containers.all(c, c.env.all(e, e.value != 'x'))"}`), nil, []string{"Admitted"}},
		"What a driver is told is read and not kept": {
			validations(`{expression: "object.spec.volumes.all(v, !has(v.csi) || v.csi.volumeAttributes['share'] != 'x')"}`),
			func(r *Request) { redacted(r); r.Pod.Spec.Volumes = toldVolumes() },
			[]string{"Unknown", "LiteralsNotKept p b"},
		},
		"The driver is read, and that is kept": {
			validations(`{expression: "object.spec.volumes.all(v, !has(v.csi) || v.csi.driver != 'x')"}`),
			func(r *Request) { redacted(r); r.Pod.Spec.Volumes = toldVolumes() },
			[]string{"Admitted"},
		},
		"A header of a probe is read and not kept": {
			validations(`{expression: "object.spec.containers.all(c, c.livenessProbe.httpGet.httpHeaders.all(h, h.value != 'x'))"}`),
			func(r *Request) {
				redacted(r)
				get := &corev1.HTTPGetAction{HTTPHeaders: []corev1.HTTPHeader{{Name: "Authorization", Value: "<redacted>"}}}
				for i := range r.Pod.Spec.Containers {
					r.Pod.Spec.Containers[i].Env = nil
					r.Pod.Spec.Containers[i].LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: get}}
				}
			},
			[]string{"Unknown", "LiteralsNotKept p b"},
		},
		"A literal is read of a pod that has none": {
			validations(`{expression: "object.spec.containers.all(c, c.env.all(e, e.?value.orValue('') == ''))"}`),
			func(r *Request) { r.LiteralsRedacted = true; r.Pod.Spec.Containers[0].Env[0].Value = "" },
			[]string{"Admitted"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			feed(t, x, policyOf("p", test.spec), bindingOf("b", "p", denyAll))
			r := evaluate(t, x, func(r *Request) {
				if test.change != nil {
					test.change(r)
				}
			})
			if diff := cmp.Diff(test.want, said(r)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// allowing is an authorizer that allows one user everything.
type allowing string

func (a allowing) Authorize(_ context.Context, asked authorizer.Attributes) (authorizer.Decision, string, error) {
	if asked.GetUser().GetName() == string(a) {
		return authorizer.DecisionAllow, "", nil
	}
	return authorizer.DecisionNoOpinion, "", nil
}

var _ user.Info = (*user.DefaultInfo)(nil)

func TestTheTimeOfADenialIsTheLatestOfItsObjects(t *testing.T) {
	x := New()
	withConfigMaps(ParamsSynced)(x)
	at := func(manifest, time string) string {
		return strings.Replace(manifest, "metadata: {", "metadata: {creationTimestamp: "+time+", ", 1)
	}
	feed(t, x, at(policyOf("p", `paramKind: {apiVersion: v1, kind: ConfigMap}, `+validations(fails)), "2026-01-01T00:00:00Z"),
		at(bindingOf("b", "p", `paramRef: {selector: {}, parameterNotFoundAction: Deny}, `+denyAll), "2026-02-01T00:00:00Z"),
		at(configMap("shop", "old", ""), "2025-01-01T00:00:00Z"), at(configMap("shop", "young", ""), "2026-03-01T00:00:00Z"))
	got := map[string]string{}
	for _, d := range evaluate(t, x).Denials {
		got[d.Param.Name] = d.Changed.UTC().Format("2006-01-02")
	}
	if diff := cmp.Diff(map[string]string{"old": "2026-02-01", "young": "2026-03-01"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAPodThatIsGivenIsNotChanged(t *testing.T) {
	x := newCluster(t)
	feed(t, x, mutatingOf("m", `mutations: [{patchType: JSONPatch, jsonPatch: {expression: "[JSONPatch{op: 'test', path: '/kind', value: 'X'}]"}},
		{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'web', image: 'x'}]}}"}}]`), mutatingBindingOf("mb", "m", ""))
	pod := testPod(func(p *corev1.Pod) { p.TypeMeta = metav1.TypeMeta{}; p.Spec.Containers[0].ImagePullPolicy = "" })
	before := pod.DeepCopy()
	r := evaluate(t, x, func(r *Request) { r.Pod = pod })
	if diff := cmp.Diff(before, pod); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if got := r.Pod.Spec.Containers[0]; got.Image != "x" || got.ImagePullPolicy != corev1.PullIfNotPresent {
		t.Errorf("the pod was not mutated: %+v", got)
	}
}
