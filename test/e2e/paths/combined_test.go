package paths

import (
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// shop is a cluster of a control plane and of workers. The agent is on every worker, the operator that is cluster-admin on
// node-2, what may drive pods away on node-3, and everything else on node-1.
func shop() []client.Object {
	objects := []client.Object{
		node("control-plane", controlPlane), node("node-1"), node("node-2"), node("node-3"),
		namespace("tools", "privileged"), namespace("web", "restricted"), namespace("bank", "restricted"),
		account("tools", "agent"), account("tools", "operator"), clusterAdmin("operator", accountSubject("tools", "operator")),
	}
	objects = append(objects, onNodes("tools", "agent", "agent", []string{"node-1", "node-2"}, privileged, noToken)...)
	objects = append(objects, replicas("tools", "operator", "operator", "node-2")...)
	for _, w := range []struct {
		namespace, name, node string
		rights                []string
		change                []func(*corev1.PodSpec)
	}{
		{"tools", "logs", "node-1", []string{"cluster: get,list pods"}, changes(hostPath("/var/lib/kubelet"), asRoot)},
		{"tools", "monitoring", "node-1", []string{"cluster: get nodes/proxy"}, nil},
		{"tools", "drainer", "node-3", []string{"cluster: patch nodes", "cluster: create pods/eviction"}, changes(privileged)},
		{"web", "deployer", "node-1", []string{"web: create,update,patch deployments in apps"}, nil},
		{"web", "creator", "node-1", []string{"web: create pods"}, nil},
		{"web", "bystander", "node-1", nil, changes(noToken)},
		{"bank", "reader", "node-1", []string{"bank: list secrets"}, nil},
		{"bank", "helper", "node-1", []string{"web: create pods/exec named deployer"}, nil},
		{"bank", "ledger", "node-1", nil, changes(noToken, secret("pin"))},
	} {
		objects = append(objects, account(w.namespace, w.name), pod(w.namespace, w.name, w.name, w.node, w.change...))
		objects = append(objects, grant(w.name, accountSubject(w.namespace, w.name), w.rights...)...)
	}
	return append(objects, closed("web", "bystander"), closed("bank", "ledger"))
}

// closed is a NetworkPolicy that lets nothing in and nothing out.
func closed(namespace, app string) *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{ObjectMeta: meta(namespace, app), Spec: networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: map[string]string{"app": app}},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
	}}
}

func TestEveryAnswerOfACombinedCluster(t *testing.T) {
	expect(t, audit(t, shop()), shopAnswers(), brief)
}

// brief is a report in lines: how far it reaches, from where it is reached, and how soon to look, then each answer with the
// edges of its path and what is reached.
func brief(r *daysixv1alpha1.PodSecurityReport) []string {
	s := &r.Status
	lines := []string{fmt.Sprintf("%s, exposed to %s: %s", s.Reach, s.Exposure, s.Priority)}
	for i := range s.Answers {
		a := &s.Answers[i]
		line := string(a.Question) + " " + string(a.Answer)
		var edges []string
		for _, step := range a.Path {
			edge, _, _ := strings.Cut(step.Why, ":")
			edges = append(edges, edge)
		}
		if len(edges) > 0 {
			line += ": " + strings.Join(edges, " > ")
		}
		lines = append(lines, line+counts(a.Reached))
	}
	return lines
}

func counts(r *daysixv1alpha1.Reached) string {
	var parts []string
	add := func(what string, n daysixv1alpha1.Bucket) {
		if n != "" {
			parts = append(parts, string(n)+" "+what)
		}
	}
	if r != nil {
		add("pods", r.Pods)
		add("nodes", r.Nodes)
		add("namespaces", r.Namespaces)
		add("secrets", r.Secrets)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
