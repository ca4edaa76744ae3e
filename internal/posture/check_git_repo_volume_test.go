package posture

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

func TestGitRepoVolumeIsConditionalOnTheKubelet(t *testing.T) {
	spec := corev1.PodSpec{
		HostUsers: ptr.To(false), RuntimeClassName: ptr.To("kata"),
		Volumes: []corev1.Volume{{Name: "tmp"}, {
			Name: "source", VolumeSource: corev1.VolumeSource{GitRepo: &corev1.GitRepoVolumeSource{Repository: "https://git.example/a"}},
		}},
	}
	assertJudged(t, gitRepoVolume(), map[string]judged{
		"other volumes are clean": {spec: corev1.PodSpec{Volumes: spec.Volumes[:1]}},
		"neither a sandbox nor a user namespace helps, for the kubelet clones": {
			spec: spec, facts: Facts{Settings: Settings{SandboxedRuntimeClasses: []string{"kata"}}},
			want: []string{"Medium GitRepoVolume NodeRoot spec.volumes[1].gitRepo=source if: " + conditionGitRepoKubelet},
		},
	})
}
