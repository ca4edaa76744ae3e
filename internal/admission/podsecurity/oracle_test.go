package podsecurity

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/admission"
	admissionapi "k8s.io/pod-security-admission/admission/api"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/metrics"
	"k8s.io/pod-security-admission/policy"
	"pgregory.net/rapid"
)

// The plugin of the API server is the oracle of all that stands around the checks: labels, defaults, exemptions, versions.
func TestRandomNamespacesAreReadAsTheAPIServerReadsThem(t *testing.T) {
	denied, exempt, warned := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		settings := randomSettings().Draw(t, "settings")
		labels := randomLabels().Draw(t, "labels")
		pod := randomPod().Draw(t, "pod")
		user := rapid.SampledFrom([]string{"", "alice", "bob"}).Draw(t, "user")
		pod.Name, pod.Namespace = "p", rapid.SampledFrom([]string{"n", "m"}).Draw(t, "namespace")

		theirs := askPlugin(t, settings, labels, pod, user)
		e, err := New(settings)
		if err != nil {
			t.Fatal(err)
		}
		n := e.Namespace(pod.Namespace, labels)
		r := n.Evaluate(&pod.ObjectMeta, &pod.Spec, user)

		if diff := cmp.Diff(wordsOf(theirs), answer(&r)); diff != "" {
			t.Fatalf("(-plugin +ours):\n%s", diff)
		}
		_, invalid := theirs.AuditAnnotations["error"]
		if invalid != (len(n.Problems) > 0 && r.Exemption.By == "") {
			t.Fatalf("the plugin says %q, problems are %v", theirs.AuditAnnotations["error"], n.Problems)
		}
		if r.Denied() {
			denied++
		}
		if r.Exemption.By != "" {
			exempt++
		}
		if len(theirs.Warnings) > 0 {
			warned++
		}
	})
	if denied == 0 || exempt == 0 || warned == 0 {
		t.Errorf("%d denied, %d exempt, %d warned: none must be 0, or agreement means little", denied, exempt, warned)
	}
}

// said is what the API server says about a pod.
type said struct {
	Exempt, Message, Audit string
	Warnings               []string
}

func wordsOf(r *admissionv1.AdmissionResponse) said {
	s := said{Exempt: r.AuditAnnotations["exempt"], Audit: r.AuditAnnotations["audit-violations"], Warnings: r.Warnings}
	if r.Result != nil {
		_, s.Message, _ = strings.Cut(r.Result.Message, "is forbidden: ")
	}
	return s
}

func answer(r *Result) said {
	s := said{Exempt: map[ExemptionKind]string{
		ByNamespace: "namespace", ByUsername: "user", ByRuntimeClass: "runtimeClass",
	}[r.Exemption.By], Message: r.Enforce.Message()}
	if m := r.Audit.Message(); m != "" {
		s.Audit = would(m)
	}
	if m := r.Warn.Message(); m != "" && !r.Denied() {
		s.Warnings = []string{would(m)}
	}
	return s
}

func would(message string) string { return "would violate" + strings.TrimPrefix(message, "violates") }

func askPlugin(t *rapid.T, settings Settings, labels map[string]string, pod *corev1.Pod, user string) *admissionv1.AdmissionResponse {
	cluster := api.MajorMinorVersion(1, settings.Minor)
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), &cluster)
	if err != nil {
		t.Fatal(err)
	}
	d := settings.Defaults
	plugin := &admission.Admission{
		Configuration: &admissionapi.PodSecurityConfiguration{
			Defaults: admissionapi.PodSecurityDefaults(d),
			Exemptions: admissionapi.PodSecurityExemptions{
				Usernames: settings.Exemptions.Usernames, Namespaces: settings.Exemptions.Namespaces,
				RuntimeClasses: settings.Exemptions.RuntimeClasses,
			},
		},
		Evaluator: evaluator, Metrics: noMetrics{}, NamespaceGetter: namespaceOf{labels}, PodLister: noPods{},
	}
	if err := plugin.CompleteConfiguration(); err != nil {
		t.Fatal(err)
	}
	if err := plugin.ValidateConfiguration(); err != nil {
		t.Fatal(err)
	}
	return plugin.Validate(t.Context(), &api.AttributesRecord{
		Name: pod.Name, Namespace: pod.Namespace, Operation: admissionv1.Create, Object: pod, Username: user,
		Kind:     corev1.SchemeGroupVersion.WithKind("Pod"),
		Resource: corev1.SchemeGroupVersion.WithResource("pods"),
	})
}

func randomSettings() *rapid.Generator[Settings] {
	level := rapid.SampledFrom([]string{"privileged", "baseline", "restricted"})
	version := rapid.SampledFrom([]string{"latest", "v1.25", "v1.36", "v1.40"})
	return rapid.Custom(func(t *rapid.T) Settings {
		return Settings{
			Defaults: Defaults{
				Enforce: level.Draw(t, "enforce"), EnforceVersion: version.Draw(t, "enforceVersion"),
				Audit: level.Draw(t, "audit"), AuditVersion: version.Draw(t, "auditVersion"),
				Warn: level.Draw(t, "warn"), WarnVersion: version.Draw(t, "warnVersion"),
			},
			Exemptions: Exemptions{
				Namespaces:     rapid.SampledFrom([][]string{nil, nil, {"m"}}).Draw(t, "namespaces"),
				RuntimeClasses: rapid.SampledFrom([][]string{nil, nil, {"gvisor"}}).Draw(t, "runtimeClasses"),
				Usernames:      rapid.SampledFrom([][]string{nil, nil, {"alice"}}).Draw(t, "usernames"),
			},
			Minor: rapid.IntRange(OldestMinor, NewestMinor).Draw(t, "minor"),
		}
	})
}

func randomLabels() *rapid.Generator[map[string]string] {
	return rapid.Custom(func(t *rapid.T) map[string]string {
		labels := map[string]string{}
		for _, mode := range []string{"enforce", "audit", "warn"} {
			for suffix, values := range map[string][]string{
				"": {"", "-", "privileged", "baseline", "restricted", "Restricted"}, "-version": {"", "-", "latest", "v1.24", "v1.99", "1.30"},
			} {
				if value := rapid.SampledFrom(values).Draw(t, mode+suffix); value != "-" {
					labels[fmt.Sprintf("pod-security.kubernetes.io/%s%s", mode, suffix)] = value
				}
			}
		}
		return labels
	})
}

type namespaceOf struct{ labels map[string]string }

func (n namespaceOf) GetNamespace(_ context.Context, name string) (*corev1.Namespace, error) {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: n.labels}}, nil
}

type noPods struct{}

func (noPods) ListPods(context.Context, string) ([]*corev1.Pod, error) { return nil, nil }

type noMetrics struct{}

func (noMetrics) RecordEvaluation(metrics.Decision, api.LevelVersion, metrics.Mode, api.Attributes) {}

func (noMetrics) RecordExemption(api.Attributes) {}

func (noMetrics) RecordError(bool, api.Attributes) {}
