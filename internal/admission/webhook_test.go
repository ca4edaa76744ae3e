package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
)

func webhooks(kind, name, hooks string) string {
	return `{apiVersion: admissionregistration.k8s.io/v1, kind: ` + kind + `, metadata: {name: ` + name + `}, webhooks: [` + hooks + `]}`
}

func TestWebhooksAreNamedWhereTheyWouldBeCalled(t *testing.T) {
	const pods = `rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]`
	rule := func(what string) string { return `{name: w, rules: [{` + what + `}]}` }
	hook := func(more string) string { return `{name: w, ` + pods + `, ` + more + `}` }
	nobody := func(r *Request) { r.User = nil }
	asked := []string{"Unknown", "WebhookNotAsked c w"}
	for name, test := range map[string]struct {
		hooks  string
		change func(*Request)
		want   []string
	}{
		"The creation of pods":                       {`{name: w, ` + pods + `}`, nil, asked},
		"Everything":                                 {rule(`apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"]`), nil, asked},
		"All resources without their parts":          {rule(`apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: ["*"]`), nil, asked},
		"Pods with their parts":                      {rule(`apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: ["pods/*"]`), nil, asked},
		"A part of pods":                             {rule(`apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: ["pods/exec"]`), nil, []string{"Admitted"}},
		"Updates":                                    {rule(`apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [pods]`), nil, []string{"Admitted"}},
		"Another group":                              {rule(`apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: ["*"]`), nil, []string{"Admitted"}},
		"Another version":                            {rule(`apiGroups: [""], apiVersions: [v2], operations: [CREATE], resources: [pods]`), nil, []string{"Admitted"}},
		"What has no namespace":                      {rule(`apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: ["*"], scope: Cluster`), nil, []string{"Admitted"}},
		"The namespace":                              {hook(`namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}`), nil, asked},
		"Another namespace":                          {hook(`namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [shop]}]}`), nil, []string{"Admitted"}},
		"The labels of the pod":                      {hook(`objectSelector: {matchLabels: {app: web}}`), nil, asked},
		"Other labels of the pod":                    {hook(`objectSelector: {matchLabels: {app: db}}`), nil, []string{"Admitted"}},
		"A condition that is true":                   {hook(`matchConditions: [{name: c, expression: "object.spec.containers.size() == 1"}]`), nil, asked},
		"A condition that is false":                  {hook(`matchConditions: [{name: c, expression: "request.userInfo.username == 'alice'"}]`), nil, []string{"Admitted"}},
		"A condition that asks who asks":             {hook(`matchConditions: [{name: c, expression: "request.userInfo.username == 'alice'"}]`), nobody, asked},
		"A condition that is false whoever asks":     {hook(`matchConditions: [{name: c, expression: "request.userInfo.username == 'alice'"}, {name: d, expression: "false"}]`), nobody, []string{"Admitted"}},
		"A condition that fails":                     {hook(`matchConditions: [{name: c, expression: "object.spec.nosuch == 1"}]`), nil, []string{"Denied", "EvaluationError [Deny] c w: expression 'object.spec.nosuch == 1' resulted in error: no such key: nosuch"}},
		"A condition that fails and is ignored":      {hook(`failurePolicy: Ignore, matchConditions: [{name: c, expression: "object.spec.nosuch == 1"}]`), nil, []string{"Admitted"}},
		"A condition that does not compile":          {hook(`matchConditions: [{name: c, expression: "variables.x"}]`), nil, []string{"Denied", "CompilationError [Deny] c w: …"}},
		"A condition that does not compile, ignored": {hook(`failurePolicy: Ignore, matchConditions: [{name: c, expression: "nosuch"}]`), nil, asked},
		"A selector that cannot be parsed":           {hook(`objectSelector: {matchExpressions: [{key: a, operator: Like}]}`), nil, []string{"Denied", `ConfigurationError [Deny] c w: Internal error occurred: "Like" is not a valid label selector operator`}},
		"One that is trusted":                        {`{name: w, ` + pods + `}`, func(r *Request) { r.TrustWebhook = func(c, w string) bool { return c == "c" && w == "w" } }, []string{"Admitted"}},
		"One of two is trusted":                      {`{name: w, ` + pods + `}, {name: v, ` + pods + `}`, func(r *Request) { r.TrustWebhook = func(_, w string) bool { return w == "w" } }, []string{"Unknown", "WebhookNotAsked c v"}},
		"One in a namespace that is not known":       {`{name: w, ` + pods + `}`, func(r *Request) { r.Namespace = nil }, []string{"Unknown", "NamespaceNotRead c w"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			feed(t, x, webhooks("ValidatingWebhookConfiguration", "c", test.hooks))
			got := said(evaluate(t, x, func(r *Request) {
				if test.change != nil {
					test.change(r)
				}
			}))
			if name == "A condition that does not compile" {
				got[1] = shortened(got[1], ": ")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMutatingWebhookIsNamedAndDoesNotDecide(t *testing.T) {
	x := New()
	feed(t, x, webhooks("MutatingWebhookConfiguration", "injector", `{name: sidecar.example.com, failurePolicy: Ignore, sideEffects: NoneOnDryRun,
		rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}`))
	r := evaluate(t, x)
	if got := r.Verdict(); got != Admitted {
		t.Errorf("it is %s", got)
	}
	want := []Gap{{
		Reason: MutatingWebhookNotApplied, Policy: Ref{MutatingWebhooks, "injector"}, Webhook: "sidecar.example.com", Message: MutatingWebhookNotApplied.message(),
		FailurePolicy: admissionregistrationv1.Ignore, SideEffects: admissionregistrationv1.SideEffectClassNoneOnDryRun,
	}}
	if diff := cmp.Diff(want, r.Gaps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAWebhookIsMatchedWithThePodThatPoliciesHaveMade(t *testing.T) {
	x := New()
	feed(t, x, mutatingOf("m", apply(labelled1)), mutatingBindingOf("b", "m", ""),
		webhooks("ValidatingWebhookConfiguration", "c", `{name: w, objectSelector: {matchLabels: {team: red}}, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}`))
	if diff := cmp.Diff([]string{"Unknown", "WebhookNotAsked c w"}, said(evaluate(t, x))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
