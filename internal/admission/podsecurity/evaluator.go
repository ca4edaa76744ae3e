package podsecurity

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// Evaluator holds the rules, expanded by version. It is safe for concurrent use.
type Evaluator struct {
	rules      *ruleSets
	defaults   api.Policy
	exemptions Exemptions
	// minor is the version of the API server, the newest that is known where the API server's is not.
	minor        int
	versionKnown bool
}

// New makes an evaluator. It fails where a default is no level or version; the error names the setting and its value.
func New(settings Settings) (*Evaluator, error) {
	defaults, err := settings.Defaults.policy()
	if err != nil {
		return nil, err
	}
	if settings.Minor < 0 {
		return nil, fmt.Errorf("minor version %d of the API server: must not be negative", settings.Minor)
	}
	e := &Evaluator{
		rules:        newRuleSets(policy.DefaultChecks(), derivers()),
		defaults:     defaults,
		exemptions:   settings.Exemptions.clone(),
		minor:        settings.Minor,
		versionKnown: settings.Minor > 0,
	}
	if !e.versionKnown {
		e.minor = NewestMinor
	}
	return e, nil
}

// Evaluate tells what would become of a pod of this metadata and spec, were user to create it now; user is empty where
// it is not known. The spec is that of the pod after defaulting and mutation. The arguments are not changed.
func (n *Namespace) Evaluate(pod *metav1.ObjectMeta, spec *corev1.PodSpec, user string) Result {
	_, static := pod.Annotations[corev1.MirrorPodAnnotationKey]
	r := Result{
		Exemption: n.exemption(spec, user),
		Static:    static,
		Enforce:   Verdict{Standard: n.Enforce},
		Audit:     Verdict{Standard: n.Audit},
		Warn:      Verdict{Standard: n.Warn},
	}
	if r.Exemption.By != "" {
		return r
	}
	r.UserDecides = user == "" && len(n.evaluator.exemptions.Usernames) > 0
	if len(spec.EphemeralContainers) > 0 {
		created := *spec
		created.EphemeralContainers = nil
		spec = &created
	}
	n.judge(&r, pod, spec)
	return r
}

// exemption asks in the order of the API server.
func (n *Namespace) exemption(spec *corev1.PodSpec, user string) Exemption {
	exempt := &n.evaluator.exemptions
	switch class := spec.RuntimeClassName; {
	case n.Exempt:
		return Exemption{ByNamespace, n.name}
	case user != "" && slices.Contains(exempt.Usernames, user):
		return Exemption{ByUsername, user}
	case class != nil && *class != "" && slices.Contains(exempt.RuntimeClasses, *class):
		return Exemption{ByRuntimeClass, *class}
	default:
		return Exemption{}
	}
}

// judge runs each set of rules once, whatever number of modes asks for it.
func (n *Namespace) judge(r *Result, pod *metav1.ObjectMeta, spec *corev1.PodSpec) {
	rules := n.evaluator.rules
	enforced := rules.of(n.Enforce.Level, n.Enforce.minor)
	r.Enforce.Violations = violations(enforced, pod, spec)
	audited := rules.of(n.Audit.Level, n.Audit.minor)
	if slices.Equal(audited, enforced) {
		r.Audit.Violations = r.Enforce.Violations
	} else {
		r.Audit.Violations = violations(audited, pod, spec)
	}
	switch warned := rules.of(n.Warn.Level, n.Warn.minor); {
	case slices.Equal(warned, enforced):
		r.Warn.Violations = r.Enforce.Violations
	case slices.Equal(warned, audited):
		r.Warn.Violations = r.Audit.Violations
	default:
		r.Warn.Violations = violations(warned, pod, spec)
	}
	next, moves := n.evaluator.next(&n.Enforce)
	if !moves {
		return
	}
	r.Forecast.Version = versionName(next)
	if r.Forecast.Known = next <= NewestMinor; !r.Forecast.Known {
		return
	}
	if forecast := rules.of(n.Enforce.Level, next); slices.Equal(forecast, enforced) {
		r.Forecast.Violations = r.Enforce.Violations
	} else {
		r.Forecast.Violations = violations(forecast, pod, spec)
	}
}

// next is the version that a standard means once the API server is one minor version newer, and whether that is another.
// What an API server of unknown version becomes is not known either.
func (e *Evaluator) next(s *Standard) (minor int, moves bool) {
	if s.Level == api.LevelPrivileged || !e.versionKnown {
		return 0, false
	}
	minor = clamp(s.asked, e.minor+1)
	return minor, minor > e.minor
}
