package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Shape is what the posture rules read of a pod and what pods made alike have in common. Shapes are interned: two pods look
// the same to every rule if and only if they have the same *Shape.
type Shape struct {
	// Spec without what differs between replicas: the node, generated names, host names.
	Spec *corev1.PodSpec
	// Annotations that rules read.
	Annotations map[string]string
	// Users holds the UIDs that the runtime reports, by container.
	Users map[string]int64
	// Static is true for a pod that the kubelet runs by itself.
	Static bool
}

// shape is that of the pods that a template would make.
func (t *Template) shape() *Shape {
	return &Shape{Spec: t.Spec.Rules, Annotations: rulesRead(t.Annotations)}
}

// apiAccessPrefix begins the name that the ServiceAccount admission plugin gives to the volume of the pod's token,
// followed by five random characters.
const apiAccessPrefix = "kube-api-access-"

// apiAccessInSpec is the name that stands in a spec for any of those.
const apiAccessInSpec = apiAccessPrefix + "*"

// unify takes out of a spec what differs between pods made alike, and returns the true names of the claims by those that
// stand there now. It changes its argument.
func unify(spec *corev1.PodSpec, podName string, owner schema.GroupKind) map[string]string {
	spec.NodeName = ""
	if spec.Hostname == podName || owner == kindJob && strings.HasPrefix(podName, spec.Hostname+"-") {
		spec.Hostname = "" // That of a Job's pod ends in its completion index.
	}
	if owner == kindDaemonSet { // It pins each of its pods to its node.
		spec.Affinity = unpinned(spec.Affinity)
	}
	EachContainer(spec, unifyMounts)
	return unifyVolumes(spec, podName)
}

func unifyVolumes(spec *corev1.PodSpec, podName string) map[string]string {
	var claims map[string]string
	claim := func(inSpec, name string) {
		if claims == nil {
			claims = make(map[string]string)
		}
		claims[inSpec] = name
	}
	for i := range spec.Volumes {
		v := &spec.Volumes[i]
		switch {
		case strings.HasPrefix(v.Name, apiAccessPrefix):
			v.Name = apiAccessInSpec
		case v.PersistentVolumeClaim != nil:
			name := v.PersistentVolumeClaim.ClaimName
			v.PersistentVolumeClaim.ClaimName = claimInSpec(name, podName)
			claim(v.PersistentVolumeClaim.ClaimName, name)
		case v.Ephemeral != nil:
			// The controller names the claim after the pod and the volume.
			claim(EphemeralClaim(v.Name), podName+"-"+v.Name)
		}
	}
	return claims
}

// unifyMounts takes the random part out of the name of the mount of the token.
func unifyMounts(c *corev1.Container) {
	for i := range c.VolumeMounts {
		if strings.HasPrefix(c.VolumeMounts[i].Name, apiAccessPrefix) {
			c.VolumeMounts[i].Name = apiAccessInSpec
		}
	}
}

// EphemeralClaim stands in a spec for the claim of a generic ephemeral volume.
func EphemeralClaim(volume string) string { return "*-" + volume }

// claimInSpec is the name that stands in a spec for the name of a claim. A StatefulSet names each pod's claim after the
// pod; with the pod's name in it no two of its pods would ever look alike.
func claimInSpec(claim, podName string) string {
	if prefix, ok := strings.CutSuffix(claim, "-"+podName); ok {
		return prefix + "-*"
	}
	return claim
}

// Users collects the UIDs that the runtime reports for the containers of a pod, by container name. Nil where it reports
// none: the field is filled since Kubernetes 1.35, by runtimes that support it (KEP-3619).
func Users(status *corev1.PodStatus) map[string]int64 {
	var users map[string]int64
	for _, list := range [...][]corev1.ContainerStatus{
		status.ContainerStatuses, status.InitContainerStatuses, status.EphemeralContainerStatuses,
	} {
		for i := range list {
			if user := list[i].User; user != nil && user.Linux != nil {
				if users == nil {
					users = make(map[string]int64)
				}
				users[list[i].Name] = user.Linux.UID
			}
		}
	}
	return users
}

// sum tells shapes apart, given the sum of the spec. Every text is written with its length, so that a pod cannot write into
// its annotations what would make it look like another.
func (s *Shape) sum(spec [sha256.Size]byte) [sha256.Size]byte {
	encoded := binary.AppendUvarint(spec[:], uint64(len(s.Annotations)))
	for _, name := range slices.Sorted(maps.Keys(s.Annotations)) {
		encoded = appendText(appendText(encoded, name), s.Annotations[name])
	}
	encoded = binary.AppendUvarint(encoded, uint64(len(s.Users)))
	for _, name := range slices.Sorted(maps.Keys(s.Users)) {
		encoded = binary.AppendVarint(appendText(encoded, name), s.Users[name])
	}
	return sha256.Sum256(strconv.AppendBool(encoded, s.Static))
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}
