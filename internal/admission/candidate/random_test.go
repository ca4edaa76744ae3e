package candidate

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"
	"sigs.k8s.io/randfill"
)

// Whatever the objects are like, nothing panics, nothing is changed, and the same comes out twice.
func TestRandomObjectsAreBorne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fill := randfill.NewWithSeed(rapid.Int64().Draw(t, "seed")).NilChance(0.4).NumElements(0, 2).MaxDepth(12).Funcs(
			func(q *resource.Quantity, c randfill.Continue) {
				*q = *resource.NewMilliQuantity(c.Int63n(1e6), resource.DecimalSI)
			},
			func(m *metav1.FieldsV1, _ randfill.Continue) { *m = metav1.FieldsV1{} },
		)
		var pod, died corev1.Pod
		var template corev1.PodTemplateSpec
		var quota corev1.ResourceQuota
		var limits corev1.LimitRange
		fill.Fill(&pod)
		fill.Fill(&died)
		fill.Fill(&template)
		fill.Fill(&quota)
		fill.Fill(&limits)
		owner := rapid.SampledFrom([]Owner{
			{APIVersion: "apps/v1", Kind: "Deployment"},
			{APIVersion: "apps/v1", Kind: "StatefulSet"},
			{APIVersion: "apps/v1", Kind: "DaemonSet"},
			{APIVersion: "batch/v1", Kind: "Job"},
			{APIVersion: "batch/v1", Kind: "CronJob"},
			{APIVersion: "example.com/v1", Kind: "Fleet"},
		}).Draw(t, "owner")
		yes := true
		pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: owner.APIVersion, Kind: owner.Kind, Controller: &yes}}
		env := ordinary()
		env.LimitRanges = objects(&limits)
		arguments := []any{&pod, &died, &template, &quota, &limits}
		before := []any{pod.DeepCopy(), died.DeepCopy(), template.DeepCopy(), quota.DeepCopy(), limits.DeepCopy()}

		run := func() []any {
			made := FromTemplate(&template, owner, IdentityOf(&pod), "n")
			injected := InjectedFrom(&pod, &template)
			outcome := admitted(injected.Into(made), env)
			denials, _ := Quotas(outcome.Pod, &died, objects(&quota))
			return []any{outcome, denials, Differs(&pod, outcome.Pod), FromPod(&pod)}
		}
		first := run()
		if second := run(); !reflect.DeepEqual(first, second) {
			t.Fatal("the same arguments give different results")
		}
		for i := range arguments {
			if !reflect.DeepEqual(before[i], arguments[i]) {
				t.Fatalf("%T was changed", arguments[i])
			}
		}
	})
}
