package admission

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reached names the namespaces that a change affects, of three.
func reached(s Scope) string {
	if s.All() {
		return "all"
	}
	var names []string
	for _, n := range []struct {
		name   string
		labels map[string]string
	}{{"dev", map[string]string{"env": "dev"}}, {"plain", nil}, {"prod", map[string]string{"env": "prod", "tier": "a"}}} {
		if s.Matches(n.name, n.labels) {
			names = append(names, n.name)
		}
	}
	if got := strings.Join(names, " "); got != "" || s.Empty() {
		return got
	}
	return "none of these"
}

func TestWhatAChangeAffects(t *testing.T) {
	inNamespaces := func(manifest, selector string) string {
		return strings.Replace(manifest, "matchConstraints: {", "matchConstraints: {namespaceSelector: "+selector+", ", 1)
	}
	const prod, dev = `{matchLabels: {env: prod}}`, `{matchLabels: {env: dev}}`
	const takesParam = `paramKind: {apiVersion: v1, kind: ConfigMap}, `
	deployments := `{kind: ValidatingAdmissionPolicy, metadata: {name: p}, spec: {matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}}}`
	excluded := `{kind: ValidatingAdmissionPolicy, metadata: {name: p}, spec: {matchConstraints: {
		resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}], excludeResourceRules: [{apiGroups: [""], apiVersions: ["*"], operations: ["*"], resources: [pods]}]}}}`
	named := strings.Replace(excluded, "resources: [pods]}]}}}", "resources: [pods], resourceNames: [x]}]}}}", 1)
	hooks := func(selector string) string {
		return webhooks("ValidatingWebhookConfiguration", "c", `{name: w, namespaceSelector: `+selector+`, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}`)
	}
	for name, test := range map[string]struct {
		before []string
		change string
		want   string
	}{
		"A policy that is not bound":                           {nil, policyOf("p", ""), ""},
		"A binding without a policy":                           {nil, bindingOf("b", "p", denyAll), ""},
		"A binding turns a policy on":                          {[]string{policyOf("p", "")}, bindingOf("b", "p", denyAll), "all"},
		"A policy comes to its binding":                        {[]string{bindingOf("b", "p", denyAll)}, policyOf("p", ""), "all"},
		"The same policy again":                                {[]string{policyOf("p", ""), bindingOf("b", "p", denyAll)}, policyOf("p", `failurePolicy: Fail`), ""},
		"The same binding again":                               {[]string{policyOf("p", ""), bindingOf("b", "p", denyAll)}, bindingOf("b", "p", denyAll), ""},
		"A policy for some namespaces":                         {[]string{bindingOf("b", "p", denyAll)}, inNamespaces(policyOf("p", ""), prod), "prod"},
		"A policy leaves some namespaces for others":           {[]string{bindingOf("b", "p", denyAll), inNamespaces(policyOf("p", ""), prod)}, inNamespaces(policyOf("p", ""), dev), "dev prod"},
		"A binding for some namespaces":                        {[]string{policyOf("p", "")}, bindingOf("b", "p", `matchResources: {namespaceSelector: `+prod+`}`), "prod"},
		"A binding for some of the policy's namespaces":        {[]string{inNamespaces(policyOf("p", ""), prod)}, bindingOf("b", "p", `matchResources: {namespaceSelector: {matchLabels: {tier: a}}}`), "prod"},
		"A binding for none of the policy's namespaces":        {[]string{inNamespaces(policyOf("p", ""), prod)}, bindingOf("b", "p", `matchResources: {namespaceSelector: `+dev+`}`), "none of these"},
		"A binding by the name of a namespace":                 {[]string{policyOf("p", "")}, bindingOf("b", "p", `matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: plain}}}`), "plain"},
		"A binding for another resource":                       {[]string{policyOf("p", "")}, bindingOf("b", "p", `matchResources: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: ["*"]}]}`), ""},
		"A binding moves to another policy":                    {[]string{inNamespaces(policyOf("p", ""), prod), inNamespaces(policyOf("q", ""), dev), bindingOf("b", "p", denyAll)}, bindingOf("b", "q", denyAll), "dev prod"},
		"A policy about another resource":                      {[]string{bindingOf("b", "p", denyAll)}, deployments, ""},
		"A policy that leaves pods out":                        {[]string{bindingOf("b", "p", denyAll)}, excluded, ""},
		"A policy that leaves one pod out":                     {[]string{bindingOf("b", "p", denyAll)}, named, "all"},
		"A policy whose selector cannot be parsed":             {[]string{bindingOf("b", "p", `matchResources: {namespaceSelector: `+prod+`}`)}, inNamespaces(policyOf("p", ""), `{matchExpressions: [{key: a, operator: Like}]}`), "all"},
		"A parameter that no binding takes":                    {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {name: other}`)}, configMap("dev", "m", ""), ""},
		"A parameter for the pods of its namespace":            {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {name: m}`)}, configMap("dev", "m", ""), "dev"},
		"A parameter by its labels":                            {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {selector: {}}`)}, configMap("dev", "m", ""), "dev"},
		"A parameter of one namespace for the pods of all":     {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {name: m, namespace: dev}`)}, configMap("dev", "m", ""), "all"},
		"A parameter in a namespace that the policy is not in": {[]string{inNamespaces(policyOf("p", takesParam), prod), bindingOf("b", "p", `paramRef: {name: m}`)}, configMap("dev", "m", ""), "none of these"},
		"The same parameter again":                             {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {name: m}`), configMap("dev", "m", "data: {a: b}")}, `{apiVersion: v1, kind: ConfigMap, metadata: {namespace: dev, name: m, resourceVersion: "7"}, data: {a: b}}`, ""},
		"A parameter with other data":                          {[]string{policyOf("p", takesParam), bindingOf("b", "p", `paramRef: {name: m}`), configMap("dev", "m", "data: {a: b}")}, configMap("dev", "m", "data: {a: c}"), "dev"},
		"A parameter of a mutating policy":                     {[]string{mutatingOf("p", takesParam), mutatingBindingOf("b", "p", `paramRef: {name: m}`)}, configMap("dev", "m", ""), "dev"},
		"A mutating policy and a validating one of one name":   {[]string{policyOf("p", ""), mutatingBindingOf("b", "p", "")}, bindingOf("b", "other", denyAll), ""},
		"A webhook for some namespaces":                        {nil, hooks(prod), "prod"},
		"A webhook leaves some namespaces for others":          {[]string{hooks(prod)}, hooks(dev), "dev prod"},
		"A webhook with another certificate":                   {[]string{hooks(prod)}, strings.Replace(hooks(prod), "{name: w,", "{name: w, clientConfig: {caBundle: YQ==}, timeoutSeconds: 3,", 1), ""},
		"The same webhook again":                               {[]string{hooks(prod)}, hooks(prod), ""},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			withConfigMaps(ParamsSynced)(x)
			feed(t, x, test.before...)
			if got := reached(feedOne(t, x, test.change)); got != test.want {
				t.Errorf("it affects %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatADeletionAffects(t *testing.T) {
	x := New()
	withConfigMaps(ParamsSynced)(x)
	feed(t, x, policyOf("p", `paramKind: {apiVersion: v1, kind: ConfigMap}`), bindingOf("b", "p", `paramRef: {name: m}, matchResources: {namespaceSelector: {matchLabels: {env: prod}}}`),
		configMap("prod", "m", ""), webhooks("MutatingWebhookConfiguration", "c", `{name: w, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}`))
	got := []string{
		reached(x.DeleteParam(configMaps, "prod", "m")), reached(x.DeleteParam(configMaps, "prod", "m")),
		reached(x.SetParamKind(configMaps, ParamStatus{ParamsForbidden, true})), reached(x.SetParamKind(configMaps, ParamStatus{ParamsForbidden, true})),
		reached(x.SetParamKind(configMaps, ParamStatus{ParamsMissing, true})),
		reached(x.DeletePolicy(Ref{MutatingPolicy, "p"})), reached(x.DeletePolicy(Ref{ValidatingPolicy, "p"})), reached(x.DeleteBinding(ValidatingPolicy, "b")),
		reached(x.DeleteWebhooks(Ref{MutatingWebhooks, "c"})), reached(x.DeleteWebhooks(Ref{MutatingWebhooks, "c"})),
	}
	// A kind that is gone is an error of the policy, wherever its binding is.
	want := []string{"prod", "", "prod", "", "all", "", "all", "", "all", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if left := x.Objects(); len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}
