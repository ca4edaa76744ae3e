package mirror

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	clienttesting "k8s.io/client-go/testing"
	clocktesting "k8s.io/utils/clock/testing"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/policyreport"
	"github.com/daysix/daysix/internal/snapshot"
)

// server refuses the policy reports of some namespaces, as a quota does, and notes which it takes.
type server struct {
	mu      sync.Mutex
	refuses map[string]bool
	took    []string
}

func (s *server) answer(action clienttesting.Action) (bool, runtime.Object, error) {
	patch, ok := action.(clienttesting.PatchAction)
	if !ok {
		return false, nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses[patch.GetNamespace()] {
		return true, nil, apierrors.NewForbidden(schema.GroupResource{Resource: "reports"}, patch.GetName(), nil)
	}
	s.took = append(s.took, patch.GetNamespace()+"/"+patch.GetName())
	return true, policyreport.Build(reportIn(patch.GetNamespace()), "uid", policyreport.OpenReports), nil
}

func reportIn(namespace string) *daysixv1alpha1.PodSecurityReport {
	return &daysixv1alpha1.PodSecurityReport{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "deployment-web"},
		Spec: daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: daysixv1alpha1.WorkloadReference{
			APIVersion: "apps/v1", Kind: "Deployment", Name: "web", UID: "1",
		}},
	}
}

func TestARefusalConcernsOneReportAndIsTriedAgain(t *testing.T) {
	s := &server{refuses: map[string]bool{"full": true}}
	scheme := runtime.NewScheme()
	if err := metav1.AddMetaToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	resource := policyreport.OpenReports.Resource()
	objects := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(scheme, map[schema.GroupVersionResource]string{resource: "ReportList"})
	objects.PrependReactor("patch", "*", s.answer)
	clk := clocktesting.NewFakeClock(time.Unix(0, 0))
	all, one := make(chan struct{}, 10), make(chan snapshot.Key, 10)
	m := New(policyreport.OpenReports, objects, metadatafake.NewSimpleMetadataClient(scheme), clk, logr.Discard(), Requests{
		All: func() { all <- struct{}{} }, One: func(key snapshot.Key) { one <- key },
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Start(ctx) }()
	<-all
	publish := func(namespaces ...string) {
		for _, namespace := range namespaces {
			if err := m.Publish(ctx, reportIn(namespace), "uid"); err != nil {
				t.Errorf("publishing in %s: %v", namespace, err)
			}
		}
	}
	publish("full", "other")

	s.mu.Lock()
	s.refuses = nil
	s.mu.Unlock()
	waiting := func(context.Context) (bool, error) { return clk.HasWaiters(), nil }
	if err := wait.PollUntilContextTimeout(ctx, time.Millisecond, time.Minute, true, waiting); err != nil {
		t.Fatal(err)
	}
	clk.Step(retry)
	if key := <-one; key.Namespace != "full" {
		t.Errorf("asked for %s", key)
	}
	publish("full", "other")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"full/daysix-deployment-web", "other/daysix-deployment-web"}, slices.Sorted(slices.Values(s.took))); diff != "" {
		t.Errorf("written (-want +got):\n%s", diff)
	}
	if len(all) > 0 || len(one) > 0 {
		t.Error("what was not refused is asked for")
	}
}
