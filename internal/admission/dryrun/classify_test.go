package dryrun

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	webhookerrors "k8s.io/apiserver/pkg/admission/plugin/webhook/errors"
)

var pods = schema.GroupResource{Resource: "pods"}

func forbidden(message string) error {
	return apierrors.NewForbidden(pods, "web-", errors.New(message))
}

// What the API server says in truth is pinned by apiserver_test.go and its neighbours. These are the answers that a test
// cannot bring a healthy one to give, and those that look like others.
func TestClassify(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want Answer
	}{
		{"it was created", nil, Answer{Verdict: Admitted}},
		{"the name is taken", apierrors.NewAlreadyExists(pods, "web"), Answer{Verdict: Admitted}},
		{"no generated name is free", apierrors.NewGenerateNameConflict(pods, "web-x", 1), Answer{Verdict: Admitted}},
		{
			"something else exists already, which no pod can say",
			apierrors.NewAlreadyExists(schema.GroupResource{Group: "a.b", Resource: "pods"}, "web"),
			cannotTell(ServerError, `pods.a.b "web" already exists`),
		},
		{
			"a webhook that was registered by v1beta1 does not support dry-runs", webhookerrors.NewDryRunUnsupportedErr("pods.example.com"),
			Answer{
				Verdict: CannotTell, Reason: WebhookDoesNotSupportDryRun, Denier: Denier{Kind: Webhook, Name: "pods.example.com"},
				Message: `admission webhook "pods.example.com" does not support dry run`,
			},
		},
		{
			"a webhook refuses without a word", webhookerrors.ToStatusErr("pods.example.com", nil),
			denied(Denier{Kind: Webhook, Name: "pods.example.com"}, `admission webhook "pods.example.com" denied the request without explanation`),
		},
		{
			"a webhook says that it does not support dry-runs, which is a denial",
			webhookerrors.ToStatusErr("pods.example.com", &metav1.Status{Message: `admission webhook "x" does not support dry run`}),
			denied(Denier{Kind: Webhook, Name: "pods.example.com"},
				`admission webhook "pods.example.com" denied the request: admission webhook "x" does not support dry run`),
		},
		{
			"a plugin that has no form", forbidden("pod node label selector conflicts with its namespace node label selector"),
			denied(Denier{Kind: Plugin}, "pod node label selector conflicts with its namespace node label selector"),
		},
		{
			"a plugin speaks of limits in the middle of a sentence", forbidden("the maximum memory usage per Container is a secret"),
			denied(Denier{Kind: Plugin}, "the maximum memory usage per Container is a secret"),
		},
		{
			"a plugin waits for its caches", forbidden("not yet ready to handle request"),
			cannotTell(NotReady, "not yet ready to handle request"),
		},
		{
			"a ServiceAccount could not be looked up",
			forbidden("error looking up service account shop/cart: etcdserver: request timed out"),
			cannotTell(ServerError, "error looking up service account shop/cart: etcdserver: request timed out"),
		},
		{
			"an overhead that is not the one of the RuntimeClass",
			forbidden("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"),
			denied(Denier{Kind: RuntimeClass}, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"),
		},
		{
			"a policy that mutates is misconfigured as a whole",
			&apierrors.StatusError{ErrStatus: metav1.Status{
				Reason: metav1.StatusReasonForbidden, Message: "x",
				Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{Message: `policy "team" denied request: failed to configure policy: no`}}},
			}},
			denied(Denier{Kind: MutatingAdmissionPolicy, Name: "team"}, `policy "team" denied request: failed to configure policy: no`),
		},
		{"the API server sheds load", apierrors.NewTooManyRequests("too many", 1), cannotTell(RateLimited, "too many")},
		{"the API server gave up", apierrors.NewTimeoutError("late", 1), cannotTell(Timeout, "Timeout: late")},
		{"we gave up", fmt.Errorf("asking: %w", context.DeadlineExceeded), cannotTell(Timeout, "asking: context deadline exceeded")},
		{
			"the connection was too slow", &url.Error{Op: "Post", URL: "https://a", Err: &net.DNSError{Err: "late", IsTimeout: true}},
			cannotTell(Timeout, `Post "https://a": lookup : late`),
		},
		{
			"nobody answers", &url.Error{Op: "Post", URL: "https://a", Err: errors.New("connection refused")},
			cannotTell(Unreachable, `Post "https://a": connection refused`),
		},
		{
			"a proxy answers in its own way",
			apierrors.NewGenericServerResponse(http.StatusBadGateway, "POST", pods, "", "bad gateway", 0, true),
			cannotTell(ServerError, "an error on the server (\"bad gateway\") has prevented the request from succeeding (post pods)"),
		},
		{"another kind of object is not found", apierrors.NewNotFound(pods, "web"), cannotTell(ServerError, `pods "web" not found`)},
		{"the candidate is not understood", apierrors.NewBadRequest("what?"), cannotTell(BadRequest, "what?")},
		{
			"the options are not valid, which is not the pod's fault",
			apierrors.NewInvalid(schema.GroupKind{Group: "meta.k8s.io", Kind: "CreateOptions"}, "", nil),
			cannotTell(BadRequest, `CreateOptions.meta.k8s.io "" is invalid`),
		},
		{"a status without anything", &apierrors.StatusError{}, cannotTell(ServerError, "")},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, classify(test.err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a status says, it is read without harm, and a refusal is never an admission.
func FuzzClassify(f *testing.F) {
	for _, message := range []string{
		`admission webhook "a" denied the request: no`, `admission webhook "`, `policy `, `policy '`, `ValidatingAdmissionPolicy ''`,
		`failed calling webhook "a": no`, `pods "web-" is forbidden: exceeded quota: a`, `[maximum cpu usage per Pod is 1, but`,
		`insufficient quota to match these scopes: `, `error looking up service account `, ``,
	} {
		f.Add(message, message, "Forbidden", "pods", int32(http.StatusForbidden))
	}
	f.Fuzz(func(t *testing.T, message, cause, reason, kind string, code int32) {
		status := metav1.Status{
			Status: metav1.StatusFailure, Message: message, Reason: metav1.StatusReason(reason), Code: code,
			Details: &metav1.StatusDetails{Kind: kind, Name: "web-", Causes: []metav1.StatusCause{{Message: cause}}},
		}
		got := classify(&apierrors.StatusError{ErrStatus: status})
		switch got.Verdict {
		case Admitted:
			if reason != string(metav1.StatusReasonAlreadyExists) {
				t.Errorf("admitted by %+v", status)
			}
		case Denied:
			if got.Denier.Kind == "" || got.Reason != "" {
				t.Errorf("denied by nobody: %+v", got)
			}
		default:
			if got.Reason == "" {
				t.Errorf("no reason: %+v", got)
			}
		}
	})
}

func TestMayDependOnUser(t *testing.T) {
	reads := func(kind DenierKind, policy string) bool {
		return kind == ValidatingAdmissionPolicy && policy == "exempts-ci"
	}
	for _, test := range []struct {
		name   string
		answer Answer
		want   bool
	}{
		{"a policy that reads the user", denied(Denier{Kind: ValidatingAdmissionPolicy, Name: "exempts-ci"}, ""), true},
		{"a policy that does not", denied(Denier{Kind: ValidatingAdmissionPolicy, Name: "labels"}, ""), false},
		{"a policy that mutates, of the same name", denied(Denier{Kind: MutatingAdmissionPolicy, Name: "exempts-ci"}, ""), false},
		{"any webhook", denied(Denier{Kind: Webhook, Name: "exempts-ci"}, ""), true},
		{"any plugin without a name", denied(Denier{Kind: Plugin}, ""), true},
		{"a quota", denied(Denier{Kind: ResourceQuota, Name: "few"}, ""), false},
		{"Pod Security", denied(Denier{Kind: PodSecurity}, ""), false},
		{"an admission", Answer{Verdict: Admitted}, false},
		{"a webhook that is down", Answer{Verdict: CannotTell, Denier: Denier{Kind: Webhook}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.answer.MayDependOnUser(reads); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
