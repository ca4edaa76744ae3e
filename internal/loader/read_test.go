package loader

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/model"
)

// withParams is a policy that takes its parameters from ConfigMaps, and one from a custom resource, with their bindings.
const withParams = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: p}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "true"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: b}
spec: {policyName: p, validationActions: [Deny], paramRef: {name: limits, parameterNotFoundAction: Deny}}
`

const configMap = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits}\ndata: {max: '1'}\n"

func TestReadRecordsNothing(t *testing.T) {
	const text = withParams + configMap + "---\napiVersion: v1\nkind: Thing\nmetadata: {name: x}\n" +
		"---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: 7}\n" +
		"---\napiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
	read := Read([]string{Stdin}, strings.NewReader(text), "team")
	var got []string
	for _, o := range read.Objects {
		got = append(got, o.At+": "+o.Kind.Kind+" "+o.GetName())
	}
	want := []string{
		"stdin: document 1: ValidatingAdmissionPolicy p", "stdin: document 2: ValidatingAdmissionPolicyBinding b",
		"stdin: document 6: Namespace web", "stdin: document 7: Namespace web",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]KindCount{{"v1", "ConfigMap", 1}, {"v1", "Thing", 1}}, read.Others); diff != "" {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"stdin: document 5: spec.containers: must be a list, not number"}, texts(read.Errors)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	if len(read.Duplicates) != 1 || read.Duplicates[0].At != "stdin: document 7" {
		t.Errorf("duplicates %+v", read.Duplicates)
	}
}

// paramStates are the kinds of parameters, with what is known of them.
func paramStates(p *admission.Policies) []string {
	var out []string
	for _, kind := range p.ParamKinds() {
		out = append(out, kind.Kind.Kind+" "+string(p.ParamStatus(kind.Kind).State))
	}
	return out
}

func TestParametersThatAreChanged(t *testing.T) {
	kind := schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}
	for _, test := range []struct {
		name, change string
		state        admission.ParamState
		want         []string
		params       []KindCount
	}{
		{"a cluster that has the kind", configMap, admission.ParamsSynced, []string{"ConfigMap Synced"}, []KindCount{{"v1", "ConfigMap", 0}}},
		{"a cluster that gets it", configMap, admission.ParamsMissing, []string{"ConfigMap Synced"}, []KindCount{{"v1", "ConfigMap", 0}}},
		{"a cluster that does not", "", admission.ParamsMissing, []string{"ConfigMap Missing"}, nil},
		{"a kind that may not be read", configMap, admission.ParamsForbidden, []string{"ConfigMap Forbidden"}, []KindCount{{"v1", "ConfigMap", 0}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := model.New()
			Files([]string{Stdin}, strings.NewReader(withParams), "team", m)
			m.Policies.SetParamKind(kind, admission.ParamStatus{State: test.state, Namespaced: true})
			params, errs := Read([]string{Stdin}, strings.NewReader(test.change), "team").Aside.ChangeParams(m.Policies)
			if diff := cmp.Diff(test.params, params); diff != "" || len(errs) > 0 {
				t.Errorf("errors %v, kinds (-want +got):\n%s", errs, diff)
			}
			if diff := cmp.Diff(test.want, paramStates(m.Policies)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParametersOfFilesAreKeptForPoliciesToCome(t *testing.T) {
	m := model.New()
	r := Files([]string{Stdin}, strings.NewReader(configMap), "team", m)
	if diff := cmp.Diff([]KindCount{{"v1", "ConfigMap", 1}}, r.Ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
	change := Read([]string{Stdin}, strings.NewReader(withParams), "team")
	for _, o := range change.Objects {
		Add(m, o.Object)
	}
	r.Aside.Add(change.Aside)
	if _, errs := r.Aside.AddParams(m.Policies); len(errs) > 0 {
		t.Fatal(errs)
	}
	object := &unstructured.Unstructured{Object: r.Aside.objects[0].Object}
	if object.GetNamespace() != "team" {
		t.Errorf("the namespace is %q", object.GetNamespace())
	}
	if diff := cmp.Diff([]string{"ConfigMap Synced"}, paramStates(m.Policies)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBudgetsAreReadForADrainOnly(t *testing.T) {
	const text = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {minAvailable: 1}\n"
	for _, asked := range []bool{false, true} {
		m := model.New()
		want := []KindCount{{"policy/v1", "PodDisruptionBudget", 1}}
		if asked {
			m.Drain, want = drain.NewFacts(), nil
		}
		r := Files([]string{Stdin}, strings.NewReader(text), "team", m)
		if diff := cmp.Diff(want, r.Ignored); diff != "" || len(r.Errors) > 0 {
			t.Errorf("asked %v: errors %v, ignored (-want +got):\n%s", asked, r.Errors, diff)
		}
	}
}
