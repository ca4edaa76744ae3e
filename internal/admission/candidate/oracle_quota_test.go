package candidate

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// quotas of one namespace: each refuses some of the templates, and each scope decides about some.
const quotas = `
{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: counted}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: all, namespace: counted}, spec: {hard: {count/pods: 3, pods: 3, requests.example.com/gpu: 0, limits.memory: 1Gi}, scopes: [NotBestEffort]}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: deadline, namespace: counted}, spec: {hard: {pods: 0}, scopes: [Terminating]}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: best-effort, namespace: counted}
spec: {hard: {pods: 0}, scopes: [BestEffort, NotTerminating], scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [polite]}]}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: high, namespace: counted}
spec: {hard: {pods: 0}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: neighbours, namespace: counted}
spec: {hard: {pods: 0}, scopeSelector: {matchExpressions: [{scopeName: CrossNamespacePodAffinity, operator: Exists}]}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: classless, namespace: counted}
spec: {hard: {requests.cpu: 250m}, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: DoesNotExist}, {scopeName: NotBestEffort, operator: Exists}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: running, namespace: counted, labels: {app: app}}, spec: {priorityClassName: polite, containers: [{name: a, image: nginx, resources: {limits: {memory: 64Mi}, requests: {cpu: 10m}}}]}}
`

// The API server refuses a template for its quotas if and only if ours do, and names the first of them.
func (o *oracle) compareQuotas(t *testing.T) {
	o.apply(t, quotas)
	var list corev1.ResourceQuotaList
	o.eventually(t, "the quotas are counted", func(ctx context.Context) (bool, error) {
		if err := o.client.List(ctx, &list, client.InNamespace("counted")); err != nil {
			return false, err
		}
		counted := len(list.Items) == 6
		for i := range list.Items {
			counted = counted && len(list.Items[i].Status.Used) == len(list.Items[i].Spec.Hard)
			if list.Items[i].Name == "all" {
				used := list.Items[i].Status.Used[corev1.ResourcePods]
				counted = counted && used.Value() == 1
			}
		}
		return counted, nil
	})
	env := o.environment(t, "counted")
	refused := map[string]int{}
	for _, row := range templates {
		pod := FromTemplate(row.parse(t), replicaSet, Identity{}, "counted")
		outcome := admitted(pod, env)
		if len(outcome.Denials) > 0 {
			continue
		}
		t.Run(row.name, func(t *testing.T) {
			denials, unknown := Quotas(outcome.Pod, nil, known(list.Items))
			if len(unknown) > 0 {
				t.Errorf("unknown: %v", unknown)
			}
			err := o.client.Create(t.Context(), pod, client.DryRunAll)
			switch {
			case err == nil && len(denials) > 0:
				t.Errorf("the API server admits it, yet: %v", denials)
			case err != nil && len(denials) == 0:
				t.Errorf("nothing of ours denies it: %v", err)
			case err != nil && !apierrors.IsForbidden(err):
				t.Errorf("the API server does not even take it: %v", err)
			case err != nil:
				assertQuotaNamed(t, denials, err, refused)
			}
		})
	}
	for i := range list.Items {
		if refused[list.Items[i].Name] == 0 {
			t.Errorf("quota %s refused nothing, so it shows nothing", list.Items[i].Name)
		}
	}
}

func assertQuotaNamed(t *testing.T, denials []Denial, err error, refused map[string]int) {
	t.Helper()
	for _, d := range denials {
		if strings.Contains(err.Error(), "quota: "+d.Name) {
			refused[d.Name]++
			return
		}
	}
	t.Errorf("%v, the API server says: %v", denials, err)
}
