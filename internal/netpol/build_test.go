package netpol

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// policyOf reads a NetworkPolicy "namespace/name" whose spec is YAML.
func policyOf(tb testing.TB, name, spec string) *networkingv1.NetworkPolicy {
	tb.Helper()
	object := &networkingv1.NetworkPolicy{ObjectMeta: meta(name)}
	if err := yaml.UnmarshalStrict([]byte(spec), &object.Spec); err != nil {
		tb.Fatalf("policy %s: %v", name, err)
	}
	return object
}

func meta(name string) metav1.ObjectMeta {
	namespace, name, _ := strings.Cut(name, "/")
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}

// keyOf is the key of a group "namespace/name".
func keyOf(text string) Key {
	object := meta(text)
	return Key{object.Namespace, object.Name}
}

// labelsOf reads labels: "app=web,tier=front".
func labelsOf(text string) map[string]string {
	out := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			out[name] = value
		}
	}
	return out
}

func namespaceOf(name, labels string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labelsOf(labels)}}
}

func port(name string, number int32) corev1.ContainerPort {
	return corev1.ContainerPort{Name: name, ContainerPort: number}
}

// world is an index in the making. Its groups have one pod each and the label app with their name, unless it is said.
type world struct {
	t *testing.T
	*Index
}

func newWorld(t *testing.T, groups ...string) *world {
	t.Helper()
	w := &world{t, New()}
	for _, key := range groups {
		w.group(key, Group{})
	}
	return w
}

// group adds a group in a namespace that is known. Unset, it has one pod, and the label app with its name.
func (w *world) group(key string, g Group) *world {
	k := keyOf(key)
	w.UpsertNamespace(namespaceOf(k.Namespace, ""))
	if g.Labels == nil {
		g.Labels = map[string]string{"app": k.Name}
	}
	if g.Pods == 0 {
		g.Pods = 1
	}
	w.SetGroup(k, g)
	return w
}

func (w *world) policy(name, spec string) *world {
	w.t.Helper()
	w.UpsertPolicy(policyOf(w.t, name, spec))
	return w
}

// policies adds policies "namespace/name: spec".
func (w *world) policies(texts []string) *world {
	w.t.Helper()
	for _, text := range texts {
		name, spec, _ := strings.Cut(text, ": ")
		w.policy(name, spec)
	}
	return w
}

func (w *world) egress(key string) Egress {
	w.t.Helper()
	answer, ok := w.Egress(keyOf(key), 3)
	if !ok {
		w.t.Fatalf("no group %s", key)
	}
	return answer
}

func (w *world) connect(from, to string) Connection {
	w.t.Helper()
	answer, ok := w.Connect(keyOf(from), keyOf(to), AllPorts())
	if !ok {
		w.t.Fatalf("no group %s or %s", from, to)
	}
	return answer
}

// said is an access in one line: "Yes TCP 80", "Conditional all ports: why", "No".
func said(a Access) string {
	text := string(a.Verdict)
	if !a.Ports.Empty() {
		text += " " + a.Ports.String()
	}
	if a.Condition != "" {
		text += ": " + a.Condition
	}
	return text
}

func keysOf[V any](m map[Key]V) []Key { return slices.SortedFunc(maps.Keys(m), Key.Compare) }

func specOf(tb testing.TB, text string) *corev1.PodSpec {
	tb.Helper()
	spec := &corev1.PodSpec{}
	if err := yaml.UnmarshalStrict([]byte(text), spec); err != nil {
		tb.Fatalf("spec %s: %v", text, err)
	}
	return spec
}
