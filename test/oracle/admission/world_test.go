package admission

import (
	"fmt"
	"math/rand/v2"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// paramKind is one that policies take parameters from. The last one does not exist.
type paramKind struct {
	kind       schema.GroupVersionKind
	namespaced bool
	exists     bool
	// max and registry are how an expression reads the two values of a parameter.
	max, registry string
}

var paramKinds = []paramKind{
	{schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, true, true, "int(params.data.max)", "params.data.registry"},
	{schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "Limit"}, true, true, "params.spec.max", "params.spec.registry"},
	{schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "ClusterLimit"}, false, true, "params.spec.max", "params.spec.registry"},
	{schema.GroupVersionKind{Group: "rules.example.com", Version: "v1", Kind: "Gone"}, true, false, "params.spec.max", "params.spec.registry"},
}

// namespaces of the pods, with their labels. The parameters also lie in the last one.
var namespaces = map[string]map[string]string{
	"shop":     {"env": "prod", "team": "red"},
	"billing":  {"env": "prod", "pod-security.kubernetes.io/warn": "restricted"},
	"sandbox":  {"env": "dev"},
	"plain":    {},
	"policies": {"env": "system"},
}

var namespaceNames = []string{"billing", "plain", "policies", "sandbox", "shop"}

// world is a set of random policies with what they need.
type world struct {
	random *rand.Rand
	id     string
	// objects in an order in which they can be created.
	objects []client.Object
}

func newWorld(seed uint64, id int) *world {
	w := &world{random: rand.New(rand.NewPCG(seed, uint64(id))), id: fmt.Sprintf("w%d", id)}
	for _, k := range paramKinds {
		for i := range w.upTo(4) {
			if k.exists {
				w.objects = append(w.objects, w.param(k, i))
			}
		}
	}
	// Once there are policies, they may refuse parameters too.
	w.objects = append(w.objects, canaryParams(w.id)...)
	for i := range 1 + w.upTo(2) {
		w.validating(i)
	}
	for i := range w.upTo(3) {
		w.mutating(i)
	}
	w.objects = append(w.objects, canaryPolicies(w.id)...)
	return w
}

func (w *world) upTo(n int) int { return w.random.IntN(n + 1) }

// chance is true in one of n cases.
func (w *world) chance(n int) bool { return w.random.IntN(n) == 0 }

func pick[T any](w *world, list ...T) T { return list[w.random.IntN(len(list))] }

func (w *world) param(k paramKind, i int) client.Object {
	values := map[string]any{"max": int64(w.upTo(3)), "registry": pick(w, "registry.example.com/", "docker.io/", "")}
	u := &unstructured.Unstructured{Object: map[string]any{}}
	u.SetGroupVersionKind(k.kind)
	if k.kind.Kind == "ConfigMap" {
		values["max"] = fmt.Sprint(values["max"])
		u.Object["data"] = values
	} else {
		u.Object["spec"] = values
	}
	if w.chance(6) {
		// Reading it fails.
		delete(values, "max")
	}
	u.SetName(fmt.Sprintf("param-%d", i))
	if k.namespaced {
		u.SetNamespace(pick(w, namespaceNames...))
	}
	u.SetLabels(map[string]string{"tier": pick(w, "a", "b")})
	return u
}

func (w *world) validating(i int) {
	name := fmt.Sprintf("%s-p%d", w.id, i)
	g := w.expressions()
	p := &admissionregistrationv1.ValidatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	p.Spec.FailurePolicy = w.failurePolicy()
	p.Spec.MatchConstraints = w.match(true)
	p.Spec.ParamKind = g.paramKind()
	// Conditions know no variables.
	p.Spec.MatchConditions = g.conditions()
	p.Spec.Variables = g.variables()
	for range 1 + w.upTo(2) {
		p.Spec.Validations = append(p.Spec.Validations, g.validation())
	}
	if w.chance(5) {
		p.Spec.AuditAnnotations = []admissionregistrationv1.AuditAnnotation{{Key: "note", ValueExpression: g.note()}}
	}
	w.objects = append(w.objects, p)
	for j := range 1 + w.upTo(1) {
		b := &admissionregistrationv1.ValidatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-b%d", name, j)}}
		b.Spec.PolicyName = name
		b.Spec.ValidationActions = w.actions()
		b.Spec.ParamRef = w.paramRef(g)
		if w.chance(3) {
			b.Spec.MatchResources = w.match(false)
		}
		w.objects = append(w.objects, b)
	}
}

func (w *world) mutating(i int) {
	name := fmt.Sprintf("%s-m%d", w.id, i)
	g := w.expressions()
	g.mutates = true
	p := &admissionregistrationv1.MutatingAdmissionPolicy{ObjectMeta: metav1.ObjectMeta{Name: name}}
	p.Spec.FailurePolicy = w.failurePolicy()
	p.Spec.MatchConstraints = w.match(true)
	p.Spec.ParamKind = g.paramKind()
	if i == 0 {
		p.Spec.MatchConditions = g.conditions()
		p.Spec.Variables = g.variables()
	} else {
		// The first may change what these would ask about.
		p.Spec.MatchConstraints.ObjectSelector = nil
	}
	p.Spec.Mutations, p.Spec.ReinvocationPolicy = g.mutations(i)
	w.objects = append(w.objects, p)
	b := &admissionregistrationv1.MutatingAdmissionPolicyBinding{ObjectMeta: metav1.ObjectMeta{Name: name + "-b"}}
	b.Spec.PolicyName = name
	b.Spec.ParamRef = w.paramRef(g)
	if w.chance(4) {
		b.Spec.MatchResources = w.match(false)
		b.Spec.MatchResources.ObjectSelector = nil
	}
	w.objects = append(w.objects, b)
}

func (w *world) failurePolicy() *admissionregistrationv1.FailurePolicyType {
	return pick(w, nil, ptr.To(admissionregistrationv1.Fail), ptr.To(admissionregistrationv1.Ignore))
}

func (w *world) actions() []admissionregistrationv1.ValidationAction {
	const deny, warn, audit = admissionregistrationv1.Deny, admissionregistrationv1.Warn, admissionregistrationv1.Audit
	return pick(w, []admissionregistrationv1.ValidationAction{deny}, []admissionregistrationv1.ValidationAction{deny},
		[]admissionregistrationv1.ValidationAction{deny, audit}, []admissionregistrationv1.ValidationAction{warn},
		[]admissionregistrationv1.ValidationAction{audit}, []admissionregistrationv1.ValidationAction{audit, warn})
}

func (w *world) paramRef(g *expressions) *admissionregistrationv1.ParamRef {
	if g.param == nil || w.chance(8) {
		return nil
	}
	ref := &admissionregistrationv1.ParamRef{ParameterNotFoundAction: pick(w,
		ptr.To(admissionregistrationv1.AllowAction), ptr.To(admissionregistrationv1.AllowAction), ptr.To(admissionregistrationv1.DenyAction))}
	if w.chance(2) {
		ref.Name = fmt.Sprintf("param-%d", w.upTo(3))
	} else {
		ref.Selector = pick(w, &metav1.LabelSelector{}, &metav1.LabelSelector{MatchLabels: map[string]string{"tier": pick(w, "a", "b")}})
	}
	// A namespace is an error for a kind that has none.
	if g.param.namespaced && w.chance(2) || w.chance(10) {
		ref.Namespace = pick(w, namespaceNames...)
	}
	return ref
}

// match is mostly about the creation of pods.
func (w *world) match(required bool) *admissionregistrationv1.MatchResources {
	m := &admissionregistrationv1.MatchResources{}
	if required {
		canary := plainRule()
		canary.ResourceNames = []string{canaryPod}
		m.ExcludeResourceRules = []admissionregistrationv1.NamedRuleWithOperations{canary}
	}
	if required || w.chance(2) {
		m.ResourceRules = []admissionregistrationv1.NamedRuleWithOperations{w.rule(10)}
		if w.chance(4) {
			m.ResourceRules = append(m.ResourceRules, w.rule(2))
		}
	}
	if w.chance(8) {
		m.ExcludeResourceRules = append(m.ExcludeResourceRules, w.rule(1))
	}
	if w.chance(4) {
		m.NamespaceSelector = pick(w, &metav1.LabelSelector{MatchLabels: map[string]string{"env": pick(w, "prod", "dev")}},
			&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{
				{Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpNotIn, Values: []string{"policies", "plain"}},
			}})
	}
	if w.chance(4) {
		m.ObjectSelector = pick(w, &metav1.LabelSelector{MatchLabels: map[string]string{"app": pick(w, "web", "db")}},
			&metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpExists}}})
	}
	if w.chance(4) {
		m.MatchPolicy = ptr.To(pick(w, admissionregistrationv1.Exact, admissionregistrationv1.Equivalent))
	}
	return m
}

// plainRule is about the creation of pods.
func plainRule() admissionregistrationv1.NamedRuleWithOperations {
	r := admissionregistrationv1.NamedRuleWithOperations{}
	r.Operations = []admissionregistrationv1.OperationType{admissionregistrationv1.Create}
	r.APIGroups, r.APIVersions, r.Resources = []string{""}, []string{"v1"}, []string{"pods"}
	return r
}

// rule is about something else than the creation of pods in one of n cases at most.
func (w *world) rule(n int) admissionregistrationv1.NamedRuleWithOperations {
	r := plainRule()
	switch w.random.IntN(4) {
	case 0:
		r.Operations = []admissionregistrationv1.OperationType{admissionregistrationv1.OperationAll}
	case 1:
		r.APIGroups, r.APIVersions = []string{"*"}, []string{"*"}
	case 2:
		r.Resources = pick(w, []string{"*"}, []string{"pods", "pods/ephemeralcontainers"}, []string{"*/*"})
		r.Scope = ptr.To(admissionregistrationv1.NamespacedScope)
	}
	if w.chance(n) {
		switch w.random.IntN(5) {
		case 0:
			r.Operations = []admissionregistrationv1.OperationType{admissionregistrationv1.Update}
		case 1:
			r.APIGroups, r.Resources = []string{"apps"}, []string{"deployments"}
		case 2:
			r.Resources = []string{"pods/ephemeralcontainers"}
		case 3:
			r.Scope = ptr.To(admissionregistrationv1.ClusterScope)
		case 4:
			r.ResourceNames = []string{"named", "other"}
		}
	}
	return r
}

// pods are the random pods, as somebody would write them.
func pods(random *rand.Rand, count int) []*corev1.Pod {
	w := &world{random: random}
	list := make([]*corev1.Pod, count)
	for i := range list {
		p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{GenerateName: "pod-"}}
		if w.chance(3) {
			p.GenerateName, p.Name = "", pick(w, "named", "other", "third")
		}
		if !w.chance(5) {
			p.Labels = map[string]string{"app": pick(w, "web", "db", "job")}
		}
		if p.Labels != nil && w.chance(2) {
			p.Labels["team"] = pick(w, "red", "blue")
		}
		p.Spec.ServiceAccountName = pick(w, "default", "web")
		p.Spec.HostNetwork = w.chance(5)
		if w.chance(3) {
			p.Spec.AutomountServiceAccountToken = ptr.To(false)
		}
		for j := range 1 + w.upTo(2) {
			p.Spec.Containers = append(p.Spec.Containers, w.container(fmt.Sprintf("c%d", j)))
		}
		if w.chance(3) {
			p.Spec.InitContainers = []corev1.Container{w.container("init")}
		}
		if w.chance(4) {
			p.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: pick(w,
				corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/var/run"}}, corev1.VolumeSource{},
				corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}})}}
		}
		list[i] = p
	}
	return list
}

func (w *world) container(name string) corev1.Container {
	c := corev1.Container{Name: name, Image: pick(w, "registry.example.com/", "docker.io/", "") + pick(w, "web:1.2", "db:latest", "tool")}
	if w.chance(3) {
		c.SecurityContext = &corev1.SecurityContext{Privileged: ptr.To(w.chance(2)), RunAsNonRoot: pick(w, nil, ptr.To(true))}
	}
	if w.chance(2) {
		c.Env = []corev1.EnvVar{{Name: "MODE", Value: pick(w, "debug", "fast", "")}}
	}
	if w.chance(3) {
		c.Ports = []corev1.ContainerPort{{ContainerPort: 8000 + int32(w.random.IntN(1000))}}
	}
	switch w.random.IntN(4) {
	case 0:
		c.Resources.Limits = resources("100m", "64Mi")
	case 1:
		c.Resources.Requests = resources("100m", "64Mi")
	}
	return c
}
