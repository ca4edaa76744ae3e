package controllers

import (
	"context"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/clock"
	clocktesting "k8s.io/utils/clock/testing"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/metrics"
	"github.com/daysix/daysix/internal/publish"
	"github.com/daysix/daysix/internal/snapshot"
)

// loop is a reconciler that leads, with a snapshot driven by hand and a fake API server that notes what is written.
type loop struct {
	*WorkloadReconciler
	ledger *publish.Ledger
	client client.Client
	queue  queue
	writes []string
}

func newLoop(t *testing.T, s *snapshot.Snapshot, reports ...client.Object) *loop {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := daysixv1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	l := &loop{ledger: publish.NewLedger(), queue: workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[Request]())}
	t.Cleanup(l.queue.ShutDown)
	l.client = fake.NewClientBuilder().WithScheme(scheme).WithObjects(reports...).WithInterceptorFuncs(interceptor.Funcs{
		Apply: func(ctx context.Context, c client.WithWatch, o runtime.ApplyConfiguration, opts ...client.ApplyOption) error {
			l.writes = append(l.writes, "apply")
			return c.Apply(ctx, o, opts...)
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			l.writes = append(l.writes, "delete "+o.GetName())
			return c.Delete(ctx, o, opts...)
		},
	}).Build()
	for _, r := range reports {
		live := &daysixv1alpha1.PodSecurityReport{}
		if err := l.client.Get(t.Context(), client.ObjectKeyFromObject(r), live); err != nil {
			t.Fatal(err)
		}
		l.ledger.Seen(publish.Observe(live))
	}
	clk := clocktesting.NewFakePassiveClock(time.Unix(1_000, 0))
	work := metrics.NewWork(prometheus.NewRegistry(), publish.Writes()...)
	backlog := NewBacklog(clk)
	engine := newEngine(s)
	feeder := NewFeeder(FeederOptions{
		Clock: clocktesting.NewFakeClock(time.Unix(1_000, 0)), Engine: engine, Ledger: l.ledger, Backlog: backlog,
		Errors: NewSourceErrors(clock.RealClock{}), Work: work, Log: logr.Discard(),
	})
	feeder.queue = l.queue
	feeder.setReports(snapshot.Synced)
	elected := make(chan struct{})
	close(elected)
	l.WorkloadReconciler = &WorkloadReconciler{
		Engine: engine, Feeder: feeder, Board: metrics.NewBoard(), Accepted: feeder.exceptions.tally, Work: work, Backlog: backlog, Clock: clk, Elected: elected,
		Publisher: publish.New(l.client, l.ledger, publish.NewEvents(events.NewFakeRecorder(10)), clk),
	}
	if err := l.Use(Settings{}); err != nil {
		t.Fatal(err)
	}
	return l
}

// reconciled works on one request and tells what was written and whether the request still waits.
func (l *loop) reconciled(t *testing.T, request Request) (writes []string, waits bool) {
	t.Helper()
	before := l.Backlog.Len()
	l.Backlog.Add(request)
	l.writes = nil
	if _, err := l.Reconcile(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	return l.writes, l.Backlog.Len() > before
}

func reportOf(name, workload string) *daysixv1alpha1.PodSecurityReport {
	return &daysixv1alpha1.PodSecurityReport{
		ObjectMeta: metav1.ObjectMeta{Namespace: shop, Name: name, UID: types.UID("report-" + name)},
		Spec: daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: daysixv1alpha1.WorkloadReference{
			APIVersion: "v1", Kind: "Pod", Name: workload, UID: "uid-1",
		}},
	}
}

func TestReconcileWritesAndRemovesWhatItShould(t *testing.T) {
	cart := Request{Workload: podKey(shop, "cart")}
	deleting := newPod(shop, "cart", "")
	deleting.DeletionTimestamp = ptr.To(metav1.Unix(1, 0))
	orphan := newPod(shop, "cart-x", "")
	orphan.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "cart", UID: "gone", Controller: ptr.To(true)}}
	gone := snapshot.Key{Group: "apps", Kind: "StatefulSet", Namespace: shop, Name: "cart"}
	for name, test := range map[string]struct {
		snapshot *snapshot.Snapshot
		reports  []client.Object
		change   func(*loop)
		request  Request
		writes   []string
		waits    bool
		assessed bool
	}{
		"a workload": {synced(newPod(shop, "cart", "")), nil, nil, cart, []string{"apply"}, false, true},
		"on a replica that does not lead": {
			synced(newPod(shop, "cart", "")), nil, func(l *loop) { l.Elected = make(chan struct{}) }, cart, nil, false, true,
		},
		"while reports are not served": {
			synced(newPod(shop, "cart", "")), nil, func(l *loop) { l.Feeder.setReports(snapshot.Missing) }, cart, nil, true, true,
		},
		"in a namespace that is left out": {
			synced(newPod(shop, "cart", "")),
			[]client.Object{reportOf("pod-cart", "cart")},
			func(l *loop) {
				if err := l.Use(Settings{ExcludedNamespaces: []string{shop}}); err != nil {
					panic(err)
				}
			}, cart,
			[]string{"delete pod-cart"},
			false, false,
		},
		"a workload that is not there": {synced(), []client.Object{reportOf("pod-cart", "cart")}, nil, cart, []string{"delete pod-cart"}, false, false},
		"one without a report either":  {synced(), nil, nil, cart, nil, false, false},
		"a workload that is gone before its last pods": {
			synced(orphan), []client.Object{reportOf("statefulset-cart", "cart")}, nil, Request{Workload: gone}, []string{"delete statefulset-cart"}, false, false,
		},
		"a workload on its way out": {synced(deleting), []client.Object{reportOf("pod-cart", "cart")}, nil, cart, nil, false, true},
		"a stray report": {
			synced(newPod(shop, "cart", "")),
			[]client.Object{reportOf("stray", "cart")},
			nil,
			Request{Stray: types.NamespacedName{Namespace: shop, Name: "stray"}},
			[]string{"delete stray"},
			false, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLoop(t, test.snapshot, test.reports...)
			if test.change != nil {
				test.change(l)
			}
			l.Backlog.BeginFirstPass(func() { l.Backlog.Add(test.request) })
			l.Backlog.End(test.request, true)
			writes, waits := l.reconciled(t, test.request)
			if diff := cmp.Diff(test.writes, writes); diff != "" || waits != test.waits {
				t.Errorf("it waits: %v, writes (-want +got):\n%s", waits, diff)
			}
			if !l.Backlog.FirstPassDone() {
				t.Error("it does not count as assessed in memory")
			}
			if got := assessments(t, l) > 0; got != test.assessed {
				t.Errorf("assessed: %v", got)
			}
		})
	}
}

// assessments counts those that the board shows.
func assessments(t *testing.T, l *loop) int {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(metrics.NewState(metrics.Audit{
		Board: l.Board, Snapshot: l.Snapshot, Backlog: l.Backlog, Reports: l.Feeder.ReportsState, Exceptions: l.Feeder.ExceptionsState,
		Limits: func() metrics.Limits { return metrics.Limits{Workloads: 10, Namespaces: 10} }, Leads: func() bool { return true },
	}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "daysix_workload_score" {
			return len(family.GetMetric())
		}
	}
	return 0
}

// Whoever may write reports can put one that speaks of another workload under the name of a report that has to be there.
func TestAReportUnderTheNameOfAnotherWorkloadIsReplacedAndNotRemoved(t *testing.T) {
	l := newLoop(t, synced(newPod(shop, "cart", "")), reportOf("pod-cart", "other"))
	stray := Request{Stray: types.NamespacedName{Namespace: shop, Name: "pod-cart"}}
	if writes, waits := l.reconciled(t, stray); len(writes) > 0 || l.queue.Len() != 1 {
		t.Fatalf("it wrote %v, %d wait in the queue, itself %v", writes, l.queue.Len(), waits)
	}
	asked, _ := l.queue.Get()
	if diff := cmp.Diff(Request{Workload: podKey(shop, "cart")}, asked); diff != "" {
		t.Fatalf("asked for (-want +got):\n%s", diff)
	}
	writes, _ := l.reconciled(t, asked)
	if diff := cmp.Diff([]string{"delete pod-cart", "apply"}, writes); diff != "" {
		t.Fatalf("writes (-want +got):\n%s", diff)
	}
	if writes, _ := l.reconciled(t, stray); len(writes) > 0 {
		t.Fatalf("the right report was touched: %v", writes)
	}
}

func TestAWorkloadWithoutRightsAsksForNoLevel(t *testing.T) {
	s := synced(newPod(shop, "cart", ""))
	l := newLoop(t, s)
	l.reconciled(t, Request{Workload: podKey(shop, "cart")})
	if got := s.UpsertNamespace(&snapshot.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}}); got != nil {
		t.Errorf("a workload without rights asked for the level of a namespace: %v", got)
	}
}
