package admission

import (
	"fmt"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// expressions writes the expressions of one policy.
type expressions struct {
	*world

	// param is nil for a policy without parameters.
	param *paramKind
	// named are the variables so far: booleans.
	named []string
	// mutates: then nothing is read that another policy may change, for the API server fixes no order.
	mutates bool
}

func (w *world) expressions() *expressions {
	g := &expressions{world: w}
	if w.chance(2) {
		g.param = &paramKinds[w.random.IntN(3)]
		if w.chance(12) {
			g.param = &paramKinds[3]
		}
	}
	return g
}

func (g *expressions) paramKind() *admissionregistrationv1.ParamKind {
	if g.param == nil {
		return nil
	}
	return &admissionregistrationv1.ParamKind{APIVersion: g.param.kind.GroupVersion().String(), Kind: g.param.kind.Kind}
}

// test is a boolean expression. Some fail when they are evaluated.
func (g *expressions) test() string {
	if len(g.named) > 0 && g.chance(4) {
		return "variables." + pick(g.world, g.named...)
	}
	if g.param != nil && g.chance(2) {
		return g.paramTest()
	}
	if g.chance(3) {
		return g.requestTest()
	}
	list := []string{
		"object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))",
		"object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)",
		"!has(object.spec.hostNetwork) || !object.spec.hostNetwork",
		"object.spec.containers.all(c, !c.image.endsWith(':latest'))",
		"object.spec.containers[1].name != 'x'",
		fmt.Sprintf("size(object.spec.containers) <= %d", 1+g.upTo(2)),
		"object.spec.containers.all(c, c.imagePullPolicy == 'IfNotPresent')",
		"object.spec.containers.all(c, has(c.resources.limits) && 'memory' in c.resources.limits)",
		"object.spec.containers.all(c, quantity(c.resources.requests.memory).isLessThan(quantity('1Gi')))",
		"object.spec.?volumes.orValue([]).all(v, !has(v.hostPath))",
		"object.spec.containers.all(c, c.?env.orValue([]).all(e, e.?value.orValue('') != 'debug'))",
		"object.spec.containers.all(c, c.env.all(e, e.name != 'MODE' || e.value == 'fast'))",
		"object.spec.nosuch.field == 'x'",
		"1 / (size(object.spec.containers) - 1) > 0",
		"object.spec.serviceAccountName == 'web' && object.spec.serviceAccount == 'web'",
		"object.spec.containers.all(c, object.spec.containers.filter(d, d.image == c.image).size() == 1)",
		"object.spec.tolerations.exists(t, t.key == 'node.kubernetes.io/not-ready')",
		"object.apiVersion == 'v1' && object.kind == 'Pod'",
		"oldObject == null",
		"object.metadata.?labels['app'].orValue('none') != 'job'",
	}
	if !g.mutates {
		list = append(list,
			"has(object.metadata.labels) && 'team' in object.metadata.labels",
			"object.metadata.labels.team == 'red'",
			"object.metadata.?labels[?'team'].orValue('red') == 'red'",
			"object.metadata.?annotations[?'example.com/mesh'].orValue('0') != '2'",
			"object.metadata.?annotations[?'example.com/note'].orValue('') == ''",
			"object.spec.?initContainers.orValue([]).all(c, c.imagePullPolicy == 'IfNotPresent' && c.terminationMessagePolicy == 'File')",
			"object.spec.?securityContext.?runAsNonRoot.orValue(false) == true",
			"object.status.phase == 'Pending'",
			"object.status.qosClass != 'BestEffort'",
			"object.metadata.name.startsWith(object.metadata.?generateName.orValue('')) && request.name == object.metadata.name",
			"object.spec.?hostNetwork.orValue(false) == false || object.spec.containers.all(c, c.?ports.orValue([]).all(p, p.hostPort == p.containerPort && p.protocol == 'TCP'))",
		)
	}
	return pick(g.world, list...)
}

func (g *expressions) paramTest() string {
	test := pick(g.world,
		fmt.Sprintf("size(object.spec.containers) <= %s", g.param.max),
		fmt.Sprintf("object.spec.containers.all(c, c.image.startsWith(%s))", g.param.registry),
		fmt.Sprintf("params.kind == '%s' && params.apiVersion == '%s'", g.param.kind.Kind, g.param.kind.GroupVersion()),
		"params.metadata.name != 'param-0'",
		"has(params.metadata.namespace) && params.metadata.namespace == object.metadata.namespace",
		"type(params.metadata.creationTimestamp) == string && timestamp(params.metadata.creationTimestamp) > timestamp('2020-01-01T00:00:00Z')",
		"params.metadata.labels.tier == 'a'",
	)
	if g.chance(2) {
		return "params == null || " + test
	}
	return test
}

func (g *expressions) requestTest() string {
	return pick(g.world,
		"request.userInfo.username != 'alice'",
		"!('dev' in request.userInfo.groups)",
		"request.userInfo.username.startsWith('system:serviceaccount:')",
		"has(request.userInfo.extra) || has(request.userInfo.uid)",
		"request.operation == 'CREATE' && request.kind.kind == 'Pod' && request.resource.resource == 'pods' && request.requestKind.version == 'v1'",
		"request.namespace == object.metadata.namespace && request.namespace != 'sandbox'",
		"!has(request.subResource) || request.subResource == ''",
		"request.options.kind == 'CreateOptions'",
		"!has(request.name) || request.name != 'named'",
		"has(object.metadata.name) && object.metadata.name == request.name",
		"namespaceObject.metadata.labels[?'env'].orValue('') != 'dev'",
		"namespaceObject.metadata.name == request.namespace && namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == request.namespace",
		"namespaceObject.metadata.labels.team == 'red'",
		"authorizer.group('').resource('secrets').namespace(object.metadata.namespace).check('get').allowed()",
		"authorizer.group('apps').resource('deployments').subresource('scale').namespace('shop').name('x').check('update').allowed()",
		"authorizer.serviceAccount('shop', 'web').group('').resource('configmaps').namespace('shop').check('list').allowed()",
		"authorizer.path('/metrics').check('get').allowed()",
		"authorizer.requestResource.check('delete').allowed()",
		"authorizer.requestResource.check('create').reason() != 'x'",
	)
}

func (g *expressions) variables() []admissionregistrationv1.Variable {
	var list []admissionregistrationv1.Variable
	for i := range g.upTo(2) {
		name := fmt.Sprintf("v%d", i)
		list = append(list, admissionregistrationv1.Variable{Name: name, Expression: g.test()})
		g.named = append(g.named, name)
	}
	return list
}

func (g *expressions) conditions() []admissionregistrationv1.MatchCondition {
	var list []admissionregistrationv1.MatchCondition
	for i := range max(0, g.upTo(3)-1) {
		test := g.test()
		// In a condition there is no namespace object.
		if strings.Contains(test, "namespaceObject") {
			test = "namespaceObject == null"
		}
		list = append(list, admissionregistrationv1.MatchCondition{Name: fmt.Sprintf("c%d", i), Expression: test + pick(g.world, "", " || true")})
	}
	return list
}

func (g *expressions) validation() admissionregistrationv1.Validation {
	v := admissionregistrationv1.Validation{Expression: g.test()}
	if g.chance(5) {
		v.Expression += pick(g.world, " && ", " || ") + g.test()
	}
	if g.chance(2) {
		v.Message = pick(g.world, "not like this", "  with space  ")
	}
	if g.chance(3) {
		v.MessageExpression = pick(g.world,
			"'containers: ' + object.spec.containers.map(c, c.name).join(', ')",
			"string(object.spec.nosuch.text)",
			"'two\\nlines'",
			"'   '",
			"string(size(object.spec.containers)) + ' containers of ' + request.userInfo.username",
			"'in ' + namespaceObject.metadata.name",
		)
	}
	if g.chance(4) {
		v.Reason = ptr.To(pick(g.world, metav1.StatusReasonForbidden, metav1.StatusReasonRequestEntityTooLarge, metav1.StatusReasonInvalid))
	}
	return v
}

// note is the value of an audit annotation.
func (g *expressions) note() string {
	return pick(g.world, "'a note'", "string(object.metadata.name)", "string(object.metadata.labels.team)", "request.userInfo.username", "string(object.spec.containers[1].image)")
}

// mutations of the policy of that number. Each writes what no other does, so that the order makes no difference; what
// counts the init containers is run again.
func (g *expressions) mutations(number int) ([]admissionregistrationv1.Mutation, admissionregistrationv1.ReinvocationPolicyType) {
	reinvoke := pick(g.world, admissionregistrationv1.NeverReinvocationPolicy, admissionregistrationv1.IfNeededReinvocationPolicy)
	apply := func(expression string) []admissionregistrationv1.Mutation {
		return []admissionregistrationv1.Mutation{{
			PatchType: admissionregistrationv1.PatchTypeApplyConfiguration, ApplyConfiguration: &admissionregistrationv1.ApplyConfiguration{Expression: expression},
		}}
	}
	patch := func(expression string) []admissionregistrationv1.Mutation {
		return []admissionregistrationv1.Mutation{{
			PatchType: admissionregistrationv1.PatchTypeJSONPatch, JSONPatch: &admissionregistrationv1.JSONPatch{Expression: expression},
		}}
	}
	if number == 0 {
		return pick(g.world,
			apply("Object{metadata: Object.metadata{labels: {'team': 'blue'}}}"),
			patch("[JSONPatch{op: 'add', path: '/metadata/labels/team', value: 'red'}]"),
			patch("[JSONPatch{op: 'test', path: '/metadata/labels/app', value: 'web'}, JSONPatch{op: 'replace', path: '/metadata/labels/app', value: 'job'}]"),
			apply("Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true}}}"),
			patch("[JSONPatch{op: 'add', path: '/spec/hostNetwork', value: true}]"),
			patch("object.spec.containers.map(c, c.name).map(n, JSONPatch{op: 'add', path: '/spec/containers/0/image', value: 'registry.example.com/' + n})"),
			patch("[JSONPatch{op: 'remove', path: '/spec/nosuch'}]"),
			apply("Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: 'x'}]}}"),
			apply("Object{spec: Object.spec{wrong: 1}}"),
			patch("[JSONPatch{op: 'replace', path: '/spec/containers', value: 'text'}]"),
			apply("object.spec.nosuch.field == 1 ? Object{} : Object{}"),
			append(apply("Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, stdin: true})}}"),
				patch("[JSONPatch{op: 'add', path: '/spec/containers/0/tty', value: object.spec.containers[0].stdin}]")...),
		), reinvoke
	}
	count := "Object{metadata: Object.metadata{annotations: {'example.com/mesh': string(size(object.spec.?initContainers.orValue([])))}}}"
	container := "Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: 'mesh', image: 'mesh', restartPolicy: 'Always'}]}}"
	note := "has(object.metadata.annotations) ? " +
		"[JSONPatch{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('example.com/note'), value: request.userInfo.username}] : " +
		"[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'example.com/note': request.userInfo.username}}]"
	if number == 1 {
		return apply(count), admissionregistrationv1.IfNeededReinvocationPolicy
	}
	return pick(g.world, apply(container), patch(note)), admissionregistrationv1.IfNeededReinvocationPolicy
}

func resources(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}
