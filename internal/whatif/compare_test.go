package whatif_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
	"github.com/daysix/daysix/internal/whatif"
)

func modelOf(t *testing.T, manifests string) *model.Model {
	t.Helper()
	m := model.New()
	read := loader.Files([]string{loader.Stdin}, strings.NewReader(manifests), "shop", m)
	if len(read.Errors) > 0 {
		t.Fatal(read.Errors)
	}
	return m
}

// compare judges before and after manifests are applied and a namespace is labelled.
func compare(t *testing.T, given, applied string, labels map[string]string) *whatif.Result {
	t.Helper()
	m := modelOf(t, given)
	rules, err := assess.RestartRules(m, podsecurity.Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, steps := m.Snapshot.Workloads(), 0
	step := func() { steps++ }
	before := whatif.Judge(m.Snapshot, rules, keys, step)
	read := loader.Read([]string{loader.Stdin}, strings.NewReader(applied), "shop")
	for _, object := range read.Objects {
		loader.Add(m, object.Object)
	}
	if _, errs := read.Aside.AddParams(m.Policies); len(errs)+len(read.Errors) > 0 {
		t.Fatal(errs, read.Errors)
	}
	if labels != nil {
		current := m.Snapshot.Namespaces()
		for _, n := range current {
			if n.Name == "shop" {
				m.Snapshot.UpsertNamespace(whatif.Labelled(n, "shop", labels, nil))
			}
		}
	}
	result := whatif.Compare(before, whatif.Judge(m.Snapshot, rules, keys, step))
	if steps != 2*len(keys) {
		t.Errorf("%d steps for %d workloads", steps, len(keys))
	}
	return result
}

func rowsOf(r *whatif.Result) []string {
	var out []string
	add := func(name string, rows []whatif.Row) {
		for _, row := range rows {
			out = append(out, fmt.Sprintf("%s %s/%s %s -> %s, %d of %d: %s: %s",
				name, row.Workload.Kind, row.Workload.Name, row.Before, row.After, row.Pods, row.Running, row.Reason, row.Message))
		}
	}
	add("worse", r.Worse)
	add("better", r.Better)
	return out
}

const shop = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"

func replicaSet(name, image string, pods ...string) string {
	spec := "{containers: [{name: a, image: '" + image + "'}]}"
	out := "---\n{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: " + name + ", uid: " + name + "}, spec: {template: {metadata: {labels: {x: z}}, spec: " + spec + "}}}\n"
	for _, pod := range pods {
		out += "---\n{apiVersion: v1, kind: Pod, metadata: {name: " + pod + ", labels: {x: z}, ownerReferences: [{apiVersion: apps/v1, " +
			"kind: ReplicaSet, name: " + name + ", uid: " + name + ", controller: true}]}, spec: " + spec + "}\n"
	}
	return out
}

// policy is one with a binding of these actions.
func policy(name, expression, actions string) string {
	return "---\n{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: " + name + "}, spec: {" +
		"matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}, " +
		"validations: [{expression: \"" + expression + "\", message: " + name + " says no}]}}\n" +
		"---\n{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: {name: " + name + "}, " +
		"spec: {policyName: " + name + ", validationActions: [" + actions + "]}}\n"
}

func webhook() string {
	return "---\n{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w}, webhooks: [{" +
		"name: w.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: 'https://x'}, objectSelector: " +
		"{matchLabels: {x: z}}, rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}]}\n"
}

func TestWhatAChangeDoes(t *testing.T) {
	const noA = "!object.spec.containers.exists(c, c.image == 'a')"
	cart := replicaSet("cart", "a", "c-1", "c-2")
	for _, test := range []struct {
		name, given, applied string
		labels               map[string]string
		want                 []string
		unchanged            whatif.Counts
		forecast             int
	}{
		{name: "nothing", given: cart, unchanged: whatif.Counts{Admitted: 1}},
		{
			name: "a policy that refuses", given: cart + replicaSet("web", "b", "w-1"), applied: policy("p", noA, "Deny"),
			want: []string{"worse ReplicaSet/cart Admitted -> Denied, 2 of 2: ValidatingAdmissionPolicy: p says no"}, unchanged: whatif.Counts{Admitted: 1},
		},
		{name: "a policy that warns", given: cart, applied: policy("p", noA, "Warn"), unchanged: whatif.Counts{Admitted: 1}, forecast: 1},
		{
			name: "a policy that lets go", given: cart + policy("p", noA, "Deny"), applied: policy("p", "true", "Deny"),
			want: []string{"better ReplicaSet/cart Denied -> Admitted, 2 of 2: ValidatingAdmissionPolicy: p says no"},
		},
		{
			name: "what is refused already is not worse", given: cart + policy("p", noA, "Deny"), applied: policy("q", noA, "Deny"),
			unchanged: whatif.Counts{Denied: 1},
		},
		{
			name: "two that refuse", given: cart, applied: policy("p", noA, "Deny") + policy("q", noA, "Deny"),
			want: []string{"worse ReplicaSet/cart Admitted -> Denied, 2 of 2: ValidatingAdmissionPolicy: p says no (and 1 more)"},
		},
		{
			name: "a webhook that is not asked", given: cart, applied: webhook(),
			want: []string{"worse ReplicaSet/cart Admitted -> Unknown, 2 of 2: WebhookNotAsked: ValidatingWebhookConfiguration w/w.example.com: " +
				"The webhook is called when the pod is created, and was not asked."},
		},
		{
			name: "what was not known is refused", given: cart + webhook(), applied: policy("p", noA, "Deny"),
			want: []string{"worse ReplicaSet/cart Unknown -> Denied, 2 of 2: ValidatingAdmissionPolicy: p says no"},
		},
		{
			name: "what was refused is not known", given: cart + policy("p", noA, "Deny") + webhook(), applied: policy("p", "true", "Deny"),
			want: []string{"better ReplicaSet/cart Denied -> Unknown, 2 of 2: ValidatingAdmissionPolicy: p says no"},
		},
		{
			name: "a bare pod, for whoever creates it again", applied: policy("p", noA, "Deny"),
			given: "---\n{apiVersion: v1, kind: Pod, metadata: {name: tool}, spec: {containers: [{name: a, image: a}]}}\n",
			want:  []string{"worse Pod/tool Admitted -> Denied, 1 of 1: ValidatingAdmissionPolicy: p says no"},
		},
		{
			name: "a static pod asks nobody", applied: policy("p", noA, "Deny"), unchanged: whatif.Counts{Admitted: 1},
			given: "---\n{apiVersion: v1, kind: Pod, metadata: {name: etcd, annotations: {kubernetes.io/config.mirror: x}}, spec: {containers: [{name: a, image: a}]}}\n",
		},
		{
			name: "a workload without pods", given: replicaSet("cart", "a"), applied: policy("p", noA, "Deny"),
			want: []string{"worse ReplicaSet/cart Admitted -> Denied, 0 of 0: ValidatingAdmissionPolicy: p says no"},
		},
		{
			name: "a label of the namespace", given: cart, labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
			want: []string{"worse ReplicaSet/cart Admitted -> Denied, 2 of 2: PodSecurity: violates PodSecurity \"restricted:latest\": " +
				"allowPrivilegeEscalation != false (container \"a\" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities " +
				"(container \"a\" must set securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set " +
				"securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set securityContext.seccompProfile.type to " +
				"\"RuntimeDefault\" or \"Localhost\")"},
		},
		{
			name: "a LimitRange that asks for less", given: strings.Replace(cart, "image: 'a'", "image: 'a', resources: {limits: {memory: 2Gi}}", 1),
			applied: "{apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: Container, max: {memory: 1Gi}}]}}",
			want:    []string{"worse ReplicaSet/cart Admitted -> Denied, 2 of 2: LimitRange: container a: memory limit 2Gi is above the maximum of 1Gi"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := compare(t, shop+test.given, test.applied, test.labels)
			if diff := cmp.Diff(test.want, rowsOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unchanged, got.Unchanged); diff != "" || got.Forecast != test.forecast {
				t.Errorf("forecast %d, unchanged (-want +got):\n%s", got.Forecast, diff)
			}
		})
	}
}

func TestAParameterIsAChange(t *testing.T) {
	given := replicaSet("cart", "a", "c-1") + strings.NewReplacer(
		"matchConstraints:", "paramKind: {apiVersion: v1, kind: ConfigMap}, matchConstraints:",
		"validationActions:", "paramRef: {name: images, parameterNotFoundAction: Allow}, validationActions:",
	).Replace(policy("p", "!object.spec.containers.exists(c, c.image == params.data.banned)", "Deny"))
	got := compare(t, shop+given, "{apiVersion: v1, kind: ConfigMap, metadata: {name: images}, data: {banned: a}}", nil)
	want := []string{"worse ReplicaSet/cart Admitted -> Denied, 1 of 1: ValidatingAdmissionPolicy: p says no"}
	if diff := cmp.Diff(want, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Part of a rollout may change where the rest does not.
func TestPodsThatChangeAreCounted(t *testing.T) {
	deployment := "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: cart, uid: d}, spec: {template: {spec: {containers: [{name: a, image: b}]}}}}\n"
	owner := ", ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, uid: d, controller: true}]}, spec: {template"
	given := deployment + strings.ReplaceAll(
		replicaSet("old", "a", "o-1", "o-2")+replicaSet("new", "b", "n-1"), "}, spec: {template", owner)
	got := compare(t, shop+given, policy("p", "!object.spec.containers.exists(c, c.image == 'a')", "Deny"), nil)
	want := []string{"worse Deployment/cart Admitted -> Denied, 2 of 3: ValidatingAdmissionPolicy: p says no"}
	if diff := cmp.Diff(want, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNoChangeChangesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		given := shop
		for i := range rapid.IntRange(0, 5).Draw(r, "workloads") {
			var pods []string
			for j := range rapid.IntRange(0, 2).Draw(r, "pods") {
				pods = append(pods, fmt.Sprintf("w%d-%d", i, j))
			}
			given += replicaSet(fmt.Sprintf("w%d", i), rapid.SampledFrom([]string{"a", "b"}).Draw(r, "image"), pods...)
		}
		policies := ""
		for i := range rapid.IntRange(0, 3).Draw(r, "policies") {
			policies += policy(fmt.Sprintf("p%d", i), rapid.SampledFrom([]string{
				"true", "false", "object.spec.containers.exists(c, c.image == 'a')", "authorizer.requestResource.check('get').allowed()",
			}).Draw(r, "expression"), rapid.SampledFrom([]string{"Deny", "Warn", "Audit"}).Draw(r, "action"))
		}
		if rapid.Bool().Draw(r, "webhook") {
			policies += webhook()
		}
		m := modelOf(t, given+policies)
		got := compare(t, given+policies, policies, nil)
		u := got.Unchanged
		if len(got.Worse)+len(got.Better)+got.Forecast != 0 || u.Admitted+u.Denied+u.Unknown != len(m.Snapshot.Workloads()) {
			r.Errorf("%+v", got)
		}
	})
}

func TestWhatIsLabelledKeepsTheRest(t *testing.T) {
	current := &snapshot.Namespace{}
	current.Name, current.UID = "shop", "1"
	current.Labels = map[string]string{"team": "a", "tier": "x"}
	got := whatif.Labelled(current, "shop", map[string]string{"tier": "y"}, map[string]string{"note": "n"})
	want := *current
	want.Labels, want.Annotations = map[string]string{"team": "a", "tier": "y"}, map[string]string{"note": "n"}
	if diff := cmp.Diff(&want, got); diff != "" || current.Labels["tier"] != "x" {
		t.Errorf("labels of the old one: %v (-want +got):\n%s", current.Labels, diff)
	}
	if fresh := whatif.Labelled(nil, "new", map[string]string{"a": "b"}, nil); fresh.Name != "new" || fresh.Labels["a"] != "b" {
		t.Errorf("%+v", fresh)
	}
}
