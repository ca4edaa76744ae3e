package dryrun_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// admissionConfiguration limits two things that then need a quota to cover them, as some distributions do.
const admissionConfiguration = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: ResourceQuota
  configuration:
    apiVersion: apiserver.config.k8s.io/v1
    kind: ResourceQuotaConfiguration
    limitedResources:
    - resource: pods
      matchContains: [requests.example.com/gpu]
    - resource: pods
      matchScopes:
      - {scopeName: PriorityClass, operator: In, values: [limited]}
`

// world is a control plane on which the mode is installed as it is shipped.
type world struct {
	*cluster.Cluster
	config *rest.Config // of the manager's ServiceAccount
}

func startWorld(tb testing.TB, changes ...func(*cluster.Options)) *world {
	tb.Helper()
	log.SetLogger(logr.Discard())
	path := filepath.Join(tb.TempDir(), "admission.yaml")
	if err := os.WriteFile(path, []byte(admissionConfiguration), 0o600); err != nil {
		tb.Fatal(err)
	}
	options := cluster.Options{APIServerFlags: map[string][]string{"admission-control-config-file": {path}}}
	for _, change := range changes {
		change(&options)
	}
	c := cluster.StartFor(tb, options)
	var err error
	w := &world{Cluster: c}
	w.install(tb)
	if w.config, err = c.ManagerConfig(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return w
}

func withoutAudit(o *cluster.Options) { o.NoAudit = true }

// install applies config/dry-run as it stands, by one kubectl apply.
func (w *world) install(tb testing.TB) {
	tb.Helper()
	root, err := cluster.RepositoryRoot()
	if err != nil {
		tb.Fatal(err)
	}
	if err := w.Apply(tb.Context(), filepath.Join(root, "config", "dry-run")); err != nil {
		tb.Fatal(err)
	}
}

func (w *world) apply(tb testing.TB, manifests string) {
	tb.Helper()
	if err := w.ApplyYAML(tb.Context(), manifests); err != nil {
		tb.Fatal(err)
	}
}

// namespace makes a namespace with its default ServiceAccount, which here no controller makes.
func (w *world) namespace(tb testing.TB, name string, labels ...string) {
	tb.Helper()
	w.apply(tb, `apiVersion: v1
kind: Namespace
metadata:
  name: `+name+`
  labels: {`+strings.Join(labels, ", ")+`}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: `+name+`}
`)
}

func (w *world) submitter(tb testing.TB, gate dryrun.Gate) *dryrun.Submitter {
	tb.Helper()
	s, err := dryrun.NewSubmitter(w.config, gate, dryrun.Pace{PerSecond: 500, Burst: 500})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func (w *world) guard(tb testing.TB, notify func(dryrun.Standing)) *dryrun.Guard {
	tb.Helper()
	g, err := dryrun.NewGuard(w.config, clock.RealClock{}, logr.Discard(), notify)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// open is a gate that nobody closes.
type open struct{}

func (open) Standing() dryrun.Standing { return dryrun.Standing{State: dryrun.InForce} }

func candidate(tb testing.TB, namespace string, pod *corev1.Pod) dryrun.Candidate {
	tb.Helper()
	c, err := dryrun.NewCandidate(namespace, pod)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// eventually submits until the answer is the wanted one: policies, webhooks and quotas are seen by the API server through
// watches of its own.
func eventually(t *testing.T, s *dryrun.Submitter, c dryrun.Candidate, want dryrun.Answer) {
	t.Helper()
	var got dryrun.Answer
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		got = s.Submit(t.Context(), c)
		return got.Equal(want), nil
	})
	if err != nil {
		t.Errorf("answer (-want +got):\n%s\n%q", cmp.Diff(want, got), got.Message)
	}
}
