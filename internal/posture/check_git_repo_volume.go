package posture

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
)

const conditionGitRepoKubelet = "The kubelet's version and its GitRepoVolumeDriver decide: " +
	"off by default since 1.33, locked off since 1.36."

// The kubelet clones the repository itself, as root on the node, and older ones run hooks that the repository brings
// along (CVE-2024-10220).
//
// Fields: spec.volumes[*].gitRepo
// Finds:  set
// Conditional on the kubelet. Neither user, sandbox nor user namespace helps: the clone is not made in the container.
func gitRepoVolume() Check {
	return Check{
		ID:          "GitRepoVolume",
		Catalogue:   []string{"P14"},
		Title:       "Volume is cloned from git by the kubelet",
		Worst:       finding.NodeRoot,
		PodSecurity: "restricted",
		Find:        findGitRepoVolume,
		Breaks:      "The directory is empty at the start: an init container has to clone what was in it.",
		Fix: func(spec *corev1.PodSpec) {
			for i := range spec.Volumes {
				if spec.Volumes[i].GitRepo != nil {
					spec.Volumes[i].VolumeSource = corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}
				}
			}
		},
	}
}

func findGitRepoVolume(p *Pod, out *Findings) {
	for i := range p.Spec.Volumes {
		if p.Spec.Volumes[i].GitRepo == nil {
			continue
		}
		out.Add(finding.Finding{
			Consequence: finding.NodeRoot,
			Condition:   conditionGitRepoKubelet,
			Field:       "spec.volumes[" + strconv.Itoa(i) + "].gitRepo",
			Value:       p.Spec.Volumes[i].Name,
			Message:     "Whoever controls the repository can run commands as root on the node while the kubelet clones it.",
			Remediation: "Use an emptyDir and clone into it from an init container.",
		})
	}
}
