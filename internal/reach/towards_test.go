package reach

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// around are a pod that becomes root on the node w1, one there that is cluster-admin, one there that mounts a Secret, and a
// Deployment that becomes root on the node of a pod which it does not have yet.
const around = `
apiVersion: v1
kind: Node
metadata: {name: w1}
---
apiVersion: v1
kind: Node
metadata: {name: w2}
---
apiVersion: v1
kind: Pod
metadata: {name: escapes, namespace: team}
spec: {nodeName: w1, automountServiceAccountToken: false, containers: [{name: a, image: a, securityContext: {privileged: true}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: admin, namespace: other}
spec: {nodeName: w1, serviceAccountName: admin, containers: [{name: a, image: a}]}
---
apiVersion: v1
kind: Pod
metadata: {name: holder, namespace: other}
spec: {nodeName: w1, automountServiceAccountToken: false, containers: [{name: a, image: a, envFrom: [{secretRef: {name: db}}]}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: waits, namespace: team}
spec:
  template:
    spec: {automountServiceAccountToken: false, containers: [{name: a, image: a, securityContext: {privileged: true}}]}
`

const admin = "kind: ServiceAccount, name: admin, namespace: other"

// ways returns a line for each row: its workload, its answer, and the steps of its path.
func ways(result *Result) []string {
	var lines []string
	for i := range result.Workloads {
		r := &result.Workloads[i]
		line := r.Workload.Name + " " + string(r.Answer)
		for j := range r.Path {
			line += ", " + string(r.Path[j].Edge)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestWhoGetsToATarget(t *testing.T) {
	for _, test := range []struct {
		name     string
		asked    Question
		want     []string
		unplaced int
	}{
		{
			"the nearest come first, then those that get there over others", ToClusterAdmin(),
			[]string{"admin Yes, HoldToken, AllRights", "escapes Yes, TakeNode, TokenOnNode, AllRights"},
			0,
		},
		{
			"a Secret on a node", ToSecret("other", "db"),
			[]string{"holder Yes, MountSecret", "admin Yes, HoldToken, ReadSecrets", "escapes Yes, TakeNode, SecretOnNode"},
			0,
		},
		{
			"a node, and a pod of which nobody knows the node yet", ToNode("w1"),
			[]string{"escapes Yes, TakeNode", "admin Yes, HoldToken, AddEphemeralContainer, NodeOfPods"},
			1,
		},
		{
			"a node without pods", ToNode("w2"),
			[]string{
				"admin Yes, HoldToken, PlacePrivilegedPod, NodeInCluster",
				"escapes Yes, TakeNode, TokenOnNode, PlacePrivilegedPod, NodeInCluster",
			},
			1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := findAll(t, around+bound("", admin, anything), test.asked, false)
			if diff := cmp.Diff(test.want, ways(result)); diff != "" || result.Unplaced != test.unplaced {
				t.Errorf("unplaced %d, workloads (-want +got):\n%s", result.Unplaced, diff)
			}
		})
	}
}

func TestAStepSaysWhatMakesItPossible(t *testing.T) {
	result := findAll(t, around+bound("", admin, anything), ToSecret("other", "db"), false)
	var said []string
	for i := range result.Workloads[2].Path {
		s := &result.Workloads[2].Path[i]
		said = append(said, s.From+" -> "+s.String()+" "+s.Pod)
	}
	want := "Pod team/escapes -> root on Node w1, by TakeNode: spec.containers[0].securityContext.privileged team/escapes\n" +
		"root on Node w1 -> Secret other/db, by SecretOnNode: Pod other/holder: it needs the Secret other/holder"
	if diff := cmp.Diff(want, strings.Join(said, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
