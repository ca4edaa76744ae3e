package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

func TestControlPlanePlacementFollowsTheScheduler(t *testing.T) {
	const (
		aid       = "Minimal ControlPlanePlacement EscapeAid "
		tolerated = " if: " + conditionScheduler
	)
	tolerate := func(list ...corev1.Toleration) corev1.PodSpec { return corev1.PodSpec{Tolerations: list} }
	everything := corev1.Toleration{Operator: corev1.TolerationOpExists}
	require := func(terms ...corev1.NodeSelectorRequirement) corev1.PodSpec {
		spec := tolerate(everything)
		required := &corev1.NodeSelector{}
		for _, term := range terms {
			required.NodeSelectorTerms = append(required.NodeSelectorTerms,
				corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{term}})
		}
		spec.Affinity = &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: required}}
		return spec
	}
	role := func(operator corev1.NodeSelectorOperator) corev1.NodeSelectorRequirement {
		return corev1.NodeSelectorRequirement{Key: controlPlaneLabel, Operator: operator}
	}
	disk := corev1.NodeSelectorRequirement{Key: "disk", Operator: corev1.NodeSelectorOpExists}
	assertJudged(t, controlPlanePlacement(), map[string]judged{
		"a plain pod goes to the workers": {spec: corev1.PodSpec{NodeName: "worker-1", Containers: one(nil)}},
		"a pod that is there is certain": {
			spec: corev1.PodSpec{NodeName: "cp-1"}, facts: Facts{Placement: Placement{ControlPlane: true}},
			want: []string{aid + "spec.nodeName=cp-1"},
		},
		"a selector is certain": {
			spec: corev1.PodSpec{NodeSelector: map[string]string{masterLabel: ""}},
			want: []string{aid + "spec.nodeSelector[" + masterLabel + "]="},
		},
		"a toleration of the taint leaves it to the scheduler": {
			spec: tolerate(corev1.Toleration{Key: controlPlaneLabel, Operator: corev1.TolerationOpExists}),
			want: []string{aid + "spec.tolerations[0]=" + controlPlaneLabel + tolerated},
		},
		"a toleration by equality is one": {
			spec: tolerate(corev1.Toleration{Key: masterLabel, Effect: corev1.TaintEffectNoSchedule}),
			want: []string{aid + "spec.tolerations[0]=" + masterLabel + tolerated},
		},
		"a toleration of everything is one": {spec: tolerate(everything), want: []string{aid + "spec.tolerations[0]=" + tolerated}},
		"a toleration of eviction is none": {
			spec: tolerate(corev1.Toleration{Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute}),
		},
		"a toleration of other taints is none": {spec: tolerate(corev1.Toleration{Key: "gpu", Operator: corev1.TolerationOpExists})},
		"a toleration helps nobody where no such node is seen": {
			spec: tolerate(everything), facts: Facts{Placement: Placement{NoControlPlane: true}},
		},
		"an affinity that asks for the role is certain": {
			spec: require(role(corev1.NodeSelectorOpExists), role(corev1.NodeSelectorOpIn)),
			want: []string{aid + requiredNodeTermsField + "=" + controlPlaneLabel},
		},
		"an affinity that only may lead there leaves it to the toleration": {
			spec: require(role(corev1.NodeSelectorOpExists), disk),
			want: []string{aid + "spec.tolerations[0]=" + tolerated},
		},
		"an affinity that excludes the role rules it out": {spec: require(role(corev1.NodeSelectorOpDoesNotExist))},
		"an affinity to something else says nothing": {
			spec: require(disk), want: []string{aid + "spec.tolerations[0]=" + tolerated},
		},
	})
}

func TestControlPlanePlacementMultipliesAccessToTheNode(t *testing.T) {
	const condition = "Some fact decides."
	certain, open := Facts{Placement: Placement{ControlPlane: true}}, Facts{}
	node := func(consequence finding.Consequence, condition string) finding.Finding {
		return finding.Finding{Check: "Other", Consequence: consequence, Condition: condition}
	}
	for name, test := range map[string]struct {
		facts  Facts
		before []finding.Finding
		want   string
	}{
		"root on a node that is the control plane": {
			certain, []finding.Finding{node(finding.NodeRoot, "")}, "Critical ControlPlanePlacement ClusterAdmin",
		},
		"reading a node that is the control plane": {
			certain, []finding.Finding{node(finding.NodeRead, "")}, "Critical ControlPlanePlacement ClusterAdmin",
		},
		"access that is conditional keeps its condition": {
			certain, []finding.Finding{node(finding.NodeRoot, condition)}, "High ControlPlanePlacement ClusterAdmin if: " + condition,
		},
		"certain access beats conditional access": {
			certain,
			[]finding.Finding{node(finding.NodeRoot, condition), node(finding.NodeRead, "")},
			"Critical ControlPlanePlacement ClusterAdmin",
		},
		"a place that is conditional is the condition": {
			open, []finding.Finding{node(finding.NodeRoot, "")}, "High ControlPlanePlacement ClusterAdmin if: " + conditionScheduler,
		},
		"two open facts multiply nothing": {
			open, []finding.Finding{node(finding.NodeRoot, condition)}, "Minimal ControlPlanePlacement EscapeAid if: " + conditionScheduler,
		},
		"other findings multiply nothing": {
			certain, []finding.Finding{node(finding.NodeNetwork, "")}, "Minimal ControlPlanePlacement EscapeAid",
		},
	} {
		t.Run(name, func(t *testing.T) {
			check := controlPlanePlacement()
			found := &Findings{check: &check, list: test.before}
			spec := &corev1.PodSpec{Tolerations: []corev1.Toleration{{Operator: corev1.TolerationOpExists}}}
			findControlPlanePlacement(NewPod(spec, test.facts), found)
			got := found.All()[len(test.before)]
			text := string(got.Severity()) + " " + string(got.Check) + " " + string(got.Consequence)
			if got.Condition != "" {
				text += " if: " + got.Condition
			}
			if len(found.All()) != len(test.before)+1 || text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
		})
	}
}

func TestControlPlanePlacementFixKeepsOtherPlacement(t *testing.T) {
	spec := &corev1.PodSpec{
		NodeSelector: map[string]string{controlPlaneLabel: "", "disk": "ssd"},
		Tolerations:  []corev1.Toleration{{Operator: corev1.TolerationOpExists}, {Key: "gpu", Operator: corev1.TolerationOpExists}},
	}
	controlPlanePlacement().Fix(spec)
	if len(spec.NodeSelector) != 1 || len(spec.Tolerations) != 1 || spec.Tolerations[0].Key != "gpu" {
		t.Errorf("the pod keeps %v and %v", spec.NodeSelector, spec.Tolerations)
	}
}
