package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/snapshot"
)

func TestTokenKeptInASecretMattersWhereItGivesSomething(t *testing.T) {
	own := func(count int) snapshot.TokenSecrets { return snapshot.TokenSecrets{Own: "app-token", OwnCount: count} }
	const found = "Minimal ServiceAccountTokenInSecret Hygiene Secret app-token"
	spec := corev1.PodSpec{Containers: one(nil)}
	assertJudged(t, serviceAccountTokenInSecret(), map[string]judged{
		"one of a ServiceAccount with rights":     {spec, Facts{Rights: RightsSome, TokenSecrets: own(1)}, []string{found + "="}},
		"three are named and counted":             {spec, Facts{Rights: RightsSome, TokenSecrets: own(3)}, []string{found + " and 2 more="}},
		"one of which the rights are not known":   {spec, Facts{TokenSecrets: own(1)}, []string{found + "="}},
		"one of a ServiceAccount without rights":  {spec, Facts{Rights: RightsNone, TokenSecrets: own(1)}, nil},
		"none":                                    {spec, Facts{Rights: RightsSome, TokenSecrets: snapshot.TokenSecrets{State: snapshot.Synced}}, nil},
		"the namespace's, of the mirror of a pod": {spec, Facts{TokenSecrets: own(1), Annotations: map[string]string{corev1.MirrorPodAnnotationKey: "x"}}, nil},
	})
}
