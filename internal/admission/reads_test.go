package admission

import (
	"strings"
	"testing"

	"k8s.io/apiserver/pkg/cel/environment"
)

// readsOf is what an expression reads, in words. The variables are expressions by name, each of which knows those before.
func readsOf(t *testing.T, expression string, variables ...string) string {
	t.Helper()
	env := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).StoredExpressionsEnv()
	known := map[string]summary{}
	of := func(text string) summary {
		parsed, issues := env.Parse(text)
		if issues.Err() != nil {
			t.Fatalf("%s: %v", text, issues.Err())
		}
		return summarize(parsed.NativeRep().Expr(), known)
	}
	for i := 0; i+1 < len(variables); i += 2 {
		known[variables[i]] = of(variables[i+1])
	}
	var words []string
	read := of(expression).reads
	for _, fact := range []struct {
		reads reads
		word  string
	}{{readsUser, "user"}, {readsIdentity, "identity"}, {readsAuthorizer, "authorizer"}, {readsLiterals, "literals"}, {readsParams, "params"}, {readsOthers, "others"}} {
		if read&fact.reads != 0 {
			words = append(words, fact.word)
		}
	}
	return strings.Join(words, " ")
}

func TestWhatAnExpressionReads(t *testing.T) {
	vars := []string{
		"containers", "object.spec.containers + object.spec.?initContainers.orValue([])",
		"envs", "variables.containers.filter(c, has(c.env)).map(c, c.env)",
		"name", "request.userInfo.username",
		"may", "authorizer.group('').resource('secrets').check('get').allowed()",
		"limit", "params.data.limit",
		"harmless", "object.metadata.name",
	}
	for name, test := range map[string]struct{ expression, want string }{
		"A label named value":                            {"object.metadata.labels.value == 'x'", ""},
		"A quantity of a resource":                       {"object.spec.containers.all(c, quantity(c.resources.limits.memory).isLessThan(quantity('1Gi')))", ""},
		"A toleration has a value of its own":            {"object.spec.tolerations.all(t, t.value == 'x')", ""},
		"A header of a probe has a value of its own":     {"object.spec.containers.all(c, c.livenessProbe.httpGet.httpHeaders.all(h, h.value == 'x'))", "literals"},
		"Where a value comes from":                       {"object.spec.containers.all(c, c.env.all(e, !has(e.valueFrom) || !has(e.valueFrom.secretKeyRef)))", ""},
		"The name of a variable":                         {"object.spec.containers.exists(c, c.env.exists(e, e.name == 'DEBUG'))", ""},
		"Whether there is a value":                       {"object.spec.containers.all(c, c.env.all(e, !has(e.value)))", ""},
		"Whether the key of a value is there":            {"object.spec.containers.all(c, c.env.all(e, !('value' in e)))", ""},
		"How many variables there are":                   {"object.spec.containers.all(c, size(c.env) < 10)", ""},
		"How many, as a member":                          {"object.spec.containers[0].env.size() < 10", ""},
		"That the object is there":                       {"object != null && oldObject == null", ""},
		"That a list is empty":                           {"object.spec.containers[0].env == []", ""},
		"The type of the pod":                            {"type(object) == type(oldObject)", ""},
		"A value":                                        {"object.spec.containers.all(c, c.env.all(e, e.value != 'x'))", "literals"},
		"A value by a key":                               {"object.spec.containers[0].env[0]['value'] == 'x'", "literals"},
		"A value by a key that is not constant":          {"object.spec.containers[0].env.all(e, ['na' + 'me'].all(k, e[k] == 'x'))", "literals"},
		"A value of an init container by optionals":      {"object.spec.?initContainers[?0].?env[?0].?value.orValue('') == 'x'", "literals"},
		"A value of an ephemeral container":              {"object.spec.ephemeralContainers.exists(c, c.env.exists(e, e.value.startsWith('x')))", "literals"},
		"A value from the pod by keys":                   {"object['spec']['containers'][0]['env'][0].value == 'x'", "literals"},
		"A value by way of a filter and a map":           {"object.spec.containers.map(c, c.env).exists(l, l.filter(e, e.name == 'X')[0].value == '')", "literals"},
		"A value by way of cel.bind":                     {"cel.bind(all, object.spec.containers, all[0].env[0].value) == 'x'", "literals"},
		"A value by way of two lists":                    {"(object.spec.containers + object.spec.initContainers).exists(c, c.env[0].value == 'x')", "literals"},
		"A value by way of a list of lists":              {"[object.spec.containers, object.spec.initContainers].all(l, l.all(c, c.env.all(e, e.value == '')))", "literals"},
		"A value in one of two branches":                 {"(has(object.spec.initContainers) ? object.spec.initContainers : []).all(c, c.env[0].value == 'x')", "literals"},
		"A value by two variables of a loop":             {"object.spec.containers.all(i, c, c.env.all(j, e, e.value != 'x'))", "literals"},
		"A value by an optional map":                     {"object.spec.?containers.optMap(l, l[0].env[0].value).orValue('') == 'x'", "literals"},
		"A whole container":                              {"object.spec.containers[0] == object.spec.containers[1]", "literals"},
		"A whole variable among constants":               {"object.spec.containers[0].env[0] in [{'name': 'a', 'value': 'b'}]", "literals"},
		"A whole pod":                                    {"object == oldObject", "literals"},
		"A list of variables sorted by their content":    {"object.spec.containers[0].env.isSorted()", "literals"},
		"A field that hides behind a local name":         {"[{'value': 'x'}].all(object, object.value == 'x')", ""},
		"The global behind a local name":                 {"[1].all(object, .object.spec.containers[0].env[0].value == 'x')", "literals"},
		"The user":                                       {"request.userInfo.username == 'x'", "user"},
		"The user's groups, as far as they are there":    {"has(request.userInfo.groups)", "user"},
		"The user by a key":                              {"request['userInfo'].username == 'x'", "user"},
		"More of the user than the name":                 {"request.userInfo.extra['x'].exists(v, v == 'y')", "user identity"},
		"Whether the user has a UID":                     {"has(request.userInfo.uid)", "user identity"},
		"The whole user":                                 {"request.userInfo == {'username': 'x'}", "user identity"},
		"Some field of the user":                         {"['username'].all(f, request.userInfo[f] == 'x')", "user identity"},
		"That there is a user":                           {"has(request.userInfo)", ""},
		"The whole request":                              {"request == null || string(request) == ''", "user identity"},
		"That there is a request":                        {"request != null", ""},
		"Other fields of the request":                    {"request.operation == 'CREATE' && request.namespace != 'x' && !request.dryRun", ""},
		"What the user may do":                           {"authorizer.group('').resource('pods').check('create').allowed()", "user authorizer"},
		"What the user may do with this":                 {"authorizer.requestResource.check('custom').allowed()", "user authorizer"},
		"What a ServiceAccount may do":                   {"authorizer.serviceAccount('a', 'b').group('').resource('pods').check('create').allowed()", "authorizer others"},
		"What a ServiceAccount that the user names may":  {"authorizer.serviceAccount('a', request.userInfo.username).path('/x').check('get').allowed()", "user authorizer others"},
		"A parameter":                                    {"params.data.limit == '1'", "params"},
		"Whether there is a parameter":                   {"params == null", "params"},
		"Variables of the policy that read nothing":      {"variables.containers.all(c, c.image != 'x') && variables.harmless != ''", ""},
		"A value by way of a variable of the policy":     {"variables.envs.exists(l, l.exists(e, e.value == 'x'))", "literals"},
		"Names by way of a variable of the policy":       {"variables.envs.exists(l, l.exists(e, e.name == 'x'))", ""},
		"The user by way of a variable of the policy":    {"variables.name != ''", "user"},
		"A right by way of a variable of the policy":     {"variables['may']", "user authorizer"},
		"A parameter by way of a variable of the policy": {"variables.?limit.orValue('') == ''", "params"},
		"A variable of the policy that is not read":      {"has(variables.may)", ""},
		"Some variable of the policy":                    {"['name'].all(n, variables[n] == '')", "user authorizer params"},
		"What is copied is not read": {
			"Object{spec: Object.spec{initContainers: object.spec.containers.map(c, Object.spec.initContainers{name: c.name})}}", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := readsOf(t, test.expression, vars...); got != test.want {
				t.Errorf("%s reads %q, want %q", test.expression, got, test.want)
			}
		})
	}
}

func TestAnExpressionThatIsTooDeepReadsEverything(t *testing.T) {
	expression := "[c]"
	for range 20 {
		expression = "object.spec.containers.map(c, " + expression + ")"
	}
	if got := readsOf(t, expression); got != "user identity authorizer literals params others" {
		t.Errorf("it reads %q", got)
	}
}
