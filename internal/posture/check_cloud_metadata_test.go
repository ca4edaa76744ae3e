package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestCloudMetadataDependsOnProviderAndNetwork(t *testing.T) {
	on := func(provider string) Facts { return Facts{Placement: Placement{CloudProvider: provider}} }
	spec := corev1.PodSpec{NodeName: "worker-1", Containers: one(nil)}
	assertJudged(t, cloudMetadata(), map[string]judged{
		"an unknown node is no finding":      {spec: spec},
		"a cluster on a laptop has no cloud": {spec: spec, facts: on("kind")},
		"a pod's network may be held back": {
			spec: spec, facts: on("gce"),
			want: []string{"Low CloudMetadata ValuableSecret spec.nodeName=worker-1 if: " + conditionMetadataEgress},
		},
		"the host network is not": {
			spec: corev1.PodSpec{NodeName: "worker-1", HostNetwork: true}, facts: on("aws"),
			want: []string{"Low CloudMetadata ValuableSecret spec.hostNetwork=true if: " + conditionMetadataRole},
		},
	})
}
