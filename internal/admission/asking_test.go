package admission

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWherePoliciesAskTheAuthorizer(t *testing.T) {
	const (
		user    = `authorizer.group("").resource("secrets").check("get").allowed()`
		other   = `authorizer.serviceAccount("a", "b").group("").resource("secrets").check("get").allowed()`
		hidden  = `[authorizer].all(a, a.serviceAccount("a", "b").path("/x").check("get").allowed())`
		podRule = `rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]`
		inProd  = denyAll + `, matchResources: {namespaceSelector: {matchLabels: {env: prod}}}`
	)
	validates := func(expression string) string { return `validations: [{expression: '` + expression + `'}]` }
	when := func(expression string) string {
		return `matchConditions: [{name: c, expression: '` + expression + `'}]`
	}
	bound := func(spec string) []string { return []string{policyOf("p", spec), bindingOf("b", "p", inProd)} }
	for name, test := range map[string]struct {
		given        []string
		user, others string
	}{
		"Nobody":                        {},
		"A policy that does not":        {bound(validates(`object.spec.hostNetwork`)), "", ""},
		"One that reads the user":       {bound(validates(`request.userInfo.username == "me"`)), "", ""},
		"About the user":                {bound(validates(user)), "prod", ""},
		"About another":                 {bound(validates(other)), "", "prod"},
		"About both":                    {bound(validates(user + " || " + other)), "prod", "prod"},
		"About another in a round way":  {bound(validates(hidden)), "prod", "prod"},
		"In a variable":                 {bound(`variables: [{name: may, expression: '` + user + `'}], ` + validates(`variables.may`)), "prod", ""},
		"In one that nothing reads":     {bound(`variables: [{name: may, expression: '` + user + `'}], ` + validates(`true`)), "", ""},
		"In a condition":                {bound(when(user) + `, ` + validates(`true`)), "prod", ""},
		"A policy that is not bound":    {[]string{policyOf("p", validates(user))}, "", ""},
		"A policy that does not change": {[]string{mutatingOf("m", when(user)+`, mutations: []`), mutatingBindingOf("b", "m", "")}, "all", ""},
		"A webhook": {
			[]string{webhooks("ValidatingWebhookConfiguration", "c", `{name: w, namespaceSelector: {matchLabels: {env: dev}}, `+when(user)+`, `+podRule+`}`)},
			"dev", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := New()
			feed(t, x, test.given...)
			aboutUser, aboutOthers := x.AskingAuthorizer()
			if diff := cmp.Diff([]string{test.user, test.others}, []string{reached(aboutUser), reached(aboutOthers)}); diff != "" {
				t.Errorf("about the user and about others (-want +got):\n%s", diff)
			}
		})
	}
}
