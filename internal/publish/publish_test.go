package publish

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/report"
)

const shop = "shop"

var reportName = types.NamespacedName{Namespace: shop, Name: "deployment-cart"}

type option func(*daysixv1alpha1.PodSecurityReport)

func withScore(score int32, severity daysixv1alpha1.Severity) option {
	return func(r *daysixv1alpha1.PodSecurityReport) {
		r.Status.Score, r.Status.Severity, r.Status.UnacceptedSeverity = score, severity, severity
	}
}

func withUID(uid string) option {
	return func(r *daysixv1alpha1.PodSecurityReport) {
		r.Spec.WorkloadRef.UID, r.OwnerReferences[0].UID = uid, types.UID(uid)
	}
}

func withPods(running int32) option {
	return func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Pods.Running = running }
}

func withFinding(r *daysixv1alpha1.PodSecurityReport) {
	r.Status.Findings = []daysixv1alpha1.Finding{{Check: "PrivilegedContainer", Severity: "High", Message: "It can."}}
}

func incomplete(r *daysixv1alpha1.PodSecurityReport) {
	r.Status.Conditions[0].Status = daysixv1alpha1.ConditionFalse
}

func desired(options ...option) *daysixv1alpha1.PodSecurityReport {
	r := &daysixv1alpha1.PodSecurityReport{
		TypeMeta: metav1.TypeMeta{APIVersion: daysixv1alpha1.SchemeGroupVersion.String(), Kind: "PodSecurityReport"},
		ObjectMeta: metav1.ObjectMeta{
			Name: reportName.Name, Namespace: shop, Labels: map[string]string{report.LabelManagedBy: report.ManagedBy},
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "apps/v1", Kind: "Deployment", Name: "cart", UID: "uid-1", Controller: ptr.To(false), BlockOwnerDeletion: ptr.To(false),
			}},
		},
		Spec: daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: daysixv1alpha1.WorkloadReference{
			APIVersion: "apps/v1", Kind: "Deployment", Name: "cart", UID: "uid-1",
		}},
		Status: daysixv1alpha1.PodSecurityReportStatus{
			Severity: "Minimal", UnacceptedSeverity: "Minimal",
			Conditions: []daysixv1alpha1.Condition{{Type: daysixv1alpha1.ConditionComplete, Status: daysixv1alpha1.ConditionTrue, Reason: "AllSourcesRead"}},
		},
	}
	for _, o := range options {
		o(r)
	}
	return r
}

// server is a fake API server that writes down what it is asked.
type server struct {
	client.Client
	requests []string
	// fails is what the next request answers, where set.
	fails error
}

func (s *server) note(request string) error {
	s.requests = append(s.requests, request)
	err := s.fails
	s.fails = nil
	return err
}

func newServer(objects ...client.Object) *server {
	scheme := runtime.NewScheme()
	if err := daysixv1alpha1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	s := &server{}
	s.Client = fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).WithInterceptorFuncs(interceptor.Funcs{
		Apply: func(ctx context.Context, c client.WithWatch, o runtime.ApplyConfiguration, opts ...client.ApplyOption) error {
			options := client.ApplyOptions{}
			options.ApplyOptions(opts)
			request := "apply as " + options.FieldManager
			if ptr.Deref(options.Force, false) {
				request += " by force"
			}
			if err := s.note(request); err != nil {
				return err
			}
			return c.Apply(ctx, o, opts...)
		},
		Update: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.UpdateOption) error {
			options := client.UpdateOptions{}
			options.ApplyOptions(opts)
			if err := s.note("update as " + options.FieldManager + " of " + o.GetResourceVersion()); err != nil {
				return err
			}
			return c.Update(ctx, o, opts...)
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			options := client.DeleteOptions{}
			options.ApplyOptions(opts)
			if err := s.note("delete " + string(ptr.Deref(options.Preconditions.UID, ""))); err != nil {
				return err
			}
			return c.Delete(ctx, o, opts...)
		},
		Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
			return c.Get(ctx, key, o, opts...)
		},
	}).Build()
	return s
}

// asked returns the requests since it was last called.
func (s *server) asked() []string {
	requests := s.requests
	s.requests = nil
	return requests
}

func (s *server) held(t *testing.T) *daysixv1alpha1.PodSecurityReport {
	t.Helper()
	r := &daysixv1alpha1.PodSecurityReport{}
	if err := s.Get(t.Context(), reportName, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// tamper changes the report behind the publisher's back and lets the watch tell.
func (k *kit) tamper(t *testing.T, change option) {
	t.Helper()
	r := k.server.held(t)
	change(r)
	if err := k.server.Update(t.Context(), r, client.FieldOwner("somebody")); err != nil {
		t.Fatal(err)
	}
	k.server.asked()
	if !k.ledger.Seen(Observe(k.server.held(t))) {
		t.Fatal("the change of somebody else is no news")
	}
}

type kit struct {
	server    *server
	ledger    *Ledger
	clock     *clocktesting.FakePassiveClock
	recorder  *events.FakeRecorder
	publisher *Publisher
}

func newKit(objects ...client.Object) *kit {
	k := &kit{
		server: newServer(objects...), ledger: NewLedger(),
		clock: clocktesting.NewFakePassiveClock(time.Unix(1_000_000, 0)), recorder: events.NewFakeRecorder(10),
	}
	k.publisher = New(k.server, k.ledger, NewEvents(k.recorder), k.clock)
	return k
}

// published publishes and checks outcome and requests, and that the server then holds what was desired.
func (k *kit) published(t *testing.T, r *daysixv1alpha1.PodSecurityReport, outcome Outcome, requests ...string) {
	t.Helper()
	got, again, err := k.publisher.Publish(t.Context(), r)
	if err != nil || got != outcome || again != 0 {
		t.Fatalf("outcome %s, again after %s, error %v; want %s", got, again, err, outcome)
	}
	if diff := cmp.Diff(requests, k.server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if report.DigestOf(k.server.held(t)) != report.DigestOf(r) {
		t.Errorf("the server holds something else:\n%s", cmp.Diff(r, k.server.held(t)))
	}
}

const apply = "apply as daysix by force"

func TestAReportIsWrittenOnlyWhereTheServerSaysSomethingElse(t *testing.T) {
	k := newKit()
	k.published(t, desired(withScore(40, "Medium")), Created, apply)
	k.published(t, desired(withScore(40, "Medium")), Unchanged)
	if k.ledger.Seen(Observe(k.server.held(t))) {
		t.Error("the echo of an own write is news")
	}
	k.published(t, desired(withScore(41, "Medium")), Updated, apply)
	k.published(t, desired(withScore(41, "Medium"), withFinding), Updated, apply)
	// A list that becomes empty goes away.
	k.published(t, desired(withScore(41, "Medium")), Updated, apply)
}

func TestAReportThatTheServerHeldBeforeIsNotWrittenAgain(t *testing.T) {
	before := newKit()
	before.published(t, desired(), Created, apply)
	k := &kit{
		server: before.server, ledger: NewLedger(), clock: before.clock, recorder: before.recorder,
	}
	k.publisher = New(k.server, k.ledger, NewEvents(k.recorder), k.clock)
	k.ledger.Seen(Observe(k.server.held(t)))
	k.published(t, desired(), Unchanged)
	k.tamper(t, withScore(1, "Low"))
	k.published(t, desired(), Restored, apply)
}

func TestWhatSomebodyElseDidIsPutRight(t *testing.T) {
	wanted := func() *daysixv1alpha1.PodSecurityReport {
		return desired(withScore(40, "Medium"), withFinding)
	}
	for name, test := range map[string]struct {
		change   option
		requests []string
	}{
		"a score that is forged": {withScore(0, "Minimal"), []string{apply}},
		"a finding that is gone": {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.Findings = nil }, []string{apply}},
		"a label that is gone":   {func(r *daysixv1alpha1.PodSecurityReport) { r.Labels = nil }, []string{apply}},
		"an owner that is gone":  {func(r *daysixv1alpha1.PodSecurityReport) { r.OwnerReferences = nil }, []string{apply}},
		"a fix that nobody found": {func(r *daysixv1alpha1.PodSecurityReport) {
			r.Status.TopFix = &daysixv1alpha1.TopFix{Check: "None", Change: "Relax."}
		}, []string{apply, "update as daysix of 3"}},
		"a count that nobody made": {func(r *daysixv1alpha1.PodSecurityReport) { r.Status.FindingsTruncated = 3 }, []string{apply, "update as daysix of 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit()
			k.published(t, wanted(), Created, apply)
			k.tamper(t, test.change)
			k.published(t, wanted(), Restored, test.requests...)
			k.published(t, wanted(), Unchanged)
			if len(k.recorder.Events) > 0 {
				t.Errorf("a restored report made an event: %s", <-k.recorder.Events)
			}
		})
	}
}

func TestADeletedReportIsRestored(t *testing.T) {
	k := newKit()
	k.published(t, desired(), Created, apply)
	r := k.server.held(t)
	if err := k.server.Delete(t.Context(), r, client.Preconditions{UID: &r.UID}); err != nil || !k.ledger.Gone(Observe(r)) {
		t.Fatal(err)
	}
	k.server.asked()
	k.published(t, desired(), Restored, apply)
}

// The reference is immutable: a report of an earlier workload, or one that is forged, has to go first.
func TestAReportOfAnotherWorkloadIsReplaced(t *testing.T) {
	old := desired(withUID("uid-0"), withScore(90, "High"))
	old.UID = "report-0"
	k := newKit(old)
	k.ledger.Seen(Observe(k.server.held(t)))
	k.published(t, desired(incomplete), Recreated, "delete report-0", apply)
	if len(k.recorder.Events) > 0 {
		t.Errorf("the first report of a workload made an event: %s", <-k.recorder.Events)
	}
	if got := k.server.held(t).Status.Score; got != 0 {
		t.Errorf("it holds the score %d of the workload before", got)
	}
}

func TestAReportThatCannotBeReplacedIsLeftAlone(t *testing.T) {
	old := desired(withUID("uid-0"))
	old.UID = "report-0"
	k := newKit(old)
	k.ledger.Seen(Observe(k.server.held(t)))
	k.server.fails = apierrors.NewConflict(schema.GroupResource{}, "x", errors.New("the UID is another"))
	outcome, _, err := k.publisher.Publish(t.Context(), desired())
	if outcome != Failed || !apierrors.IsConflict(err) {
		t.Fatalf("outcome %s, error %v", outcome, err)
	}
	if diff := cmp.Diff([]string{"delete report-0"}, k.server.asked()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	k.published(t, desired(), Recreated, "delete report-0", apply)
}

func TestAChangeInPodCountsAloneWaits(t *testing.T) {
	k := newKit()
	k.published(t, desired(withPods(1)), Created, apply)
	k.clock.SetTime(k.clock.Now().Add(4 * time.Second))
	outcome, again, err := k.publisher.Publish(t.Context(), desired(withPods(2)))
	if outcome != Deferred || again != 6*time.Second || err != nil || len(k.server.asked()) > 0 {
		t.Fatalf("outcome %s, again after %s, error %v", outcome, again, err)
	}
	// What lasts is never kept waiting, and takes the counts with it.
	k.published(t, desired(withPods(3), withScore(40, "Medium")), Updated, apply)
	k.clock.SetTime(k.clock.Now().Add(CountsInterval))
	k.published(t, desired(withPods(4), withScore(40, "Medium")), Updated, apply)
	k.published(t, desired(withPods(4), withScore(40, "Medium")), Unchanged)
}

func TestALostSourceLowersNothingThatWasPublished(t *testing.T) {
	for name, meanwhile := range map[string]func(*testing.T, *kit){
		"of a report that stands":            func(*testing.T, *kit) {},
		"of one that somebody has lowered":   func(t *testing.T, k *kit) { t.Helper(); k.tamper(t, withScore(3, "Minimal")) },
		"nor holds one that somebody raised": func(t *testing.T, k *kit) { t.Helper(); k.tamper(t, withScore(100, "Critical")) },
		"of a report that somebody deleted": func(t *testing.T, k *kit) {
			t.Helper()
			r := k.server.held(t)
			if err := k.server.Delete(t.Context(), r, client.Preconditions{UID: &r.UID}); err != nil {
				t.Fatal(err)
			}
			k.server.asked()
			k.ledger.Gone(Observe(r))
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit()
			k.published(t, desired(withScore(60, "High")), Created, apply)
			meanwhile(t, k)
			if _, _, err := k.publisher.Publish(t.Context(), desired(incomplete)); err != nil {
				t.Fatal(err)
			}
			k.server.asked()
			got := k.server.held(t).Status
			if got.Score != 60 || got.Severity != "High" || got.UnacceptedSeverity != "High" {
				t.Errorf("published: %d %s, unaccepted %s", got.Score, got.Severity, got.UnacceptedSeverity)
			}
			k.published(t, desired(), Updated, apply)
		})
	}
}

func TestAnEventIsRecordedOnlyWhereTheSeverityRises(t *testing.T) {
	k := newKit()
	for _, step := range []struct {
		name   string
		report *daysixv1alpha1.PodSecurityReport
		event  string
	}{
		{"the first report", desired(withScore(40, "Medium")), ""},
		{"a score that rises within its severity", desired(withScore(50, "Medium")), ""},
		{
			"a severity that rises", desired(withScore(75, "High"), withFinding),
			"Warning SeverityRaised Blast radius went from Medium to High (score 75), worst finding PrivilegedContainer, see podsecurityreport/deployment-cart",
		},
		{"the same again", desired(withScore(75, "High"), withFinding), ""},
		{"a severity that falls", desired(withScore(10, "Low")), ""},
		{"the workload made again", desired(withUID("uid-2"), withScore(90, "Critical")), ""},
	} {
		t.Run(step.name, func(t *testing.T) {
			if _, _, err := k.publisher.Publish(t.Context(), step.report); err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(k.recorder.Events) > 0 {
				got = <-k.recorder.Events
			}
			if diff := cmp.Diff(step.event, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnErrorSaysWhetherTryingAgainHelps(t *testing.T) {
	kind := schema.GroupKind{Group: "daysix.dev", Kind: "PodSecurityReport"}
	terminating := apierrors.NewForbidden(schema.GroupResource{}, "x", errors.New("it is being terminated"))
	terminating.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	for name, test := range map[string]struct {
		answer   error
		outcome  Outcome
		terminal bool
	}{
		"a namespace on its way out":        {terminating, Skipped, false},
		"a report that is invalid":          {apierrors.NewInvalid(kind, "x", nil), Failed, true},
		"a report that is too large":        {apierrors.NewRequestEntityTooLargeError("too large"), Failed, true},
		"an API server that is busy":        {apierrors.NewTooManyRequests("busy", 1), Failed, false},
		"a right that is missing":           {apierrors.NewForbidden(schema.GroupResource{}, "x", errors.New("no")), Failed, false},
		"a kind that is not served (yet)":   {apierrors.NewNotFound(schema.GroupResource{}, "x"), Failed, false},
		"a connection that breaks half way": {errors.New("broken pipe"), Failed, false},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit()
			k.server.fails = test.answer
			outcome, again, err := k.publisher.Publish(t.Context(), desired())
			if outcome != test.outcome || again != 0 || (err == nil) != (test.outcome == Skipped) {
				t.Fatalf("outcome %s, again %s, error %v", outcome, again, err)
			}
			if err != nil && (!errors.Is(err, test.answer) || errors.Is(err, reconcile.TerminalError(nil)) != test.terminal) {
				t.Errorf("error is %v", err)
			}
			if k.ledger.Len() > 0 {
				t.Error("a report that was not written is known")
			}
			k.server.asked()
			k.published(t, desired(), Created, apply)
		})
	}
}

func TestRemoveDeletesTheReportThatIsKnown(t *testing.T) {
	r := desired()
	r.UID = "report-0"
	k := newKit(r)
	remove := func(t *testing.T, outcome Outcome, requests ...string) {
		t.Helper()
		got, err := k.publisher.Remove(t.Context(), reportName)
		if got != outcome || (err != nil) != (outcome == Failed) {
			t.Fatalf("outcome %s, error %v", got, err)
		}
		if diff := cmp.Diff(requests, k.server.asked()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	}
	remove(t, Unchanged)
	k.ledger.Seen(Observe(k.server.held(t)))
	k.server.fails = errors.New("broken pipe")
	remove(t, Failed, "delete report-0")
	remove(t, Deleted, "delete report-0")
	remove(t, Unchanged)
	k.ledger.Seen(Observe(r))
	// It went before the watch could tell.
	remove(t, Deleted, "delete report-0")
	if k.ledger.Len() > 0 {
		t.Error("a report that is gone is still known")
	}
}
