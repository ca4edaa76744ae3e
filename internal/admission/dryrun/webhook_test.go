package dryrun_test

import (
	"net/http"
	"sync"
	"testing"

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
	"github.com/daysix/daysix/internal/testing/webhook"
)

// webhookServer is a webhook that notes what it is asked.
type webhookServer struct {
	*webhook.Server

	mu   sync.Mutex
	seen []admissionv1.AdmissionRequest
}

// serveWebhook answers every review as respond says, and notes what it was asked; nil answers with something else.
func serveWebhook(t *testing.T, respond func() *admissionv1.AdmissionResponse) *webhookServer {
	t.Helper()
	w := &webhookServer{}
	w.Server = webhook.Serve(t, func(request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
		w.mu.Lock()
		w.seen = append(w.seen, *request)
		w.mu.Unlock()
		return respond()
	})
	return w
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
	configuration := webhook.OfPods(namespace, url, caBundle)
	configuration.Webhooks[0].TimeoutSeconds = ptr.To[int32](2)
	for _, change := range changes {
		change(&configuration.Webhooks[0])
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
		w.hook(t, "broken", server.URL, server.CABundle)
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
		w.hook(t, "slow", server.URL, server.CABundle, func(h *admissionregistrationv1.ValidatingWebhook) { h.TimeoutSeconds = ptr.To[int32](1) })
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
		w.hook(t, "refusing", server.URL, server.CABundle)
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
		w.hook(t, "forging", server.URL, server.CABundle)
		eventually(t, s, candidate(t, "forging", web()), denied(dryrun.Webhook, "pods.example.com",
			`admission webhook "pods.example.com" denied the request: pods "web" already exists`))
	}
}

func webhookWarns(w *world, s *dryrun.Submitter) func(*testing.T) {
	return func(t *testing.T) {
		w.namespace(t, "warning")
		server := serveWebhook(t, func() *admissionv1.AdmissionResponse { return allow("z: soon", "a: later", "a: later") })
		w.hook(t, "warning", server.URL, server.CABundle)
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
				ClientConfig: admissionregistrationv1.WebhookClientConfig{URL: ptr.To(server.URL), CABundle: server.CABundle},
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
