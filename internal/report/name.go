package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/snapshot"
)

const (
	// hashLength is the number of hexadecimal digits that tell apart names that would otherwise be the same.
	hashLength = 10
	// hashSeparator is a dot, since what follows a hyphen in the name of a ReplicaSet or a pod may look like a hash.
	hashSeparator = '.'
)

// Name is the name of a workload's report: deployment-cart. A kind that is not Kubernetes' own may share its name with
// one that is, so a hash of the whole key follows. The same goes for a name that no object can have, and for one that ends
// as if a hash followed already: nobody can name a workload so that it takes another one's report.
func Name(key snapshot.Key) string {
	name := strings.ToLower(key.Kind) + "-" + key.Name
	valid := len(validation.IsDNS1123Subdomain(name)) == 0
	if valid && snapshot.IsBuiltIn(key.Group, key.Kind) && !endsInHash(name) {
		return name
	}
	if !valid {
		name = strings.Map(toNameRune, name)
	}
	sum := sha256.Sum256([]byte(key.Group + "/" + key.Kind + "/" + key.Name))
	suffix := string(hashSeparator) + hex.EncodeToString(sum[:])[:hashLength]
	keep := min(len(name), validation.DNS1123SubdomainMaxLength-len(suffix))
	// Cutting may leave a separator at the end, and a name must not have one beside another.
	return cmp.Or(strings.Trim(name[:keep], "-."), "workload") + suffix
}

// toNameRune replaces what a name must not have. A dot may stand where it must not, so it goes as well.
func toNameRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

func endsInHash(name string) bool {
	at := len(name) - hashLength
	return at > 0 && name[at-1] == hashSeparator && strings.Trim(name[at:], "0123456789abcdef") == ""
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
