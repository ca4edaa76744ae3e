package drain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/loader"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/snapshot"
)

// modelOf reads manifests as a dump of a cluster.
func modelOf(t *testing.T, manifests string) *model.Model {
	t.Helper()
	m := model.New()
	m.Drain = drain.NewFacts()
	read := loader.Files([]string{loader.Stdin}, strings.NewReader(manifests), "shop", m)
	if len(read.Errors) > 0 {
		t.Fatal(read.Errors)
	}
	return m
}

func plannerOf(t *testing.T, m *model.Model) *drain.Planner {
	t.Helper()
	rules, err := assess.RestartRules(m, podsecurity.Settings{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &drain.Planner{Snapshot: m.Snapshot, Facts: m.Drain, Rules: rules}
}

// lines are the rows of a result: fate, workload, pods, how many are left, why, and why no node may take them.
func lines(r *drain.Result) []string {
	var out []string
	for i := range r.Workloads {
		w := &r.Workloads[i]
		names := make([]string, len(w.Pods))
		for j, p := range w.Pods {
			if names[j] = p.Name; p.NoPlace != nil {
				names[j] += " (" + p.NoPlace.Reason + ")"
			}
		}
		line := fmt.Sprintf("%s %s/%s: %s, left %d of %d", w.Fate, w.Workload.Kind, w.Workload.Name, strings.Join(names, ", "), w.Left, w.Running)
		if w.Reason != "" {
			line += ", " + w.Reason
		}
		out = append(out, line)
	}
	return out
}

// nodes are two workers, a cordoned one and one of the control plane.
const nodes = `
---
{apiVersion: v1, kind: Node, metadata: {name: a, labels: {zone: east, disk: ssd}}}
---
{apiVersion: v1, kind: Node, metadata: {name: b, labels: {zone: west}}}
---
{apiVersion: v1, kind: Node, metadata: {name: cordoned, labels: {zone: east, disk: ssd}}, spec: {unschedulable: true}}
---
{apiVersion: v1, kind: Node, metadata: {name: control, labels: {zone: east}}, spec: {taints: [{key: role, value: control, effect: NoSchedule}]}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}}
`

// owned is a workload of a kind, with pods that are each given as name@node.
func owned(kind, namespace, name, spec string, pods ...string) string {
	var b strings.Builder
	if spec == "" {
		spec = "containers: [{name: a, image: a}]"
	}
	apiVersion, uid := "apps/v1", namespace+"-"+name
	if kind == "Job" {
		apiVersion = "batch/v1"
	}
	fmt.Fprintf(&b, "---\n{apiVersion: %s, kind: %s, metadata: {name: %s, namespace: %s, uid: %s}, spec: {template: {spec: {%s}}}}\n",
		apiVersion, kind, name, namespace, uid, spec)
	for _, pod := range pods {
		podName, node, _ := strings.Cut(pod, "@")
		spec := strings.ReplaceAll(spec, ", nodeName: "+node, "")
		fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {app: %s}, "+
			"ownerReferences: [{apiVersion: %s, kind: %s, name: %s, uid: %s, controller: true}]}, spec: {nodeName: %s, %s}}\n",
			podName, namespace, name, apiVersion, kind, name, uid, node, spec)
	}
	return b.String()
}

func bare(namespace, name, node, more string) string {
	return fmt.Sprintf("---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s%s}, spec: {nodeName: %s, containers: [{name: a, image: a}]}}\n",
		name, namespace, more, node)
}

func TestFates(t *testing.T) {
	const terminating = ", deletionTimestamp: '2026-01-01T00:00:00Z'"
	for _, test := range []struct {
		name, given string
		drained     string
		want        []string
	}{
		{"a pod that comes back", owned("ReplicaSet", "shop", "cart", "", "c-1@a", "c-2@b"), "a", []string{"ComesBack ReplicaSet/cart: c-1, left 1 of 2"}},
		{"pods on other nodes are not listed", owned("ReplicaSet", "shop", "cart", "", "c-1@b"), "a", nil},
		{
			"a pod that would be refused", owned("ReplicaSet", "strict", "cart", "", "c-1@a", "c-2@a", "c-3@b"), "a",
			[]string{"Denied ReplicaSet/cart: c-1, c-2, left 1 of 3, PodSecurity"},
		},
		{"a bare pod", bare("shop", "tool", "a", ""), "a", []string{"Lost Pod/tool: tool, left 0 of 1, BarePod"}},
		{
			"a pod of a DaemonSet stays, refused or not", owned("DaemonSet", "strict", "agent", "", "g-1@a", "g-2@b"), "a",
			[]string{"Stays DaemonSet/agent: g-1, left 2 of 2, PodSecurity"},
		},
		{
			"a static pod is ignored", bare("shop", "etcd", "a", ", annotations: {kubernetes.io/config.mirror: x}"), "a",
			[]string{"Static Pod/etcd: etcd, left 1 of 1, StaticPod"},
		},
		{
			"a pod on its way out", owned("ReplicaSet", "shop", "cart", "", "c-1@b") +
				strings.Replace(owned("ReplicaSet", "shop", "cart", "", "c-2@a"), "labels: {app: cart}", "labels: {app: cart}"+terminating, 1), "a",
			[]string{"Terminating ReplicaSet/cart: c-2, left 1 of 1"},
		},
		{
			"a rollout: the old pods come back from the old template",
			owned("ReplicaSet", "strict", "old", "", "o-1@a") + owned("ReplicaSet", "shop", "new", "", "n-1@a"), "a",
			[]string{"Denied ReplicaSet/old: o-1, left 0 of 1, PodSecurity", "ComesBack ReplicaSet/new: n-1, left 0 of 1"},
		},
		{
			"two nodes at once", owned("ReplicaSet", "shop", "cart", "", "c-1@a", "c-2@b", "c-3@control"), "a b",
			[]string{"ComesBack ReplicaSet/cart: c-1 (NoOtherNode), c-2 (NoOtherNode), left 1 of 3"},
		},
		{"a webhook that decides", owned("Job", "shop", "run", "", "r-1@a") + `
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
- {name: guard.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: "https://x"}, rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
`, "a", []string{"Unknown Job/run: r-1, left 0 of 1, WebhookNotAsked"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := plannerOf(t, modelOf(t, nodes+test.given)).Plan(strings.Fields(test.drained))
			if diff := cmp.Diff(test.want, lines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a cluster has read and does not hold is gone; what files do not hold is not.
func TestAnOwnerThatIsGoneLosesItsPods(t *testing.T) {
	pod := owned("DaemonSet", "shop", "agent", "", "g-1@a")
	pod = pod[strings.Index(pod, "---\n{apiVersion: v1, kind: Pod"):] + strings.ReplaceAll(
		strings.ReplaceAll(pod[strings.Index(pod, "---\n{apiVersion: v1, kind: Pod"):], "g-1", "r-1"), "DaemonSet", "ReplicaSet")
	for _, test := range []struct {
		state snapshot.State
		want  []string
		flags []string
	}{
		{
			snapshot.NotGiven,
			[]string{"ComesBack ReplicaSet/agent: r-1, left 0 of 1", "Stays DaemonSet/agent: g-1, left 1 of 1"},
			[]string{"--ignore-daemonsets"},
		},
		{
			snapshot.Synced, []string{
				"Lost DaemonSet/agent: g-1, left 0 of 1, OwnerGone", "Unknown Pod/r-1: r-1, left 0 of 1, OwnerNotFound",
			}, []string{"--force"},
		},
	} {
		t.Run(string(test.state), func(t *testing.T) {
			m := modelOf(t, nodes+pod)
			for _, source := range []snapshot.Source{snapshot.DaemonSets, snapshot.ReplicaSets, snapshot.Deployments} {
				m.Snapshot.SetSource(source, test.state)
			}
			got := plannerOf(t, m).Plan([]string{"a"})
			if diff := cmp.Diff(test.want, lines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.flags, got.KubectlFlags); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlagsOfKubectlDrain(t *testing.T) {
	const emptyDir = "volumes: [{name: v, emptyDir: {}}], containers: [{name: a, image: a}]"
	for _, test := range []struct {
		name, given string
		want        []string
	}{
		{"none", owned("ReplicaSet", "shop", "cart", "", "c@a"), []string{}},
		{"a DaemonSet", owned("DaemonSet", "shop", "agent", emptyDir, "g@a"), []string{"--ignore-daemonsets"}},
		{"an emptyDir", owned("ReplicaSet", "shop", "cart", emptyDir, "c@a"), []string{"--delete-emptydir-data"}},
		{"a bare pod", bare("shop", "tool", "a", ""), []string{"--force"}},
		{"a static pod", bare("shop", "etcd", "a", ", annotations: {kubernetes.io/config.mirror: x}"), []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := plannerOf(t, modelOf(t, nodes+test.given)).Plan([]string{"a"})
			if diff := cmp.Diff(test.want, got.KubectlFlags); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestExcludedNamespacesAreCounted(t *testing.T) {
	p := plannerOf(t, modelOf(t, nodes+bare("shop", "x", "a", "")+bare("strict", "z", "a", "")))
	p.Excludes = func(namespace string) bool { return namespace == "strict" }
	got := p.Plan([]string{"a"})
	if diff := cmp.Diff([]string{"Lost Pod/x: x, left 0 of 1, BarePod"}, lines(got)); diff != "" || got.Excluded != 1 {
		t.Errorf("excluded %d (-want +got):\n%s", got.Excluded, diff)
	}
}

func TestNodesThatAreKnown(t *testing.T) {
	m := modelOf(t, "{apiVersion: v1, kind: Node, metadata: {name: b}}\n"+bare("shop", "x", "a", ""))
	p := plannerOf(t, m)
	if diff := cmp.Diff([]string{"a", "b"}, p.Nodes()); diff != "" {
		t.Errorf("of files (-want +got):\n%s", diff)
	}
	m.Snapshot.SetSource(snapshot.Nodes, snapshot.Synced)
	if diff := cmp.Diff([]string{"b"}, p.Nodes()); diff != "" {
		t.Errorf("of a cluster (-want +got):\n%s", diff)
	}
}
