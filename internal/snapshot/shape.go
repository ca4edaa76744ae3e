package snapshot

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Shape is what the audit reads of a pod and what pods made alike have in common. Shapes are interned: two pods look
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

	sum  [sha256.Size]byte
	pods int
}

// shapes interns.
type shapes map[[sha256.Size]byte]*Shape

func (t shapes) intern(shape *Shape) *Shape {
	if known, ok := t[shape.sum]; ok {
		shape = known
	} else {
		t[shape.sum] = shape
	}
	shape.pods++
	return shape
}

func (t shapes) release(shape *Shape) {
	if shape.pods--; shape.pods == 0 {
		delete(t, shape.sum)
	}
}

// apiAccessPrefix begins the name that the ServiceAccount admission plugin gives to the volume of the pod's token,
// followed by five random characters.
const apiAccessPrefix = "kube-api-access-"

// shapeOf takes out of a stripped pod what is its own. Only the parts that differ are copied; the object is left alone.
func shapeOf(object *corev1.Pod) (*Shape, map[string]string) {
	spec := object.Spec
	spec.NodeName, spec.Hostname, spec.Subdomain = "", "", ""
	var claims map[string]string
	spec.Volumes, claims = volumesInShape(spec.Volumes, object.Name)
	spec.Containers = withoutTokenNames(spec.Containers, regularMounts)
	spec.InitContainers = withoutTokenNames(spec.InitContainers, regularMounts)
	spec.EphemeralContainers = withoutTokenNames(spec.EphemeralContainers, ephemeralMounts)
	shape := &Shape{
		Spec:        &spec,
		Annotations: object.Annotations,
		Users:       Users(&object.Status),
		Static:      isStatic(object),
	}
	shape.seal()
	return shape, claims
}

// TemplateShape is the shape of the pods that a template would make.
func TemplateShape(template *corev1.PodTemplateSpec) *Shape {
	shape := &Shape{Spec: &template.Spec, Annotations: template.Annotations}
	shape.seal()
	return shape
}

func volumesInShape(volumes []corev1.Volume, podName string) ([]corev1.Volume, map[string]string) {
	var claims map[string]string
	var out []corev1.Volume
	claim := func(inShape, name string) {
		if claims == nil {
			claims = make(map[string]string)
		}
		claims[inShape] = name
	}
	for i := range volumes {
		v := volumes[i]
		switch {
		case strings.HasPrefix(v.Name, apiAccessPrefix):
			v.Name = strings.TrimSuffix(apiAccessPrefix, "-")
		case v.PersistentVolumeClaim != nil:
			source := *v.PersistentVolumeClaim
			source.ClaimName = claimInShape(source.ClaimName, podName)
			claim(source.ClaimName, v.PersistentVolumeClaim.ClaimName)
			v.PersistentVolumeClaim = &source
		case v.Ephemeral != nil:
			// The controller names the claim after the pod and the volume.
			claim(EphemeralClaim(v.Name), podName+"-"+v.Name)
			continue
		default:
			continue
		}
		if out == nil {
			out = slices.Clone(volumes)
		}
		out[i] = v
	}
	if out == nil {
		return volumes, claims
	}
	return out, claims
}

// EphemeralClaim stands in a shape for the claim of a generic ephemeral volume.
func EphemeralClaim(volume string) string { return "*-" + volume }

// withoutTokenNames takes the random part out of the names of the mounts of the token, in copies.
func withoutTokenNames[C any](containers []C, mountsOf func(*C) *[]corev1.VolumeMount) []C {
	copied := false
	for i := range containers {
		for j, mount := range *mountsOf(&containers[i]) {
			if !strings.HasPrefix(mount.Name, apiAccessPrefix) {
				continue
			}
			if !copied {
				containers, copied = slices.Clone(containers), true
			}
			mounts := mountsOf(&containers[i])
			*mounts = slices.Clone(*mounts)
			(*mounts)[j].Name = strings.TrimSuffix(apiAccessPrefix, "-")
		}
	}
	return containers
}

func regularMounts(c *corev1.Container) *[]corev1.VolumeMount { return &c.VolumeMounts }

func ephemeralMounts(c *corev1.EphemeralContainer) *[]corev1.VolumeMount { return &c.VolumeMounts }

// isStatic tells a pod that the kubelet runs from a file: what the API holds is its mirror.
func isStatic(object *corev1.Pod) bool {
	_, mirror := object.Annotations[corev1.MirrorPodAnnotationKey]
	return mirror
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

// seal computes the sum that tells shapes apart. The protobuf form is the quickest that covers every field; map entries
// are written in order, and every text with its length, so that a pod cannot write into its annotations what would make it
// look like another.
func (s *Shape) seal() {
	encoded, err := s.Spec.Marshal()
	if err != nil {
		// A spec that cannot be encoded equals no other.
		encoded = []byte(err.Error())
	}
	encoded = binary.AppendUvarint(encoded, uint64(len(encoded)))
	encoded = binary.AppendUvarint(encoded, uint64(len(s.Annotations)))
	for _, name := range slices.Sorted(maps.Keys(s.Annotations)) {
		encoded = appendText(appendText(encoded, name), s.Annotations[name])
	}
	encoded = binary.AppendUvarint(encoded, uint64(len(s.Users)))
	for _, name := range slices.Sorted(maps.Keys(s.Users)) {
		encoded = binary.AppendVarint(appendText(encoded, name), s.Users[name])
	}
	encoded = strconv.AppendBool(encoded, s.Static)
	s.sum = sha256.Sum256(encoded)
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}
