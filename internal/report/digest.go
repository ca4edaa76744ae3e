package report

import (
	"crypto/sha256"
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// Digest tells whether two reports say the same without keeping either.
type Digest struct {
	// Whole covers all that Daysix writes, owner, labels, spec and status, and that there is no finalizer: it would keep a report
	// from being replaced.
	Whole [sha256.Size]byte
	// Lasting covers the same without the counts of pods.
	Lasting [sha256.Size]byte
}

// DigestOf computes the digest of a report, be it one of ours or what the API server holds.
func DigestOf(r *daysixv1alpha1.PodSecurityReport) Digest {
	lasting := r.Status
	lasting.Pods.Running, lasting.Pods.Terminating = 0, 0
	lasting.Restart.Pods = daysixv1alpha1.RestartPods{}
	return Digest{Whole: sum(r, &r.Status), Lasting: sum(r, &lasting)}
}

func sum(r *daysixv1alpha1.PodSecurityReport, status *daysixv1alpha1.PodSecurityReportStatus) [sha256.Size]byte {
	encoded, err := json.Marshal(struct {
		Owners     []metav1.OwnerReference
		Finalizers []string `json:",omitempty"`
		Labels     [2]string
		Spec       *daysixv1alpha1.PodSecurityReportSpec
		Status     *daysixv1alpha1.PodSecurityReportStatus
	}{r.OwnerReferences, r.Finalizers, [2]string{r.Labels[LabelManagedBy], r.Labels[LabelOwner]}, &r.Spec, status})
	if err != nil {
		return [sha256.Size]byte{} // Equal to no report that can be encoded.
	}
	return sha256.Sum256(encoded)
}
