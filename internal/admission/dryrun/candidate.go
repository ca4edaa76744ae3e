package dryrun

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// ErrStaticPod says that a pod is the mirror of a static one: the kubelet restarts it without asking for admission, and
// some plugins judge the mirror by rules of its own.
var ErrStaticPod = errors.New("the pod is the mirror of a static pod")

// Hash is the SHA-256 of a candidate and its namespace.
type Hash [sha256.Size]byte

// Candidate is a pod to ask about, stripped of what the API server makes itself. It does not change.
type Candidate struct {
	pod  *corev1.Pod
	hash Hash
}

// NewCandidate makes a candidate of a pod as its controller would post it: with generateName, the controller's reference,
// and the labels and annotations of the template. A pod as it lives will do as well: what the API server and its plugins
// added is taken off. The pod is copied.
//
// A pod with a name and no generateName is asked about under its name.
func NewCandidate(namespace string, pod *corev1.Pod) (Candidate, error) {
	if _, mirror := pod.Annotations[corev1.MirrorPodAnnotationKey]; mirror {
		return Candidate{}, ErrStaticPod
	}
	stripped := strip(namespace, pod)
	// The JSON of a pod orders its maps. Nothing here was shared: a quantity remembers its text when it is encoded.
	encoded, err := json.Marshal(stripped)
	if err != nil {
		return Candidate{}, fmt.Errorf("encoding the candidate of pod %s/%s%s: %w", namespace, pod.GenerateName, pod.Name, err)
	}
	return Candidate{pod: stripped, hash: sha256.Sum256(encoded)}, nil
}

// Hash is equal for candidates that ask the same.
func (c Candidate) Hash() Hash { return c.hash }

// Pod is a copy of what is posted.
func (c Candidate) Pod() *corev1.Pod { return c.pod.DeepCopy() }
