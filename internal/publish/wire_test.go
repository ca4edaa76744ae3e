package publish

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	clocktesting "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// What goes over the wire is what Daysix owns and nothing more: a field that is sent as empty would be owned all the same.
const wire = `{
  "apiVersion": "daysix.dev/v1alpha1",
  "kind": "PodSecurityReport",
  "metadata": {
    "name": "deployment-cart",
    "namespace": "shop",
    "labels": {"app.kubernetes.io/managed-by": "daysix"},
    "ownerReferences": [{
      "apiVersion": "apps/v1", "kind": "Deployment", "name": "cart", "uid": "uid-1",
      "controller": false, "blockOwnerDeletion": false
    }]
  },
  "spec": {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart", "uid": "uid-1"}},
  "status": {
    "score": 40, "severity": "Medium", "severitySince": "1970-01-01T00:00:01Z", "unacceptedSeverity": "Medium",
    "pods": {"running": 2},
    "conditions": [{"type": "Complete", "status": "True", "reason": "AllSourcesRead"}],
    "findings": [{"check": "PrivilegedContainer", "severity": "High", "message": "It can.", "since": "1970-01-01T00:00:01Z"}],
    "restart": {"verdict": "Admitted", "verdictSince": "1970-01-01T00:00:01Z"}
  }
}`

func TestAnApplySendsOnlyWhatDaysixOwns(t *testing.T) {
	var request *http.Request
	var body []byte
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	defer api.Close()

	got, _, err := New(clientOf(t, api.URL), NewLedger(), NewEvents(events.NewFakeRecorder(1)), clocktesting.NewFakePassiveClock(time.Unix(1, 0))).
		Publish(t.Context(), desired(withScore(40, "Medium"), withPods(2), withFinding, restarts(daysixv1alpha1.RestartAdmitted)))
	if got != Created || err != nil {
		t.Fatalf("outcome %s, error %v", got, err)
	}
	line := request.Method + " " + request.URL.String() + " " + request.Header.Get("Content-Type")
	const want = "PATCH /apis/daysix.dev/v1alpha1/namespaces/shop/podsecurityreports/deployment-cart?fieldManager=daysix&force=true application/apply-patch+yaml"
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(decoded(t, []byte(wire)), decoded(t, body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func clientOf(t *testing.T, host string) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := daysixv1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{daysixv1alpha1.SchemeGroupVersion})
	mapper.Add(daysixv1alpha1.SchemeGroupVersion.WithKind("PodSecurityReport"), meta.RESTScopeNamespace)
	c, err := client.New(&rest.Config{Host: host}, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func decoded(t *testing.T, text []byte) map[string]any {
	t.Helper()
	out := map[string]any{}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return out
}
