package admission

import (
	"testing"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apiserver/pkg/authentication/user"
	"sigs.k8s.io/yaml"
)

// feed gives the objects of a manifest to a Policies.
func feed(tb testing.TB, x *Policies, manifests ...string) {
	tb.Helper()
	for _, manifest := range manifests {
		feedOne(tb, x, manifest)
	}
}

func feedOne(tb testing.TB, x *Policies, manifest string) Scope {
	tb.Helper()
	var u unstructured.Unstructured
	parse(tb, manifest, &u.Object)
	switch u.GetKind() {
	case "ValidatingAdmissionPolicy":
		return x.UpsertValidatingPolicy(parse(tb, manifest, &admissionregistrationv1.ValidatingAdmissionPolicy{}))
	case "ValidatingAdmissionPolicyBinding":
		return x.UpsertValidatingBinding(parse(tb, manifest, &admissionregistrationv1.ValidatingAdmissionPolicyBinding{}))
	case "MutatingAdmissionPolicy":
		return x.UpsertMutatingPolicy(parse(tb, manifest, &admissionregistrationv1.MutatingAdmissionPolicy{}))
	case "MutatingAdmissionPolicyBinding":
		return x.UpsertMutatingBinding(parse(tb, manifest, &admissionregistrationv1.MutatingAdmissionPolicyBinding{}))
	case "ValidatingWebhookConfiguration":
		return x.UpsertValidatingWebhooks(parse(tb, manifest, &admissionregistrationv1.ValidatingWebhookConfiguration{}))
	case "MutatingWebhookConfiguration":
		return x.UpsertMutatingWebhooks(parse(tb, manifest, &admissionregistrationv1.MutatingWebhookConfiguration{}))
	}
	scope, err := x.UpsertParam(u.GroupVersionKind(), &u)
	if err != nil {
		tb.Fatal(err)
	}
	return scope
}

func parse[T any](tb testing.TB, manifest string, into *T) *T {
	tb.Helper()
	if err := yaml.UnmarshalStrict([]byte(manifest), into); err != nil {
		tb.Fatalf("%v in %s", err, manifest)
	}
	return into
}

// policyOf is a validating policy on the creation of pods, with more of its spec as YAML lines.
func policyOf(name, spec string) string {
	return `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: ` + name + `}, spec: {
		matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, ` + spec + `}}`
}

func mutatingOf(name, spec string) string {
	return `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingAdmissionPolicy, metadata: {name: ` + name + `}, spec: {
		matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, ` + spec + `}}`
}

func bindingOf(name, policy, spec string) string {
	return `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: ` + name + `}, spec: {
		policyName: ` + policy + `, ` + spec + `}}`
}

func mutatingBindingOf(name, policy, spec string) string {
	return `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingAdmissionPolicyBinding, metadata: {name: ` + name + `}, spec: {
		policyName: ` + policy + `, ` + spec + `}}`
}

func configMap(namespace, name, more string) string {
	return `{apiVersion: v1, kind: ConfigMap, metadata: {namespace: ` + namespace + `, name: ` + name + `}, ` + more + `}`
}

// denyAll is what most bindings say.
const denyAll = `validationActions: [Deny]`

func testPod(change ...func(*corev1.Pod)) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", GenerateName: "web-7c9d8f-", Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{
			ServiceAccountName: "web",
			Containers: []corev1.Container{{
				Name: "web", Image: "registry.example.com/web:1.2", Env: []corev1.EnvVar{{Name: "PASSWORD", Value: "<redacted>"}},
			}},
		},
	}
	DefaultPod(pod)
	for _, c := range change {
		c(pod)
	}
	return pod
}

func testNamespace() *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}
}

func replicaSetController() user.Info {
	return &user.DefaultInfo{
		Name:   "system:serviceaccount:kube-system:replicaset-controller",
		Groups: []string{"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"},
	}
}

// evaluate judges the pod in the namespace, created by the ReplicaSet controller.
func evaluate(tb testing.TB, x *Policies, change ...func(*Request)) Result {
	tb.Helper()
	r := &Request{Pod: testPod(), Namespace: testNamespace(), User: replicaSetController()}
	for _, c := range change {
		c(r)
	}
	return x.Evaluate(tb.Context(), r)
}
