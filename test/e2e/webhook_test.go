package e2e

import (
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/daysix/daysix/internal/testing/webhook"
)

// admission is a webhook. It admits everything until it is told to refuse.
type admission struct {
	*webhook.Server
	refuse atomic.Bool
}

// serveAdmission serves until the container that asked for it ends.
func serveAdmission() *admission {
	GinkgoHelper()
	w := &admission{}
	w.Server = webhook.Serve(GinkgoTB(), func(*admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
		return &admissionv1.AdmissionResponse{Allowed: !w.refuse.Load(), Result: &metav1.Status{Message: "not today"}}
	})
	return w
}
