package report

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/snapshot"
)

// hashLength is the number of hexadecimal digits that tell apart names that would otherwise be the same.
const hashLength = 10

// Name is the name of a workload's report: deployment-cart. A kind that is not Kubernetes' own may share its name with
// one that is, so a hash of the whole key follows; the same goes for a name that would be too long.
func Name(key snapshot.Key) string {
	name := strings.ToLower(key.Kind) + "-" + key.Name
	if len(name) <= validation.DNS1123SubdomainMaxLength && snapshot.IsBuiltIn(key.Group, key.Kind) {
		return name
	}
	sum := sha256.Sum256([]byte(key.Group + "/" + key.Kind + "/" + key.Name))
	suffix := "-" + hex.EncodeToString(sum[:])[:hashLength]
	keep := min(len(name), validation.DNS1123SubdomainMaxLength-len(suffix))
	// Cutting may leave a separator at the end, and a name must not have one beside another.
	return strings.TrimRight(name[:keep], "-.") + suffix
}

// KeyOf is the workload that a report claims to be about.
func KeyOf(r *daysixv1alpha1.PodSecurityReport) snapshot.Key {
	ref := r.Spec.WorkloadRef
	group := ""
	if before, _, ok := strings.Cut(ref.APIVersion, "/"); ok {
		group = before
	}
	return snapshot.Key{Group: group, Kind: ref.Kind, Namespace: r.Namespace, Name: ref.Name}
}
