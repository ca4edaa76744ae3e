package drain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/daysix/daysix/internal/drain"
)

// localVolume is a PersistentVolume of node a that is bound to the claim data-db-0.
const localVolume = `
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk-1}
spec:
  claimRef: {namespace: shop, name: data-db-0}
  local: {path: /mnt}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}
`

func TestAPodThatMayNotFindAPlace(t *testing.T) {
	const container = "containers: [{name: a, image: a}]"
	const inTheEast = container + ", affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: " +
		"{nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [east]}]}]}}}"
	const withClaim = container + ", volumes: [{name: d, persistentVolumeClaim: {claimName: data-db-0}}]"
	selected := &drain.NoPlace{Reason: drain.NodeAffinity, Message: "No other node that takes it matches its nodeSelector and node affinity."}
	for _, test := range []struct {
		name, spec, more string
		want             *drain.NoPlace
	}{
		{"nothing asked", container, "", nil},
		{"a nodeSelector of the drained node", container + ", nodeSelector: {zone: east}", "", selected},
		{"a nodeSelector of another", container + ", nodeSelector: {zone: west}", "", nil},
		{"a required affinity", inTheEast, "", selected},
		{"a toleration opens a node", inTheEast + ", tolerations: [{key: role, operator: Exists}]", "", nil},
		{"a toleration of another value does not", inTheEast + ", tolerations: [{key: role, value: worker}]", "", selected},
		{"a toleration of another effect does not", inTheEast + ", tolerations: [{key: role, operator: Exists, effect: NoExecute}]", "", selected},
		{"an operator that compares may", inTheEast + ", tolerations: [{key: role, operator: Gt, value: '1'}]", "", nil},
		{"a cordon that is tolerated", container + ", nodeSelector: {disk: ssd}, tolerations: [{operator: Exists}]", "", nil},
		{
			"a template with a nodeName", container + ", nodeName: a", "",
			&drain.NoPlace{Reason: drain.NodePinned, Message: "spec.nodeName of its template is a: it starts there again, cordoned or not."},
		},
		{"a local volume", withClaim, localVolume, &drain.NoPlace{
			Reason: drain.VolumeAffinity, Message: "No other node that takes it can use PersistentVolume disk-1.",
		}},
		{"a volume that nothing ties down", withClaim, "", nil},
		{"a preference is no requirement", container + ", affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: " +
			"[{weight: 1, preference: {matchExpressions: [{key: zone, operator: In, values: [east]}]}}]}}", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			given := nodes + owned("StatefulSet", "shop", "db", test.spec, "db-0@a") + test.more
			got := plannerOf(t, modelOf(t, given)).Plan([]string{"a"})
			if diff := cmp.Diff(test.want, got.Workloads[0].Pods[0].NoPlace); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlacesAreNotSpokenOfWhereNodesAreNotKnown(t *testing.T) {
	given := owned("StatefulSet", "shop", "db", "nodeSelector: {zone: east}, containers: [{name: a, image: a}]", "db-0@a")
	got := plannerOf(t, modelOf(t, given)).Plan([]string{"a"})
	if diff := cmp.Diff([]string{"ComesBack StatefulSet/db: db-0, left 0 of 1"}, lines(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
