package candidate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
)

func TestQuotas(t *testing.T) {
	full := `{metadata: {name: full}, status: {hard: {pods: 2, requests.cpu: 1}, used: {pods: 2, requests.cpu: 900m}}}`
	replacement := `{containers: [{name: a, resources: {requests: {cpu: 500m}}}]}`
	tests := []struct {
		name      string
		quotas    []string
		pod, died string
		want      []Denial
		unknown   []Unknown
	}{
		{
			"A pod beyond the hard limits",
			[]string{full},
			replacement, "",
			[]Denial{
				{ResourceQuota, "ResourceQuota", "full", "pods: the pod takes 1, others use 2 of 2"},
				{ResourceQuota, "ResourceQuota", "full", "requests.cpu: the pod takes 500m, others use 900m of 1"},
			},
			nil,
		},
		{"The pod that died leaves its share", []string{full}, replacement, replacement, nil, nil},
		{
			"A replacement that takes more than the pod that died",
			[]string{full},
			replacement,
			`{containers: [{name: a, resources: {requests: {cpu: 300m}}}]}`,
			[]Denial{{ResourceQuota, "ResourceQuota", "full", "requests.cpu: the pod takes 500m, others use 600m of 1"}},
			nil,
		},
		{
			"A pod that was in no scope of the quota leaves nothing to it",
			[]string{`{metadata: {name: q}, spec: {scopes: [NotTerminating]}, status: {hard: {pods: 1}, used: {pods: 1}}}`},
			replacement, `{activeDeadlineSeconds: 5, containers: [{name: a}]}`,
			[]Denial{{ResourceQuota, "ResourceQuota", "q", "pods: the pod takes 1, others use 1 of 1"}},
			nil,
		},
		{
			"A quota that is over its limits lets in what takes nothing of it",
			[]string{`{metadata: {name: q}, status: {hard: {requests.storage: 1, requests.example.com/gpu: 0}, used: {requests.storage: 2, requests.example.com/gpu: 1}}}`},
			replacement, "", nil, nil,
		},
		{
			"Devices and huge pages",
			[]string{`{metadata: {name: q}, status: {hard: {requests.example.com/gpu: 1, hugepages-2Mi: 2Mi}, used: {requests.example.com/gpu: 1, hugepages-2Mi: 0}}}`},
			`{containers: [{name: a, resources: {requests: {example.com/gpu: 1, hugepages-2Mi: 4Mi}}}]}`, "",
			[]Denial{
				{ResourceQuota, "ResourceQuota", "q", "hugepages-2Mi: the pod takes 4Mi, others use 0 of 2Mi"},
				{ResourceQuota, "ResourceQuota", "q", "requests.example.com/gpu: the pod takes 1, others use 1 of 1"},
			},
			nil,
		},
		{
			"Every container has to say what a quota on memory counts",
			[]string{`{metadata: {name: q}, status: {hard: {limits.memory: 1Gi}, used: {limits.memory: 0}}}`},
			`{initContainers: [{name: i}], containers: [{name: a, resources: {limits: {memory: 1Mi}}}]}`, "",
			[]Denial{{ResourceQuota, "ResourceQuota", "q", "limits.memory: container i does not say how much it takes"}},
			nil,
		},
		{
			"The resources of the pod as a whole say it for all",
			[]string{`{metadata: {name: q}, status: {hard: {limits.memory: 1Gi}, used: {limits.memory: 0}}}`},
			`{resources: {limits: {memory: 1Mi}}, containers: [{name: a}]}`, "", nil, nil,
		},
		{
			"A quota that has not been counted lets nothing in",
			[]string{`{metadata: {name: q}, status: {hard: {pods: 5}}}`},
			replacement, "",
			[]Denial{{ResourceQuota, "ResourceQuota", "q", "pods: the usage has not been counted yet"}},
			nil,
		},
		{
			"A quota of a file is not known",
			[]string{`{metadata: {name: q}, spec: {hard: {pods: 5}}}`},
			replacement, "",
			nil,
			[]Unknown{{ResourceQuota, "ResourceQuota", "q"}},
		},
		{
			"Quotas come by their names",
			[]string{`{metadata: {name: b}, status: {hard: {pods: 0}, used: {pods: 0}}}`, `{metadata: {name: a}, status: {hard: {pods: 0}, used: {pods: 0}}}`},
			replacement, "",
			[]Denial{
				{ResourceQuota, "ResourceQuota", "a", "pods: the pod takes 1, others use 0 of 0"},
				{ResourceQuota, "ResourceQuota", "b", "pods: the pod takes 1, others use 0 of 0"},
			},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var quotas []*corev1.ResourceQuota
			for _, text := range test.quotas {
				quotas = append(quotas, parse[corev1.ResourceQuota](t, text))
			}
			var died *corev1.Pod
			if test.died != "" {
				died = pod(t, test.died)
			}
			denials, unknown := Quotas(pod(t, test.pod), died, objects(quotas...))
			if diff := cmp.Diff(test.want, denials); diff != "" {
				t.Errorf("denials (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.unknown, unknown); diff != "" {
				t.Errorf("unknown (-want +got):\n%s", diff)
			}
		})
	}
}

// A pod is charged for what it was given in place, not only for what its spec asks for now.
func TestAPodThatWasResizedLeavesWhatItHad(t *testing.T) {
	quota := parse[corev1.ResourceQuota](t, `{metadata: {name: q}, status: {hard: {requests.cpu: 1}, used: {requests.cpu: 1}}}`)
	died := parse[corev1.Pod](t, `
spec: {containers: [{name: a, resources: {requests: {cpu: 100m}}}]}
status: {phase: Running, containerStatuses: [{name: a, allocatedResources: {cpu: 800m}, resources: {requests: {cpu: 800m}}}]}`)
	if denials, _ := Quotas(pod(t, `{containers: [{name: a, resources: {requests: {cpu: 800m}}}]}`), died, objects(quota)); len(denials) > 0 {
		t.Errorf("denied: %v", denials)
	}
	died.Status.Phase = corev1.PodSucceeded
	want := []Denial{{ResourceQuota, "ResourceQuota", "q", "requests.cpu: the pod takes 800m, others use 1 of 1"}}
	got, _ := Quotas(pod(t, `{containers: [{name: a, resources: {requests: {cpu: 800m}}}]}`), died, objects(quota))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after a pod that had ended (-want +got):\n%s", diff)
	}
}

func TestQuotasThatCannotBeRead(t *testing.T) {
	denials, unknown := Quotas(pod(t, `{containers: [{name: a}]}`), nil, Objects[corev1.ResourceQuota]{})
	if diff := cmp.Diff([]Unknown{{ResourceQuota, "ResourceQuota", ""}}, unknown); diff != "" || len(denials) > 0 {
		t.Errorf("denials %v, unknown (-want +got):\n%s", denials, diff)
	}
}

// Operators and values of the scope PriorityClass, and the scopes that the oracle's quotas leave out.
func TestScopes(t *testing.T) {
	tests := []struct {
		name  string
		scope string
		pod   string
		want  bool
	}{
		{"Any class", `{scopeName: PriorityClass, operator: Exists}`, `{priorityClassName: high}`, true},
		{"Any class, of a pod without", `{scopeName: PriorityClass, operator: Exists}`, `{}`, false},
		{"No class", `{scopeName: PriorityClass, operator: DoesNotExist}`, `{}`, true},
		{"Other classes", `{scopeName: PriorityClass, operator: NotIn, values: [high]}`, `{priorityClassName: low}`, true},
		{"Other classes, of a pod without", `{scopeName: PriorityClass, operator: NotIn, values: [high]}`, `{}`, true},
		{"Other classes, of one that is named", `{scopeName: PriorityClass, operator: NotIn, values: [high]}`, `{priorityClassName: high}`, false},
		{"One of the classes, of a pod without", `{scopeName: PriorityClass, operator: In, values: [high]}`, `{}`, false},
		{"A scope of claims", `{scopeName: VolumeAttributesClass, operator: Exists}`, `{}`, false},
		{
			"Neighbours to keep away from, in other namespaces", `{scopeName: CrossNamespacePodAffinity, operator: Exists}`,
			`{affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: z, namespaceSelector: {}}}]}}}`, true,
		},
		{
			"Neighbours in the own namespace", `{scopeName: CrossNamespacePodAffinity, operator: Exists}`,
			`{affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z}]}}}`, false,
		},
		{
			"Guaranteed is not best effort", `{scopeName: NotBestEffort, operator: Exists}`,
			`{containers: [{name: a, resources: {requests: {cpu: 1, memory: 1}, limits: {cpu: 1, memory: 1}}}]}`, true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			quota := &corev1.ResourceQuota{Spec: corev1.ResourceQuotaSpec{ScopeSelector: &corev1.ScopeSelector{
				MatchExpressions: []corev1.ScopedResourceSelectorRequirement{*parse[corev1.ScopedResourceSelectorRequirement](t, test.scope)},
			}}}
			if got := inScope(quota, pod(t, test.pod)); got != test.want {
				t.Errorf("in scope is %v", got)
			}
		})
	}
}
