package live

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/drain"
	"github.com/daysix/daysix/internal/model"
	"github.com/daysix/daysix/internal/rbac"
	"github.com/daysix/daysix/internal/snapshot"
)

// apiServer answers each path with its pages, one after the other, and with an empty list where nothing is said.
type apiServer struct {
	t *testing.T
	// pages are the items of the pages by path.
	pages map[string][]string
	// refused are the status codes by path.
	refused map[string]int
	asked   []string
	config  *rest.Config
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		a.t.Errorf("%s %s: a scan only reads", r.Method, r.URL.Path)
	}
	a.asked = append(a.asked, r.URL.Path)
	w.Header().Set("Content-Type", "application/json")
	if code, ok := a.refused[r.URL.Path]; ok {
		reasons := map[int]metav1.StatusReason{
			http.StatusForbidden: metav1.StatusReasonForbidden, http.StatusNotFound: metav1.StatusReasonNotFound,
			http.StatusInternalServerError: metav1.StatusReasonInternalError,
		}
		w.WriteHeader(code)
		a.write(w, metav1.Status{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"},
			Status:   metav1.StatusFailure, Code: int32(code), Reason: reasons[code], Message: "refused",
		})
		return
	}
	pages := a.pages[r.URL.Path]
	page, next := 0, ""
	if token := r.URL.Query().Get("continue"); token != "" {
		page = len(token)
	} else if limit := r.URL.Query().Get("limit"); len(pages) > 1 && limit != "500" {
		a.t.Errorf("%s: limit %q", r.URL.Path, limit)
	}
	items := ""
	if page < len(pages) {
		items = pages[page]
	}
	if page+1 < len(pages) {
		next = strings.Repeat("x", page+1)
	}
	apiVersion, kind := "v1", "PodList"
	if strings.HasSuffix(r.URL.Path, "/replicasets") {
		apiVersion, kind = "apps/v1", "ReplicaSetList"
	} else if strings.HasSuffix(r.URL.Path, "/secrets") {
		a.checkSecrets(r)
		apiVersion, kind = "meta.k8s.io/v1", "PartialObjectMetadataList"
	} else if !strings.HasSuffix(r.URL.Path, "/pods") || len(pages) == 0 {
		// The client takes the kind that it asked for.
		apiVersion, kind = "", ""
	}
	a.write(w, map[string]any{
		"apiVersion": apiVersion, "kind": kind, "metadata": map[string]any{"resourceVersion": "1", "continue": next},
		"items": json.RawMessage("[" + items + "]"),
	})
}

// checkSecrets sees to it that no value is asked for, and no Secret that is no token. The client takes whole objects of
// servers that cannot answer with metadata; all that are supported can.
func (a *apiServer) checkSecrets(r *http.Request) {
	if preferred, _, _ := strings.Cut(r.Header.Get("Accept"), ","); !strings.Contains(preferred, "as=PartialObjectMetadataList") {
		a.t.Errorf("Secrets are asked for as %s", preferred)
	}
	if selector := r.URL.Query().Get("fieldSelector"); selector != "type=kubernetes.io/service-account-token" {
		a.t.Errorf("Secrets are selected by %q", selector)
	}
}

func (a *apiServer) write(w http.ResponseWriter, body any) {
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.t.Error(err)
	}
}

func (a *apiServer) client(t *testing.T) kubernetes.Interface {
	t.Helper()
	a.t = t
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	a.config = &rest.Config{Host: server.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}
	client, err := kubernetes.NewForConfig(a.config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// secrets is the client for their metadata. It comes after that for all else.
func (a *apiServer) secrets(t *testing.T) metadata.Interface {
	t.Helper()
	client, err := metadata.NewForConfig(a.config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

const podOfDeployment = `{"metadata":{"name":"p","namespace":"shop","uid":"1","ownerReferences":` +
	`[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"r","uid":"2","controller":true}]}}`

const replicaSet = `{"metadata":{"name":"r","namespace":"shop","uid":"2","ownerReferences":` +
	`[{"apiVersion":"apps/v1","kind":"Deployment","name":"d","uid":"3","controller":true}]}}`

func workloads(s *snapshot.Snapshot) []string {
	var out []string
	for _, key := range s.Workloads() {
		out = append(out, key.String())
	}
	return out
}

// listed is the model of what a server holds.
func listed(t *testing.T, server *apiServer, namespace string) (*model.Model, *snapshot.Snapshot, error) {
	t.Helper()
	m := model.New()
	err := List(t.Context(), Clients{Kubernetes: server.client(t)}, namespace, m)
	return m, m.Snapshot, err
}

func TestEveryPageIsRead(t *testing.T) {
	server := &apiServer{pages: map[string][]string{
		"/api/v1/pods": {
			podOfDeployment, `{"metadata":{"name":"q","namespace":"shop"}}`, `{"metadata":{"name":"z","namespace":"shop"}}`,
		},
		"/apis/apps/v1/replicasets": {replicaSet},
	}}
	_, s, err := listed(t, server, metav1.NamespaceAll)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Deployment.apps shop/d", "Pod shop/q", "Pod shop/z"}, workloads(s)); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	for _, status := range s.SourceStates() {
		want := snapshot.Synced
		if status.Source == snapshot.Secrets || status.Source.Installed() {
			want = snapshot.NotEnabled
		}
		if status.State != want {
			t.Errorf("%s is %s", status.Source, status.State)
		}
	}
}

func TestAForbiddenOrMissingSourceIsRecordedAndTheOthersGoOn(t *testing.T) {
	server := &apiServer{
		pages: map[string][]string{"/api/v1/pods": {podOfDeployment}},
		refused: map[string]int{
			"/api/v1/nodes": http.StatusForbidden, "/apis/apps/v1/replicasets": http.StatusForbidden,
			"/apis/batch/v1/cronjobs": http.StatusNotFound,
		},
	}
	_, s, err := listed(t, server, metav1.NamespaceAll)
	if err != nil {
		t.Fatal(err)
	}
	// The owner cannot be read: the pod stays with the reference to it.
	if diff := cmp.Diff([]string{"ReplicaSet.apps shop/r"}, workloads(s)); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	got := map[snapshot.Source]snapshot.State{}
	for _, status := range s.SourceStates() {
		if status.State != snapshot.Synced && !status.Source.Installed() {
			got[status.Source] = status.State
		}
	}
	want := map[snapshot.Source]snapshot.State{
		snapshot.Nodes: snapshot.Forbidden, snapshot.ReplicaSets: snapshot.Forbidden, snapshot.CronJobs: snapshot.Missing,
		snapshot.Secrets: snapshot.NotEnabled,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

// Kubernetes 1.34 and 1.35 serve MutatingAdmissionPolicies as v1beta1, where they are told to.
func TestMutatingPoliciesAreReadInTheVersionThatIsServed(t *testing.T) {
	const v1, v1beta1 = "/apis/admissionregistration.k8s.io/v1/", "/apis/admissionregistration.k8s.io/v1beta1/"
	const policies, bindings = "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"
	type state map[snapshot.Source]snapshot.State
	synced := state{snapshot.MutatingAdmissionPolicies: snapshot.Synced, snapshot.MutatingAdmissionPolicyBindings: snapshot.Synced}
	missing := state{snapshot.MutatingAdmissionPolicies: snapshot.Missing, snapshot.MutatingAdmissionPolicyBindings: snapshot.Missing}
	ref := admission.Ref{Kind: admission.MutatingPolicy, Name: "m"}
	both := []admission.Object{{Ref: ref}, {Ref: ref, Binding: "b"}}
	for name, test := range map[string]struct {
		served, unserved string
		states           state
		want             []admission.Object
	}{
		"v1":      {served: v1, states: synced, want: both},
		"v1beta1": {served: v1beta1, unserved: v1, states: synced, want: both},
		"neither": {unserved: v1, states: missing},
	} {
		t.Run(name, func(t *testing.T) {
			server := &apiServer{
				pages: map[string][]string{
					test.served + policies: {`{"metadata":{"name":"m"}}`},
					test.served + bindings: {`{"metadata":{"name":"b"},"spec":{"policyName":"m"}}`},
				},
				refused: map[string]int{test.unserved + policies: http.StatusNotFound, test.unserved + bindings: http.StatusNotFound},
			}
			if test.served == "" {
				server.refused[v1beta1+policies], server.refused[v1beta1+bindings] = http.StatusNotFound, http.StatusNotFound
			}
			m, s, err := listed(t, server, metav1.NamespaceAll)
			if err != nil {
				t.Fatal(err)
			}
			got := state{}
			for source := range test.states {
				got[source] = s.State(source)
			}
			if diff := cmp.Diff(test.states, got); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, m.Policies.Objects()); diff != "" {
				t.Errorf("policies (-want +got):\n%s", diff)
			}
			if older := slices.Contains(server.asked, v1beta1+policies); older != (test.served != v1) {
				t.Errorf("v1beta1 was asked for: %v", older)
			}
		})
	}
}

func TestAnyOtherErrorEndsTheListing(t *testing.T) {
	server := &apiServer{refused: map[string]int{"/apis/batch/v1/jobs": http.StatusInternalServerError}}
	_, _, err := listed(t, server, metav1.NamespaceAll)
	if err == nil || !strings.HasPrefix(err.Error(), "listing jobs: ") {
		t.Errorf("got %v", err)
	}
}

const bindingInShop = `{"metadata":{"name":"b","namespace":"shop"},"roleRef":{"kind":"Role","name":"r"},` +
	`"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"shop"}]}`

const roleInShop = `{"metadata":{"name":"r","namespace":"shop"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}`

func TestOneNamespaceIsReadWithWhatReachesIntoIt(t *testing.T) {
	const (
		group    = "/apis/rbac.authorization.k8s.io/v1/"
		policies = "/apis/admissionregistration.k8s.io/v1/"
	)
	server := &apiServer{
		pages: map[string][]string{
			"/api/v1/namespaces/shop/pods":         {`{"metadata":{"name":"q","namespace":"shop"}}`},
			group + "namespaces/shop/rolebindings": {bindingInShop},
			group + "namespaces/shop/roles":        {roleInShop},
			"/api/v1/namespaces":                   {`{"metadata":{"name":"shop"}}`},
		},
		refused: map[string]int{group + "rolebindings": http.StatusForbidden, group + "roles": http.StatusForbidden},
	}
	m, s, err := listed(t, server, "shop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Pod shop/q"}, workloads(s)); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	if level := s.PodSecurity().Level("shop"); level != "privileged" {
		t.Errorf("Pod Security enforces %q", level)
	}
	rights := m.Grants.Resolve(rbac.ServiceAccount("shop", "default"))
	if got := rights.Grants(); len(got) != 1 || got[0].Binding.String() != "RoleBinding shop/b" {
		t.Errorf("what may be read of the namespace counts: %+v", got)
	}
	whole := []string{
		"/api/v1/nodes", "/api/v1/persistentvolumes", "/api/v1/namespaces",
		"/apis/networking.k8s.io/v1/networkpolicies", "/apis/scheduling.k8s.io/v1/priorityclasses", "/apis/node.k8s.io/v1/runtimeclasses",
		policies + "validatingadmissionpolicies", policies + "validatingadmissionpolicybindings",
		policies + "mutatingadmissionpolicies", policies + "mutatingadmissionpolicybindings",
		policies + "validatingwebhookconfigurations", policies + "mutatingwebhookconfigurations",
		group + "roles", group + "rolebindings", group + "clusterroles", group + "clusterrolebindings",
	}
	for _, path := range server.asked {
		if !strings.Contains(path, "/namespaces/shop") && !slices.Contains(whole, path) {
			t.Errorf("%s was asked", path)
		}
	}
	for _, status := range s.SourceStates() {
		partly := status.Source == snapshot.Roles || status.Source == snapshot.RoleBindings
		if (status.State == snapshot.Forbidden) != partly {
			t.Errorf("%s is %s", status.Source, status.State)
		}
	}
}

const tokenSecret = `{"metadata":{"name":"%","namespace":"shop","annotations":{"kubernetes.io/service-account.name":"web"}}}`

func TestSecretsAreReadByTheirMetadataWhereTheyAreAskedFor(t *testing.T) {
	const paths = "/api/v1/namespaces/shop/"
	pod := `{"metadata":{"name":"p","namespace":"shop"},"spec":{"serviceAccountName":"web","containers":[{"name":"a","envFrom":[{"secretRef":{"name":"a"}}]}]}}`
	for name, test := range map[string]struct {
		asked   bool
		refused map[string]int
		want    snapshot.TokenSecrets
	}{
		"by default not": {want: snapshot.TokenSecrets{State: snapshot.NotEnabled}},
		"page by page": {asked: true, want: snapshot.TokenSecrets{
			State: snapshot.Synced, Accounts: map[string]string{"a": "web"}, Own: "a", OwnCount: 2,
		}},
		"and are not there where they are refused": {
			asked: true, refused: map[string]int{paths + "secrets": http.StatusForbidden}, want: snapshot.TokenSecrets{State: snapshot.Forbidden},
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := &apiServer{refused: test.refused, pages: map[string][]string{
				paths + "pods": {pod}, paths + "secrets": {strings.Replace(tokenSecret, "%", "a", 1), strings.Replace(tokenSecret, "%", "b", 1)},
			}}
			clients, m := Clients{Kubernetes: server.client(t)}, model.New()
			if test.asked {
				clients.Secrets = server.secrets(t)
			}
			if err := List(t.Context(), clients, "shop", m); err != nil {
				t.Fatal(err)
			}
			s := m.Snapshot
			view, _ := s.View(snapshot.Key{Kind: "Pod", Namespace: "shop", Name: "p"})
			if diff := cmp.Diff(test.want, view.Groups[0].TokenSecrets); diff != "" {
				t.Errorf("Secrets (-want +got):\n%s", diff)
			}
			if asked := slices.Contains(server.asked, paths+"secrets"); asked != test.asked {
				t.Errorf("Secrets are asked for: %v", asked)
			}
		})
	}
}

func TestEverySourceIsListed(t *testing.T) {
	server := &apiServer{}
	seen, client := map[snapshot.Source]bool{}, server.client(t)
	for _, e := range model.Extensions() {
		seen[e.Source()] = true
	}
	for _, source := range slices.Concat(sources(client, "shop"), secretSources(server.secrets(t), "shop"), clusterSources(client, "shop"), policySources(client)) {
		seen[source.name] = true
	}
	for _, source := range snapshot.Sources() {
		if !seen[source] {
			t.Errorf("%s is not listed", source)
		}
	}
}

func TestBudgetsAreListedForADrainOnly(t *testing.T) {
	const path = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets"
	for _, test := range []struct {
		name  string
		asked bool
		code  int
		want  snapshot.State
	}{
		{"nobody asks", false, http.StatusOK, ""},
		{"they are read", true, http.StatusOK, ""},
		{"they are refused", true, http.StatusForbidden, snapshot.Forbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &apiServer{pages: map[string][]string{path: {`{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}`}}}
			if test.code != http.StatusOK {
				a.refused = map[string]int{path: test.code}
			}
			m, objects := model.New(), 0
			if test.asked {
				m.Drain = drain.NewFacts()
			}
			if err := List(t.Context(), Clients{Kubernetes: a.client(t), OnObject: func() { objects++ }}, "shop", m); err != nil {
				t.Fatal(err)
			}
			if asked := slices.Contains(a.asked, path); asked != test.asked {
				t.Errorf("asked: %v", asked)
			}
			if want := map[bool]int{true: 2}[test.asked && test.code == http.StatusOK]; objects != want {
				t.Errorf("%d objects, want %d", objects, want)
			}
			if test.asked {
				planner := drain.Planner{Snapshot: m.Snapshot, Facts: m.Drain}
				if got := planner.Plan(nil).BudgetsUnread; got != test.want {
					t.Errorf("state %q, want %q", got, test.want)
				}
			}
		})
	}
}
