package posture

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// A live pod carries the volume that admission added; taking the token away must leave the other volumes as they are.
func TestRemoveAPITokensLeavesOtherVolumesAlone(t *testing.T) {
	var spec, want corev1.PodSpec
	for text, into := range map[string]*corev1.PodSpec{
		`{containers: [{name: app, volumeMounts: [{name: kube-api-access-x, mountPath: /a}, {name: both, mountPath: /b}, {name: mine, mountPath: /c}]}],
		  volumes: [
		    {name: kube-api-access-x, projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: kube-root-ca.crt}}]}},
		    {name: both, projected: {sources: [{serviceAccountToken: {path: token}}, {serviceAccountToken: {path: v, audience: vault}}]}},
		    {name: mine, projected: {sources: [{serviceAccountToken: {path: token}}]}}]}`: &spec,
		`{automountServiceAccountToken: false,
		  containers: [{name: app, volumeMounts: [{name: both, mountPath: /b}]}],
		  volumes: [{name: both, projected: {sources: [{serviceAccountToken: {path: v, audience: vault}}]}}]}`: &want,
	} {
		if err := yaml.UnmarshalStrict([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	removeAPITokens(&spec)
	if diff := gocmp.Diff(want, spec); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
