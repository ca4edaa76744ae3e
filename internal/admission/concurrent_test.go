package admission

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Evaluations, which share a pod as well, run beside changes. The race detector watches.
func TestEvaluationsRunBesideChanges(t *testing.T) {
	x := newCluster(t)
	feed(t, x, mutatingOf("m", `paramKind: {apiVersion: v1, kind: ConfigMap}, `+apply(labelled1)), mutatingBindingOf("mb", "m", `paramRef: {selector: {}, parameterNotFoundAction: Allow}`))
	pod := testPod()
	before := pod.DeepCopy()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 30 {
				evaluate(t, x, func(r *Request) { r.Pod = pod })
				x.ParamKinds()
				x.Faults()
				x.Objects()
			}
		})
	}
	group.Go(func() {
		for i := range 30 {
			feed(t, x, policyOf("limits", validations(fmt.Sprintf(`{expression: "size(object.spec.containers) > %d"}`, i%3))),
				configMap("shop", fmt.Sprintf("m-%d", i%4), "data: {a: b}"))
			x.DeleteParam(configMaps, "shop", fmt.Sprintf("m-%d", (i+1)%4))
		}
	})
	group.Wait()
	if diff := cmp.Diff(before, pod); diff != "" {
		t.Errorf("the pod was changed (-before +after):\n%s", diff)
	}
}
