package snapshot

import (
	"crypto/sha256"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/daysix/daysix/internal/intern"
)

// Spec is a pod's spec, kept once for all pods that are made alike.
type Spec struct {
	// Whole is what admission is asked about: everything but literal values and what differs between replicas.
	Whole *corev1.PodSpec
	// Rules is what the posture rules read of it. Specs that differ in nothing that rules read share it.
	Rules *corev1.PodSpec

	sum [sha256.Size]byte // of Rules
}

// specs interns what pods and templates have in common. Two pods look the same to every rule if and only if they have the
// same *Shape, and are made from the same manifest if and only if they have the same *Spec.
type specs struct {
	whole  *intern.Table[[sha256.Size]byte, Spec]
	rules  *intern.Table[[sha256.Size]byte, corev1.PodSpec]
	shapes *intern.Table[[sha256.Size]byte, Shape]
	labels *intern.Table[string, labels.Set]
}

func newSpecs() specs {
	return specs{
		whole:  intern.New[[sha256.Size]byte, Spec](),
		rules:  intern.New[[sha256.Size]byte, corev1.PodSpec](),
		shapes: intern.New[[sha256.Size]byte, Shape](),
		labels: intern.New[string, labels.Set](),
	}
}

// of interns a spec whose literal values are gone already. What it refers to must not be changed, nor summed, afterwards.
func (t *specs) of(spec *corev1.PodSpec) *Spec {
	return t.whole.Get(sumOf(spec), func() *Spec {
		rules := spec.DeepCopy()
		stripSpec(rules)
		// The spec is a part of its object: to hold it in place would hold all of the object, annotations with manifests included.
		whole := *spec
		s := &Spec{Whole: &whole, sum: sumOf(rules)}
		s.Rules = t.rules.Get(s.sum, func() *corev1.PodSpec { return rules })
		return s
	})
}

// shape interns what rules read of a pod with that spec.
func (t *specs) shape(spec *Spec, shape Shape) *Shape {
	shape.Spec = spec.Rules
	return t.shapes.Get(shape.sum(spec.sum), func() *Shape { return &shape })
}

// sumOf is the sum of a spec's protobuf form, the quickest that covers every field; map entries are written in order. It
// may write into quantities what they look like as text, so it is for specs that nobody else reads yet.
func sumOf(spec *corev1.PodSpec) [sha256.Size]byte {
	encoded, err := spec.Marshal()
	if err != nil {
		// A spec that cannot be encoded equals no other.
		encoded = []byte(err.Error())
	}
	return sha256.Sum256(encoded)
}

// EachContainer visits the containers of all kinds. The fixes of the posture checks use it too; checks walk Pod.Containers.
func EachContainer(spec *corev1.PodSpec, visit func(*corev1.Container)) {
	for i := range spec.Containers {
		visit(&spec.Containers[i])
	}
	for i := range spec.InitContainers {
		visit(&spec.InitContainers[i])
	}
	for i := range spec.EphemeralContainers {
		visit((*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
}
