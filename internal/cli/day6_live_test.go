package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/testing/cluster"
	"github.com/daysix/daysix/internal/whatif"
)

// day4 are the workloads: host runs on worker-0 and needs the network of its node, web is admitted everywhere, alone is guarded by
// a budget that lets it never go, agent is on every node, and tool belongs to nobody. One ConfigMap is there before its policy.
const day4 = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: images, namespace: shop}, data: {banned: "shop/web:1"}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: host, namespace: shop}
  spec:
    replicas: 2
    selector: {matchLabels: {app: host}}
    template:
      metadata: {labels: {app: host}}
      spec: {hostNetwork: true, nodeSelector: {kubernetes.io/hostname: worker-0}, containers: [{name: a, image: "shop/host:1"}]}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 6
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: DoNotSchedule
          nodeTaintsPolicy: Honor
          labelSelector: {matchLabels: {app: web}}
        containers: [{name: a, image: "shop/web:1"}]
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: alone, namespace: shop}
  spec:
    replicas: 1
    selector: {matchLabels: {app: alone}}
    template:
      metadata: {labels: {app: alone}}
      spec: {nodeSelector: {kubernetes.io/hostname: worker-0}, containers: [{name: a, image: "shop/alone:1"}]}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: alone, namespace: shop}, spec: {minAvailable: 1, selector: {matchLabels: {app: alone}}}}
- {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop}, spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}}
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: agent, namespace: shop}
  spec:
    selector: {matchLabels: {app: agent}}
    template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: a, image: "shop/agent:1"}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: tool, namespace: shop}, spec: {nodeName: worker-0, containers: [{name: a, image: "shop/tool:1"}]}}
`

// banned is a policy that takes its parameter from the ConfigMap that is in the cluster.
const banned = `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: banned}
spec:
  paramKind: {apiVersion: v1, kind: ConfigMap}
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "object.spec.containers.all(c, c.image != params.data.banned)", message: this image is banned}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: banned}
spec:
  policyName: banned
  validationActions: [Deny]
  paramRef: {name: images, parameterNotFoundAction: Deny}
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}
`

// story is a cluster with the workloads, and what the verbs are asked about it.
type story struct {
	*cluster.Cluster

	t *testing.T
}

func day6ClusterOf(t *testing.T) *story {
	t.Helper()
	options := cluster.Full()
	options.NoAudit = true
	c := cluster.StartFor(t, options)
	if err := c.ApplyYAML(t.Context(), day4); err != nil {
		t.Fatal(err)
	}
	l := &story{c, t}
	l.until("all pods are ready", func() bool { return len(l.ready("")) == 13 }) // An agent is not on the node of the control plane.
	return l
}

func (l *story) until(what string, done func() bool) {
	l.t.Helper()
	err := wait.PollUntilContextTimeout(l.t.Context(), 50*time.Millisecond, 2*time.Minute, true, func(context.Context) (bool, error) {
		return done(), nil
	})
	if err != nil {
		l.t.Fatalf("waiting until %s: %v", what, err)
	}
}

// ready lists the pods of an app, or all of them, that are ready and stay.
func (l *story) ready(app string) []corev1.Pod {
	l.t.Helper()
	var pods corev1.PodList
	options := []client.ListOption{client.InNamespace("shop")}
	if app != "" {
		options = append(options, client.MatchingLabels{"app": app})
	}
	if err := l.Client().List(l.t.Context(), &pods, options...); err != nil {
		l.t.Fatal(err)
	}
	return slices.DeleteFunc(pods.Items, func(p corev1.Pod) bool {
		return p.DeletionTimestamp != nil || !slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
			return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
		})
	})
}

// ask runs a verb and decodes what it prints.
func (l *story) ask(into any, wantCode int, args ...string) {
	l.t.Helper()
	got := run(l.t, "", append(args, "-o", "json", "--kubeconfig", l.Kubeconfig(), "--cache-dir", l.t.TempDir())...)
	if got.code != wantCode {
		l.t.Fatalf("%v: exit code %d, want %d: %s", args, got.code, wantCode, got.err)
	}
	if err := json.Unmarshal([]byte(got.out), into); err != nil {
		l.t.Fatal(err)
	}
}

func (l *story) kubectl(args ...string) {
	l.t.Helper()
	if _, err := l.Kubectl(l.t.Context(), args...); err != nil {
		l.t.Fatal(err)
	}
}

func TestDay6OnACluster(t *testing.T) {
	l := day6ClusterOf(t)
	for _, s := range []struct {
		name string
		tell func(*story)
	}{
		{"a policy breaks what was named", policyBreaksWhatWasNamed},
		{"a level of Pod Security breaks what was named", levelBreaksWhatWasNamed},
		{"a dump tells what the cluster tells", dumpTellsTheSame},
		{"a budget blocks what was named", budgetBlocksWhatWasNamed},
		{"a drain loses what was named and nothing else", drainLosesWhatWasNamed},
	} {
		t.Run(s.name, func(t *testing.T) { s.tell(&story{l.Cluster, t}) })
	}
}

func namesOf(rows []whatif.Row) []string {
	var out []string
	for _, r := range rows {
		out = append(out, r.Workload.Kind+" "+r.Workload.Name+" "+string(r.Before)+" "+string(r.After)+" "+r.Message)
	}
	return out
}

func policyBreaksWhatWasNamed(l *story) {
	path := filepath.Join(l.t.TempDir(), "banned.yaml")
	if err := os.WriteFile(path, []byte(banned), 0o600); err != nil {
		l.t.Fatal(err)
	}
	var before whatif.Result
	l.ask(&before, exitFound, "whatif", "-f", path)
	if diff := cmp.Diff([]string{"Deployment web Admitted Denied this image is banned"}, namesOf(before.Worse)); diff != "" {
		l.t.Errorf("worse (-want +got):\n%s", diff)
	}
	l.kubectl("apply", "-f", path)
	l.until("the policy is enforced", func() bool { return l.refused("shop/web:1") != "" })
	if message := l.refused("shop/web:1"); !strings.Contains(message, "this image is banned") {
		l.t.Error(message)
	}
	if message := l.refused("shop/alone:1"); message != "" {
		l.t.Error(message)
	}
	var again, gone whatif.Result
	l.ask(&again, exitClean, "whatif", "-f", path)
	if len(again.Worse)+len(again.Better) != 0 || again.Unchanged.Denied != 1 {
		l.t.Errorf("what is applied changes something: %+v", again)
	}
	l.ask(&gone, exitClean, "whatif", "--delete", "validatingadmissionpolicy/banned")
	if diff := cmp.Diff([]string{"Deployment web Denied Admitted this image is banned"}, namesOf(gone.Better)); diff != "" {
		l.t.Errorf("better (-want +got):\n%s", diff)
	}
	l.kubectl("delete", "-f", path)
	l.until("the policy is gone", func() bool { return l.refused("shop/web:1") == "" })
}

// refused is what the API server says of a pod with an image; empty where it admits it.
func (l *story) refused(image string) string {
	l.t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "probe"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "a", Image: image}}},
	}
	if err := l.Client().Create(l.t.Context(), pod, client.DryRunAll); err != nil {
		return err.Error()
	}
	return ""
}

func levelBreaksWhatWasNamed(l *story) {
	var before whatif.Result
	l.ask(&before, exitFound, "whatif", "--enforce", "baseline:latest", "-n", "shop")
	const message = `violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)`
	if diff := cmp.Diff([]string{"Deployment host Admitted Denied " + message}, namesOf(before.Worse)); diff != "" {
		l.t.Errorf("worse (-want +got):\n%s", diff)
	}
	if before.Worse[0].Pods != 2 || before.Unchanged.Admitted != 4 {
		l.t.Errorf("%d pods, unchanged %+v", before.Worse[0].Pods, before.Unchanged)
	}
	l.kubectl("label", "namespace", "shop", "pod-security.kubernetes.io/enforce=baseline")
}

// dumped are the kinds of a dump that tells what the cluster does, as the documentation of drain lists them.
const dumped = "nodes,namespaces,serviceaccounts,pods,replicationcontrollers,replicasets,deployments,statefulsets,daemonsets,jobs,cronjobs," +
	"persistentvolumes,poddisruptionbudgets,limitranges,resourcequotas,priorityclasses,runtimeclasses,validatingadmissionpolicies," +
	"validatingadmissionpolicybindings,mutatingadmissionpolicies,mutatingadmissionpolicybindings,validatingwebhookconfigurations," +
	"mutatingwebhookconfigurations,configmaps"

func dumpTellsTheSame(l *story) {
	l.countBudgets()
	dump, err := l.Kubectl(l.t.Context(), "get", dumped, "-A", "-o", "yaml")
	if err != nil {
		l.t.Fatal(err)
	}
	path := filepath.Join(l.t.TempDir(), "dump.yaml")
	if err := os.WriteFile(path, []byte(dump), 0o600); err != nil {
		l.t.Fatal(err)
	}
	var ofCluster, ofDump drain.Result
	l.ask(&ofCluster, exitFound, "drain", "-l", "kubernetes.io/os=linux")
	l.ask(&ofDump, exitFound, "drain", "-l", "kubernetes.io/os=linux", "-f", path)
	if diff := cmp.Diff(ofCluster, ofDump); diff != "" || ofDump.Pods.Total < 13 {
		l.t.Errorf("drain (-cluster +dump):\n%s", diff)
	}
	var changeOfCluster, changeOfDump whatif.Result
	l.ask(&changeOfCluster, exitFound, "whatif", "-A", "--enforce", "restricted")
	l.ask(&changeOfDump, exitFound, "whatif", "-A", "--enforce", "restricted", "--on", path)
	if diff := cmp.Diff(changeOfCluster, changeOfDump); diff != "" {
		l.t.Errorf("whatif (-cluster +dump):\n%s", diff)
	}
}

// countBudgets waits until the controller has looked at the budgets.
func (l *story) countBudgets() {
	l.t.Helper()
	l.until("the budgets are counted", func() bool {
		var budgets policyv1.PodDisruptionBudgetList
		err := l.Client().List(l.t.Context(), &budgets, client.InNamespace("shop"))
		return err == nil && !slices.ContainsFunc(budgets.Items, func(b policyv1.PodDisruptionBudget) bool {
			return b.Status.ObservedGeneration < b.Generation || b.Status.CurrentHealthy < b.Status.ExpectedPods || b.Status.ExpectedPods == 0
		})
	})
}

func budgetBlocksWhatWasNamed(l *story) {
	l.countBudgets()
	var result drain.Result
	l.ask(&result, exitFound, "drain", "worker-0")
	effects := map[string]drain.Effect{}
	for _, b := range result.Budgets {
		effects[b.Name] = b.Effect
	}
	// Two of the six pods of web are there, and one may go at a time.
	if diff := cmp.Diff(map[string]drain.Effect{"alone": drain.Blocks, "web": drain.Delays}, effects); diff != "" {
		l.t.Errorf("effects (-want +got):\n%s", diff)
	}
	for app, blocked := range map[string]bool{"alone": true, "web": false} {
		pod := l.ready(app)[0]
		eviction := &policyv1.Eviction{DeleteOptions: &metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}}
		err := l.Client().SubResource("eviction").Create(l.t.Context(), &pod, eviction)
		if apierrors.IsTooManyRequests(err) != blocked || !blocked && err != nil {
			l.t.Errorf("evicting a pod of %s: %v", app, err)
		}
	}
	l.kubectl("delete", "poddisruptionbudget", "alone", "-n", "shop")
}

func drainLosesWhatWasNamed(l *story) {
	var result drain.Result
	l.ask(&result, exitFound, "drain", "worker-0")
	fates := map[string]string{}
	for i := range result.Workloads {
		if w := &result.Workloads[i]; w.Namespace == "shop" {
			fates[w.Workload.Name] = string(w.Fate)
			for _, p := range w.Pods {
				if p.NoPlace != nil {
					fates[w.Workload.Name] += " " + p.NoPlace.Reason
				}
			}
		}
	}
	want := map[string]string{"host": "Denied", "web": "ComesBack", "alone": "ComesBack NodeAffinity", "tool": "Lost", "agent": "Stays"}
	if diff := cmp.Diff(want, fates); diff != "" {
		l.t.Fatalf("fates (-want +got):\n%s", diff)
	}
	l.kubectl(append([]string{"drain", "worker-0", "--timeout=100s"}, result.KubectlFlags...)...)
	l.until("what comes back is back", func() bool { return len(l.ready("web")) == 6 })
	l.until("what is refused is known to be", func() bool {
		out, err := l.Kubectl(l.t.Context(), "get", "replicaset", "-n", "shop", "-l", "app=host", "-o", "jsonpath={.items[*].status.conditions[*].message}")
		return err == nil && strings.Contains(out, "violates PodSecurity")
	})
	left := map[string]int{}
	for _, p := range l.ready("") {
		left[p.Labels["app"]+"@"+p.Spec.NodeName]++
	}
	delete(left, "web@worker-1")
	delete(left, "web@worker-2")
	if diff := cmp.Diff(map[string]int{"agent@worker-0": 1, "agent@worker-1": 1, "agent@worker-2": 1}, left); diff != "" {
		l.t.Errorf("pods (-want +got):\n%s", diff)
	}
}
