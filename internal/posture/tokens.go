package posture

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// injectedTokenVolume is how the ServiceAccount admission plugin begins the name of the volume that it adds.
const injectedTokenVolume = "kube-api-access-"

// automountsToken follows the API: the pod's field wins over the ServiceAccount's, unset on both means mounted. The pod of
// a static pod has no ServiceAccount.
func (p *Pod) automountsToken() bool {
	if p.isMirror() {
		return false
	}
	if p.Spec.AutomountServiceAccountToken != nil {
		return *p.Spec.AutomountServiceAccountToken
	}
	return p.Automount == nil || *p.Automount
}

// HoldsAPIToken tells whether a container can read a token for the API server that was made for the pod. Identities has
// those that come from Secrets, too.
func (p *Pod) HoldsAPIToken() bool { return p.automountsToken() || p.projectedAPIToken() != "" }

// isMirror tells the mirror of a static pod.
func (p *Pod) isMirror() bool {
	_, mirror := p.Annotations[corev1.MirrorPodAnnotationKey]
	return mirror
}

// projectedAPIToken is the field of the first mounted projection of a token for the API server, empty where there is none.
func (p *Pod) projectedAPIToken() string {
	field := ""
	p.eachProjectedToken(func(volume, source int, token *corev1.ServiceAccountTokenProjection) {
		if field == "" && apiAudience(token.Audience) {
			field = tokenField(volume, source)
		}
	})
	return field
}

// eachProjectedToken visits the token projections of mounted volumes. An explicit projection ignores automount.
func (p *Pod) eachProjectedToken(visit func(volume, source int, token *corev1.ServiceAccountTokenProjection)) {
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.Projected == nil || !p.mountsVolume(v.Name) {
			continue
		}
		for j := range v.Projected.Sources {
			if token := v.Projected.Sources[j].ServiceAccountToken; token != nil {
				visit(i, j, token)
			}
		}
	}
}

func tokenField(volume, source int) string {
	return "spec.volumes[" + strconv.Itoa(volume) + "].projected.sources[" + strconv.Itoa(source) + "].serviceAccountToken"
}

// apiAudience tells whether the API server accepts a token of this audience: the empty one is the server's own, and
// servers are set up with their address within the cluster.
func apiAudience(audience string) bool {
	return audience == "" || audience == "api" || strings.Contains(audience, "kubernetes.default.svc")
}

// cloudAudience tells whether a cloud's token service accepts a token of this audience (X05).
func cloudAudience(audience string) bool {
	return audience == "sts.amazonaws.com" || audience == "pods.eks.amazonaws.com" ||
		audience == "api://AzureADTokenExchange" || strings.Contains(audience, "iam.googleapis.com/")
}

// removeAPITokens switches automount off and takes every token for the API server out of the volumes; volumes that are
// empty afterwards, and the one that admission added, go with their mounts.
func removeAPITokens(spec *corev1.PodSpec) {
	off := false
	spec.AutomountServiceAccountToken = &off
	empty := volumeSet{}
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		if v.Projected == nil {
			continue
		}
		before := len(v.Projected.Sources)
		v.Projected.Sources = slices.DeleteFunc(v.Projected.Sources, func(s corev1.VolumeProjection) bool {
			return s.ServiceAccountToken != nil && apiAudience(s.ServiceAccountToken.Audience)
		})
		left := len(v.Projected.Sources)
		if left < before && (left == 0 || strings.HasPrefix(v.Name, injectedTokenVolume)) {
			empty[v.Name] = struct{}{}
		}
	}
	removeVolumes(spec, empty)
}
