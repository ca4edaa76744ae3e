package browser

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// names are what generated workloads are called.
var names = [...]string{
	"cart", "checkout", "payments", "catalog", "search", "ledger", "billing", "invoices", "mailer", "gateway", "sessions", "profile",
	"pricing", "stock", "shipping", "returns", "reviews", "media", "thumbs", "events", "audit", "reports", "exporter", "scraper",
}

// spices are what makes a generated pod more or less dangerous, the plainest first. All stand on one line of flow style.
var spices = [...]string{
	`automountServiceAccountToken: false, securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}, ` +
		`containers: [{name: app, image: "registry.example/%[1]s@sha256:0000000000000000000000000000000000000000000000000000000000000000", ` +
		`securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}, ` +
		`resources: {limits: {cpu: 100m, memory: 64Mi}}}]`,
	`automountServiceAccountToken: false, containers: [{name: %[1]s, image: "registry.example/%[1]s:1.4"}]`,
	`containers: [{name: %[1]s, image: "registry.example/%[1]s:1.4", envFrom: [{secretRef: {name: %[1]s-db}}]}, {name: proxy, image: "registry.example/proxy:2"}]`,
	`serviceAccountName: deployer, containers: [{name: %[1]s, image: "registry.example/%[1]s"}]`,
	`hostNetwork: true, containers: [{name: %[1]s, image: "registry.example/%[1]s:1.4", securityContext: {capabilities: {add: [NET_ADMIN]}}}]`,
	`containers: [{name: %[1]s, image: "registry.example/%[1]s:1.4", securityContext: {privileged: true}}]`,
	`hostPID: true, containers: [{name: %[1]s, image: "registry.example/%[1]s:1.4", volumeMounts: [{name: run, mountPath: /run}]}], ` +
		`volumes: [{name: run, hostPath: {path: /run/containerd/containerd.sock}}]`,
}

// clusterOf writes the manifests of a cluster with so many workloads, always the same, and returns their directory: some forty
// namespaces, pods on nodes, rights in some of the namespaces, and levels of Pod Security that refuse some of the pods.
func clusterOf(tb testing.TB, workloads int) string {
	tb.Helper()
	random := rand.New(rand.NewPCG(6, 6)) // The same cluster every time.
	var b strings.Builder
	namespaces := max(1, min(40, workloads/12))
	for i := range namespaces {
		level := [...]string{"privileged", "privileged", "baseline", "restricted"}[random.IntN(4)]
		fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: {pod-security.kubernetes.io/enforce: %s}}}\n", space(i), level)
		if i%5 == 1 {
			fmt.Fprintf(&b, "---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: deployers, namespace: %[1]s}, "+
				"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}, "+
				"subjects: [{kind: ServiceAccount, name: deployer, namespace: %[1]s}]}\n", space(i))
		}
	}
	b.WriteString("---\n{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: operator}, " +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, " +
		"subjects: [{kind: ServiceAccount, name: deployer, namespace: " + space(0) + "}]}\n")
	for i := range 20 {
		fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Node, metadata: {name: worker-%d}}\n", i)
	}
	for i := range workloads {
		name := fmt.Sprintf("%s-%d", names[random.IntN(len(names))], i)
		// Squared: most are plain.
		spice := int(float64(len(spices)) * random.Float64() * random.Float64())
		pod := fmt.Sprintf(spices[spice], name)
		writeWorkload(&b, name, space(random.IntN(namespaces)), pod, i, random.IntN(20))
	}
	directory := filepath.Join(tb.TempDir(), "cluster")
	if err := os.Mkdir(directory, 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(directory, "all.yaml"), []byte(b.String()), 0o600); err != nil {
		tb.Fatal(err)
	}
	return directory
}

func space(i int) string {
	return fmt.Sprintf("%s-%d", [...]string{"shop", "data", "platform", "web"}[i%4], i)
}

// writeWorkload writes a controller and a pod of it on a node; of each thirtieth the pod alone.
func writeWorkload(b *strings.Builder, name, namespace, pod string, i, node int) {
	kind := [...]string{"Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet"}[i%5]
	running := fmt.Sprintf("{nodeName: worker-%d, %s}", node, pod)
	if i%30 == 7 {
		fmt.Fprintf(b, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s}, spec: %s}\n", name, namespace, running)
		return
	}
	fmt.Fprintf(b, "---\n{apiVersion: apps/v1, kind: %[1]s, metadata: {name: %[2]s, namespace: %[3]s}, spec: {selector: {matchLabels: {app: %[2]s}}, "+
		"template: {metadata: {labels: {app: %[2]s}}, spec: {%[4]s}}}}\n", kind, name, namespace, pod)
	fmt.Fprintf(b, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %[1]s-0, namespace: %[2]s, labels: {app: %[1]s}, ownerReferences: "+
		"[{apiVersion: apps/v1, kind: %[3]s, name: %[1]s, uid: '', controller: true}]}, spec: %[4]s}\n", name, namespace, kind, running)
}
