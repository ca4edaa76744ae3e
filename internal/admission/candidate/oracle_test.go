package candidate

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/testing/cluster"
)

// The API server and the controllers themselves are the oracle. One cluster serves all of it.
func TestAgainstACluster(t *testing.T) {
	o := startOracle(t)
	o.apply(t, world)
	o.rest(t)
	for _, namespace := range []string{"plain", "bound"} {
		t.Run("Templates in the namespace "+namespace, func(t *testing.T) { o.compareTemplates(t, namespace) })
	}
	t.Run("Quotas", o.compareQuotas)
	for _, namespace := range []string{"plain", "bound"} {
		t.Run("Controllers in the namespace "+namespace, func(t *testing.T) { o.compareControllers(t, namespace) })
	}
	t.Run("Users", o.compareUsers)
	t.Run("Injection", o.compareInjection)
	o.apply(t, globalDefault)
	o.rest(t)
	t.Run("Templates beside a default priority class", func(t *testing.T) { o.compareTemplates(t, "plain") })
}

type oracle struct {
	cluster *cluster.Cluster
	client  client.Client
}

func startOracle(t *testing.T) *oracle {
	t.Helper()
	c := cluster.StartFor(t, cluster.Options{Controllers: true, Workers: 1})
	return &oracle{cluster: c, client: c.Client()}
}

// apply creates the documents of a manifest.
func (o *oracle) apply(t *testing.T, manifest string) {
	t.Helper()
	decoder := utilyaml.NewYAMLOrJSONDecoder(strings.NewReader(manifest), len(manifest))
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); err != nil {
			return // The end: a manifest that is not YAML lacks objects that the tests want.
		}
		if len(object.Object) == 0 {
			continue
		}
		if err := o.client.Create(t.Context(), object); err != nil {
			t.Fatalf("%s %s: %v", object.GetKind(), object.GetName(), err)
		}
	}
}

// rest waits until the API server's plugins know what was created: they watch, and judge by what they have seen.
func (o *oracle) rest(t *testing.T) {
	t.Helper()
	for _, ready := range []struct{ what, spec string }{
		{"runtime classes", `spec: {runtimeClassName: sandbox, containers: [{name: a, image: nginx}]}`},
		{"priority classes", `spec: {priorityClassName: polite, containers: [{name: a, image: nginx}]}`},
		{"accounts", `spec: {serviceAccountName: strict, containers: [{name: a, image: nginx}]}`},
	} {
		row := template{spec: ready.spec}
		for _, namespace := range []string{"plain", "bound"} {
			o.eventually(t, "the plugins know "+ready.what, func(ctx context.Context) (bool, error) {
				pod := FromTemplate(row.parse(t), replicaSet, Identity{}, namespace)
				err := o.client.Create(ctx, pod, client.DryRunAll)
				limited := namespace == "plain" || pod.Annotations[limitRangerAnnotation] != ""
				return err == nil && limited, nil
			})
		}
	}
}

func (o *oracle) eventually(t *testing.T, what string, done func(context.Context) (bool, error)) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, done); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

// environment is what the API server holds.
func (o *oracle) environment(t *testing.T, namespace string) Environment {
	t.Helper()
	var ranges corev1.LimitRangeList
	var accounts corev1.ServiceAccountList
	var priorities schedulingv1.PriorityClassList
	var runtimes nodev1.RuntimeClassList
	for _, list := range []client.ObjectList{&ranges, &accounts, &priorities, &runtimes} {
		if err := o.client.List(t.Context(), list, client.InNamespace(namespace)); err != nil {
			t.Fatal(err)
		}
	}
	return Environment{
		Minor: 37, LimitRanges: known(ranges.Items), ServiceAccounts: known(accounts.Items),
		PriorityClasses: known(priorities.Items), RuntimeClasses: known(runtimes.Items),
	}
}

func known[T any](items []T) Objects[T] {
	objects := Objects[T]{Known: true}
	for i := range items {
		objects.List = append(objects.List, &items[i])
	}
	return objects
}

var replicaSet = Owner{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: "app-5d4f8c7b9f", UID: "6a0e9c1e-0000-4000-8000-000000000001"}

// What Admit makes of a template is what the API server makes of it; what Admit denies the API server refuses.
func (o *oracle) compareTemplates(t *testing.T, namespace string) {
	t.Helper()
	env := o.environment(t, namespace)
	refused := 0
	for _, row := range templates {
		t.Run(row.name, func(t *testing.T) {
			ours := FromTemplate(row.parse(t), replicaSet, Identity{}, namespace)
			theirs := ours.DeepCopy()
			outcome := admitted(ours, env)
			err := o.client.Create(t.Context(), theirs, client.DryRunAll)
			if len(outcome.Unknown) > 0 {
				t.Errorf("unknown: %v", outcome.Unknown)
			}
			if err != nil {
				refused++
				assertRefused(t, outcome, err)
				return
			}
			if len(outcome.Denials) > 0 {
				t.Fatalf("the API server admits it, yet: %v", outcome.Denials)
			}
			if diff := diffPods(theirs, outcome.Pod); diff != "" {
				t.Errorf("pod (-API server +ours):\n%s", diff)
			}
		})
	}
	if refused < 10 || refused > len(templates)/2 {
		t.Errorf("%d of %d templates were refused: too few or too many to mean much", refused, len(templates))
	}
}

// phrases are words by which a refusal tells its plugin.
var phrases = map[Plugin][]string{
	LimitRanger: {"per Container is", "per Pod is"}, ServiceAccount: {"service account"},
	Priority: {"PriorityClass"}, RuntimeClass: {"RuntimeClass", "runtimeClass"},
}

// The API server stops at the first plugin that refuses a pod, which has to be the one of our first denial.
func assertRefused(t *testing.T, outcome Outcome, err error) {
	t.Helper()
	if !apierrors.IsForbidden(err) {
		t.Fatalf("the API server does not even take it: %v", err)
	}
	if len(outcome.Denials) == 0 {
		t.Fatalf("nothing of ours denies it: %v", err)
	}
	first := outcome.Denials[0]
	if !slices.ContainsFunc(phrases[first.Plugin], func(phrase string) bool { return strings.Contains(err.Error(), phrase) }) {
		t.Errorf("%v, the API server says: %v", first, err)
	}
}

// diffPods compares two pods but for what each creation makes anew and what happens to a pod afterwards.
func diffPods(want, got *corev1.Pod) string {
	return cmp.Diff(settled(want), settled(got), cmpopts.EquateEmpty(),
		cmp.Comparer(func(a, b resource.Quantity) bool { return a.Cmp(b) == 0 }))
}

func settled(pod *corev1.Pod) *corev1.Pod {
	out := pod.DeepCopy()
	out.TypeMeta = metav1.TypeMeta{}
	out.UID, out.ResourceVersion, out.CreationTimestamp, out.ManagedFields = "", "", metav1.Time{}, nil
	if out.GenerateName != "" && !strings.HasPrefix(out.Labels["statefulset.kubernetes.io/pod-name"], out.Name) {
		out.Name = strings.TrimSuffix(out.Name, out.Name[len(out.Name)-len(UnknownSuffix):]) + UnknownSuffix
	}
	for i := range out.Status.Conditions {
		out.Status.Conditions[i].LastTransitionTime = metav1.Time{}
	}
	rename := func(name string) string {
		if isTokenVolume(name) {
			return tokenVolumePrefix + UnknownSuffix
		}
		return name
	}
	for i := range out.Spec.Volumes {
		out.Spec.Volumes[i].Name = rename(out.Spec.Volumes[i].Name)
	}
	eachContainer(&out.Spec, func(c *corev1.Container) {
		for i := range c.VolumeMounts {
			c.VolumeMounts[i].Name = rename(c.VolumeMounts[i].Name)
		}
	})
	slices.SortFunc(out.Spec.Volumes, func(a, b corev1.Volume) int { return strings.Compare(a.Name, b.Name) })
	return out
}
