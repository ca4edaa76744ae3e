package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// answers are faults in which the API server answers, but not as one would like.
func answers() []fault {
	return []fault{
		{
			name: "watches have expired (410)",
			how:  "the manager is cut off, etcd compacted and the API server started anew: what watches would go on from is no more",
			run:  expired,
		},
		{
			name: "the API server is overloaded (429)",
			how:  "API priority and fairness rejects every request of the manager's account, and watches have to begin anew",
			run:  overloaded,
		},
		{
			name: "the kind of reports is deleted and restored",
			how:  "the CustomResourceDefinition is deleted, with all reports",
			run:  unserved,
		},
		{
			name: "the quota for reports is full",
			how:  "a ResourceQuota admits no report while one is deleted and a workload appears",
			run:  quotaFull,
		},
		{
			name: "a namespace is deleted in mid-publish",
			how:  "while the reports of its 30 workloads are written, slowly",
			run:  namespaceDeleted,
		},
	}
}

func expired(e *episode) {
	seen := e.revision()
	e.toServer.cut()
	e.again = inFlight
	e.changes()
	e.visitor("bank")
	e.seesErrors()
	must(e.T, compact(e.Context(), "http://"+e.toEtcd.Upstream, e.revision()))
	must(e.T, e.control.Kill(e.Context(), cluster.APIServer))
	must(e.T, e.control.Revive(cluster.APIServer))
	if !e.isGone(seen) {
		e.Fatal("a watch can go on from before the cut")
	}
	e.toServer.mend(e.T)
	e.ends()
}

// isGone tells whether a watch from a version on is answered by 410.
func (e *episode) isGone(version string) bool {
	e.Helper()
	ctx, stop := context.WithTimeout(e.Context(), patience)
	defer stop()
	from := &client.ListOptions{Raw: &metav1.ListOptions{ResourceVersion: version}}
	watch, err := e.admin.Watch(ctx, &rbacv1.ClusterRoleBindingList{}, from)
	if err != nil {
		return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
	}
	defer watch.Stop()
	first := <-watch.ResultChan()
	err = apierrors.FromObject(first.Object)
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
}

// revision is that of etcd, which the API server uses as the version of its resources.
func (e *episode) revision() string {
	var namespaces corev1.NamespaceList
	must(e.T, e.admin.List(e.Context(), &namespaces))
	return namespaces.ResourceVersion
}

// compact has etcd forget what was before a revision.
func compact(ctx context.Context, etcd, revision string) error {
	body := fmt.Sprintf(`{"revision": %q, "physical": true}`, revision)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, etcd+"/v3/kv/compaction", bytes.NewReader([]byte(body)))
	if err != nil {
		return fmt.Errorf("making the request to etcd: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("compacting etcd: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("compacting etcd: %s: %s", response.Status, said)
	}
	return nil
}

// noSeats has the API server reject every request of the manager's account.
const noSeats = `apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: PriorityLevelConfiguration
metadata: {name: no-seats}
spec:
  type: Limited
  limited: {nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse: {type: Reject}}
---
apiVersion: flowcontrol.apiserver.k8s.io/v1
kind: FlowSchema
metadata: {name: no-seats}
spec:
  matchingPrecedence: 2
  priorityLevelConfiguration: {name: no-seats}
  rules:
  - subjects:
    - {kind: ServiceAccount, serviceAccount: {namespace: ` + cluster.SystemNamespace + `, name: ` + cluster.ManagerAccount + `}}
    resourceRules:
    - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true}
    nonResourceRules:
    - {verbs: ["*"], nonResourceURLs: ["*"]}
`

func overloaded(e *episode) {
	must(e.T, e.control.ApplyYAML(e.Context(), noSeats))
	calm := func(ctx context.Context) error {
		_, err := e.control.Kubectl(ctx, "delete", "--ignore-not-found", "flowschema/no-seats", "prioritylevelconfiguration/no-seats")
		return err
	}
	e.Cleanup(func() { must(e.T, calm(background())) })
	e.toServer.cut()
	e.toServer.mend(e.T)
	e.again = inFlight
	e.changes()
	until := time.Now().Add(3 * time.Second)
	e.sees("`rest_client_requests_total{code=\"429\"}`", func() bool {
		return time.Now().After(until) && e.manager.metric("rest_client_requests_total", map[string]string{"code": "429"}) > 10
	})
	must(e.T, calm(e.Context()))
	e.ends()
}

func unserved(e *episode) {
	const crd = "podsecurityreports.daysix.dev"
	_, err := e.control.Kubectl(e.Context(), "delete", "crd", crd, "--wait", "--timeout=60s")
	must(e.T, err)
	e.changes()
	e.sees("`/readyz`", func() bool { return !e.manager.ready() })
	root, err := cluster.RepositoryRoot()
	must(e.T, err)
	must(e.T, e.control.Apply(e.Context(), filepath.Join(root, "config", "crd")))
	_, err = e.control.Kubectl(e.Context(), "wait", "--for=condition=Established", "--timeout=60s", "crd", crd)
	must(e.T, err)
	e.ends()
	e.may(1, slices.Collect(maps.Keys(e.before))...)
}

func quotaFull(e *episode) {
	const counted = "count/podsecurityreports.daysix.dev"
	quota := &corev1.ResourceQuota{
		ObjectMeta: meta(shop, "no-more-reports"),
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{counted: resource.MustParse("0")}},
	}
	e.create(e.T, quota)
	e.Cleanup(func() { must(e.T, client.IgnoreNotFound(e.admin.Delete(background(), quota))) })
	eventually(e.T, "the quota is in force", func() bool {
		return e.admin.Get(e.Context(), client.ObjectKeyFromObject(quota), quota) == nil && len(quota.Status.Hard) > 0
	})
	const lost = "deployment-web-03"
	must(e.T, e.admin.Delete(e.Context(), &daysixv1alpha1.PodSecurityReport{ObjectMeta: meta(shop, lost)}))
	e.may(1, shop+"/"+lost)
	e.visitor(shop)
	e.sees("`daysix_report_writes_total{result=\"failed\"}`", func() bool {
		return e.manager.metric("daysix_report_writes_total", map[string]string{"result": "failed"}) > 5
	})
	e.sees("`daysix_pending_workloads`", func() bool { return e.manager.metric("daysix_pending_workloads", nil) >= 2 })
	must(e.T, e.admin.Delete(e.Context(), quota))
	e.ends()
}

func namespaceDeleted(e *episode) {
	const leaving, workloads = "leaving", 30
	e.newNamespace(e.T, leaving)
	e.toServer.poison(e.T, towards("upstream", "latency", map[string]any{"latency": 300}))
	for i := range workloads {
		p := pod(leaving, fmt.Sprintf("guest-%02d", i))
		e.create(e.T, p)
		e.may(4, leaving+"/pod-"+p.Name)
	}
	eventually(e.T, "some reports are there", func() bool {
		var list daysixv1alpha1.PodSecurityReportList
		err := e.admin.List(e.Context(), &list, client.InNamespace(leaving))
		return err == nil && len(list.Items) >= 5
	})
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: leaving}}
	must(e.T, e.admin.Delete(e.Context(), namespace))
	e.sees("`daysix_pending_workloads`", func() bool { return e.manager.metric("daysix_pending_workloads", nil) > 0 })
	eventually(e.T, "the namespace is gone", func() bool {
		return apierrors.IsNotFound(e.admin.Get(e.Context(), client.ObjectKeyFromObject(namespace), namespace))
	})
	e.toServer.cure(e.Context())
	e.ends()
}
