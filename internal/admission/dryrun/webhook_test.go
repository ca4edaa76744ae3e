package dryrun_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// webhookServer is a webhook behind TLS, with an authority of its own.
type webhookServer struct {
	url      string
	caBundle []byte

	mu   sync.Mutex
	seen []admissionv1.AdmissionRequest
}

// serveWebhook answers every review as respond says; nil answers with something else.
func serveWebhook(t *testing.T, respond func() *admissionv1.AdmissionResponse) *webhookServer {
	t.Helper()
	w := &webhookServer{}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		review := admissionv1.AdmissionReview{}
		if err := json.NewDecoder(r.Body).Decode(&review); err != nil || review.Request == nil {
			t.Errorf("the webhook was sent no review: %v", err)
			return
		}
		w.mu.Lock()
		w.seen = append(w.seen, *review.Request)
		w.mu.Unlock()
		if review.Response = respond(); review.Response == nil {
			http.Error(rw, "no leader", http.StatusServiceUnavailable)
			return
		}
		review.Response.UID = review.Request.UID
		rw.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(rw).Encode(review); err != nil {
			t.Error(err)
		}
	}))
	var certificate tls.Certificate
	certificate, w.caBundle = selfSigned(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

func selfSigned(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "webhook of a test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func allow(warnings ...string) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Allowed: true, Warnings: warnings}
}

func deny(status metav1.Status) *admissionv1.AdmissionResponse {
	return &admissionv1.AdmissionResponse{Result: &status}
}

// hook registers a validating webhook for the creation of pods in one namespace until the test ends.
func (w *world) hook(t *testing.T, namespace, url string, caBundle []byte, changes ...func(*admissionregistrationv1.ValidatingWebhook)) {
	t.Helper()
	webhook := admissionregistrationv1.ValidatingWebhook{
		Name: "pods.example.com",
		ClientConfig: admissionregistrationv1.WebhookClientConfig{
			URL: ptr.To(url), CABundle: caBundle,
		},
		Rules: []admissionregistrationv1.RuleWithOperations{{
			Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
			Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
		}},
		NamespaceSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: namespace}},
		SideEffects:             ptr.To(admissionregistrationv1.SideEffectClassNoneOnDryRun),
		AdmissionReviewVersions: []string{"v1"},
		TimeoutSeconds:          ptr.To[int32](2),
	}
	for _, change := range changes {
		change(&webhook)
	}
	configuration := &admissionregistrationv1.ValidatingWebhookConfiguration{
		ObjectMeta: metav1.ObjectMeta{Name: namespace}, Webhooks: []admissionregistrationv1.ValidatingWebhook{webhook},
	}
	w.create(t, configuration)
}

func (w *world) create(t *testing.T, object client.Object) {
	t.Helper()
	if err := w.Client().Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

func TestAnswersOfWebhooks(t *testing.T) {
	w := startWorld(t)
	s := w.submitter(t, open{})
	t.Run("a webhook refuses", webhookRefuses(w, s))
	t.Run("a webhook cannot pass for anything else", webhookForges(w, s))
	t.Run("a webhook warns", webhookWarns(w, s))
	t.Run("a webhook is down", webhookDown(w, s))
	t.Run("a webhook answers with an error", func(t *testing.T) {
		w.namespace(t, "broken")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse { return nil })
		w.hook(t, "broken", server.url, server.caBundle)
		eventually(t, s, candidate(t, "broken", web()), aboutWebhook(dryrun.WebhookUnavailable,
			`failed calling webhook "pods.example.com": failed to call webhook: the server is currently unable to handle the request`))
	})
	t.Run("a webhook is too slow", func(t *testing.T) {
		w.namespace(t, "slow")
		release := make(chan struct{})
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse {
			<-release
			return allow()
		})
		t.Cleanup(func() { close(release) })
		w.hook(t, "slow", server.url, server.caBundle, func(h *admissionregistrationv1.ValidatingWebhook) { h.TimeoutSeconds = ptr.To[int32](1) })
		answer := answered(t, s, candidate(t, "slow", web()), dryrun.CannotTell)
		if answer.Reason != dryrun.WebhookUnavailable || answer.Denier != webhookDenier {
			t.Errorf("answer is %+v", answer)
		}
	})
	t.Run("a webhook that mutates refuses", mutatingWebhook(w, s))
	t.Run("the match conditions of a webhook cannot be evaluated", func(t *testing.T) {
		w.namespace(t, "conditions")
		w.hook(t, "conditions", "https://127.0.0.1:1", nil, func(h *admissionregistrationv1.ValidatingWebhook) {
			h.MatchConditions = []admissionregistrationv1.MatchCondition{{Name: "team", Expression: `object.metadata.labels["team"] == "a"`}}
		})
		eventually(t, s, candidate(t, "conditions", web()), denied(dryrun.Plugin, "",
			`expression 'object.metadata.labels["team"] == "a"' resulted in error: no such key: team`))
	})
	t.Run("a webhook with side effects cannot be registered", func(t *testing.T) {
		configuration := &admissionregistrationv1.ValidatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "some"},
			Webhooks: []admissionregistrationv1.ValidatingWebhook{{
				Name: "some.example.com", ClientConfig: admissionregistrationv1.WebhookClientConfig{URL: ptr.To("https://127.0.0.1:1")},
				SideEffects: ptr.To(admissionregistrationv1.SideEffectClassSome), AdmissionReviewVersions: []string{"v1"},
			}},
		}
		if err := w.Client().Create(t.Context(), configuration); !apierrors.IsInvalid(err) {
			t.Errorf("got %v, want Invalid", err)
		}
	})
}

var webhookDenier = dryrun.Denier{Kind: dryrun.Webhook, Name: "pods.example.com"}

func aboutWebhook(reason dryrun.Reason, message string) dryrun.Answer {
	return dryrun.Answer{Verdict: dryrun.CannotTell, Reason: reason, Denier: webhookDenier, Message: message}
}

// answered submits until the verdict is the wanted one.
func answered(t *testing.T, s *dryrun.Submitter, c dryrun.Candidate, want dryrun.Verdict) dryrun.Answer {
	t.Helper()
	for {
		if answer := s.Submit(t.Context(), c); answer.Verdict == want || t.Context().Err() != nil {
			return answer
		}
	}
}

func webhookRefuses(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "refusing")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse {
			return deny(metav1.Status{Message: "\x1b[2Jpolicy \u202eteam-a\nwas\tblocked"})
		})
		w.hook(t, "refusing", server.url, server.caBundle)
		eventually(t, s, candidate(t, "refusing", web()), denied(dryrun.Webhook, "pods.example.com",
			`admission webhook "pods.example.com" denied the request: [2Jpolicy team-a was blocked`))
		server.mu.Lock()
		defer server.mu.Unlock()
		for _, request := range server.seen {
			type told struct {
				DryRun bool
				User   string
				Name   string
			}
			got := told{ptr.Deref(request.DryRun, false), request.UserInfo.Username, request.Name}
			want := told{true, cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount), request.Name}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the webhook was told (-want +got):\n%s", diff)
			}
		}
	}
}

// webhookForges answers as if the name were taken, with the words of a policy and of a plugin: a denial all the same.
func webhookForges(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "forging")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse {
			return deny(metav1.Status{
				Code: http.StatusConflict, Reason: metav1.StatusReasonAlreadyExists, Message: `pods "web" already exists`,
				Details: &metav1.StatusDetails{
					Kind:   "pods",
					Causes: []metav1.StatusCause{{Message: "ValidatingAdmissionPolicy 'other' with binding 'other' denied request: no"}},
				},
			})
		})
		w.hook(t, "forging", server.url, server.caBundle)
		eventually(t, s, candidate(t, "forging", web()), denied(dryrun.Webhook, "pods.example.com",
			`admission webhook "pods.example.com" denied the request: pods "web" already exists`))
	}
}

func webhookWarns(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "warning")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse { return allow("z: soon", "a: later", "a: later") })
		w.hook(t, "warning", server.url, server.caBundle)
		eventually(t, s, candidate(t, "warning", web()), dryrun.Answer{Verdict: dryrun.Admitted, Warnings: []string{"a: later", "z: soon"}})
	}
}

func webhookDown(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "down")
		w.hook(t, "down", "https://127.0.0.1:1/validate", nil)
		c := candidate(t, "down", web())
		eventually(t, s, c, aboutWebhook(dryrun.WebhookUnavailable,
			`failed calling webhook "pods.example.com": failed to call webhook: Post "https://127.0.0.1:1/validate?timeout=2s": dial tcp `+
				`127.0.0.1:1: connect: connection refused`))
		if _, err := w.Kubectl(t.Context(), "patch", "validatingwebhookconfiguration", "down", "--type=json",
			`--patch=[{"op":"replace","path":"/webhooks/0/failurePolicy","value":"Ignore"}]`); err != nil {
			t.Fatal(err)
		}
		eventually(t, s, c, dryrun.Answer{Verdict: dryrun.Admitted})
	}
}

func mutatingWebhook(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "mutating")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse { return deny(metav1.Status{Reason: "NoSidecar"}) })
		w.create(t, &admissionregistrationv1.MutatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "mutating"},
			Webhooks: []admissionregistrationv1.MutatingWebhook{{
				Name:         "pods.example.com",
				ClientConfig: admissionregistrationv1.WebhookClientConfig{URL: ptr.To(server.url), CABundle: server.caBundle},
				Rules: []admissionregistrationv1.RuleWithOperations{{
					Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
					Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
				}},
				NamespaceSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "mutating"}},
				SideEffects:             ptr.To(admissionregistrationv1.SideEffectClassNone),
				AdmissionReviewVersions: []string{"v1"},
			}},
		})
		eventually(t, s, candidate(t, "mutating", web()), denied(dryrun.Webhook, "pods.example.com",
			`admission webhook "pods.example.com" denied the request: NoSidecar`))
	}
}
