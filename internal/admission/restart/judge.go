package restart

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// Judge tells what would become of the pods of a workload. The same view and rules give the same answer.
func Judge(rules *Rules, view *snapshot.View) Restart {
	j := &judge{rules: rules, view: view}
	var labels map[string]string
	if view.Namespace != nil {
		j.namespace = view.Namespace.Object()
		labels = j.namespace.Labels
	}
	j.podSecurity = rules.PodSecurity.Namespace(view.Workload.Key.Namespace, labels)
	out := newSum()
	for i := range view.Replacements {
		r := newReplacement(view.Workload.Key.Namespace, &view.Replacements[i])
		out.add(r, j.judge(r))
	}
	return out.restart()
}

// judge works on one workload.
type judge struct {
	rules       *Rules
	view        *snapshot.View
	namespace   *corev1.Namespace // nil where it is not known
	podSecurity *podsecurity.Namespace
}

// judgement is the verdict on one replacement.
type judgement struct {
	verdict         Verdict
	reason, message string
	refusals        []Refusal
	notAsked        []NotAsked
	forecast        []Refusal
	live            Verdict
	differs         []string
}

func (j *judge) judge(r *replacement) judgement {
	if r.Static {
		return judgement{verdict: Admitted, reason: ReasonStaticPod, message: "The kubelet starts it again without asking anybody."}
	}
	out := j.ask(r, r.candidate())
	if r.live != nil && r.template != nil {
		j.compareWithLive(r, &out)
	}
	if r.Controller == nil {
		out.verdict, out.reason = NotRecreated, ReasonBarePod
		out.message = "No controller creates the pod again."
		if len(out.refusals) > 0 {
			out.message += " Nor would it be admitted: " + out.refusals[0].Message
		}
	}
	return out
}

// ask puts a pod before everything that the API server asks, in its order.
func (j *judge) ask(r *replacement, pod *corev1.Pod) judgement {
	var out judgement
	who, known := r.user()
	admitted := candidate.Admit(pod, j.environment(r))
	policies := j.askPolicies(admitted.Pod, who, known)
	security := j.podSecurity.Evaluate(&policies.Pod.ObjectMeta, &policies.Pod.Spec, who.Name)
	quotaDenials, quotaUnknown := candidate.Quotas(policies.Pod, r.live, objects(j.view, snapshot.ResourceQuotas, j.view.Defaults.Quotas))

	j.addPlugins(&out, admitted.Denials, admitted.Unknown)
	addPolicies(&out, r, &policies)
	j.addPodSecurity(&out, r, &security)
	j.addPlugins(&out, quotaDenials, quotaUnknown)
	out.decide(&policies)
	return out
}

func (j *judge) askPolicies(pod *corev1.Pod, who candidate.User, known bool) admission.Result {
	if j.rules.Policies == nil {
		return admission.Result{Pod: pod}
	}
	request := &admission.Request{
		Pod: pod, Namespace: j.namespace, LiteralsRedacted: true, TrustWebhook: j.rules.TrustWebhook,
	}
	if j.knowsGrants() {
		request.Authorizer = j.rules.Authorizer
	}
	if known {
		request.User = &user.DefaultInfo{Name: who.Name, Groups: who.Groups}
	}
	result := j.rules.Policies.Evaluate(context.Background(), request)
	result.Gaps = append(result.Gaps, j.unread()...)
	return result
}

// knowsGrants tells whether what RBAC grants is known as a whole: a right that is not seen would look like none.
func (j *judge) knowsGrants() bool {
	return j.view.Known(snapshot.Roles) && j.view.Known(snapshot.ClusterRoles) &&
		j.view.Known(snapshot.RoleBindings) && j.view.Known(snapshot.ClusterRoleBindings)
}

// compareWithLive says how the running pod would fare as it lives, where it is not what its template makes.
func (j *judge) compareWithLive(r *replacement, out *judgement) {
	differences := candidate.Differs(r.live, r.template)
	if len(differences) == 0 {
		return
	}
	asItLives := *r
	asItLives.template = nil
	live := j.ask(&asItLives, asItLives.candidate())
	if live.verdict == out.verdict {
		return
	}
	out.live = live.verdict
	for _, d := range differences {
		out.differs = append(out.differs, describe(d))
	}
	mutating := slices.IndexFunc(out.notAsked, func(n NotAsked) bool { return n.Reason == ReasonMutatingWebhookNotApplied })
	if out.verdict == Denied && live.verdict == Admitted && mutating >= 0 {
		out.verdict, out.reason = Unknown, ReasonMutatingWebhookNotApplied
		out.message = "The template is refused and the running pod is not: it may depend on " + out.notAsked[mutating].Name + "."
	}
}

func describe(d candidate.Difference) string {
	where := d.Field
	if d.Container != "" {
		where = strings.TrimSuffix("container "+d.Container+" "+d.Field, " ")
	}
	switch d.Kind {
	case candidate.Extra:
		return where + " is only in the running pod"
	case candidate.Missing:
		return where + " is only in the template"
	case candidate.Debug:
		return where + " was left behind by a debugger"
	case candidate.Changed:
	}
	return where + " is " + d.Live + ", in the template " + d.Template
}

// decide sums up what was asked.
func (out *judgement) decide(policies *admission.Result) {
	decides := slices.IndexFunc(out.notAsked, func(n NotAsked) bool { return n.Decides })
	// A denial of a pod that a policy has not been able to change is no denial of the pod that the API server would see.
	certain := policies.Verdict() != admission.Unknown || !slices.ContainsFunc(policies.Gaps, changesPods)
	switch {
	case len(out.refusals) > 0 && certain:
		out.verdict, out.reason, out.message = Denied, out.refusals[0].Kind, out.refusals[0].Message
	case decides >= 0:
		n := &out.notAsked[decides]
		out.verdict, out.reason, out.message = Unknown, n.Reason, n.sentence()
	case len(out.refusals) > 0:
		out.verdict, out.reason, out.message = Unknown, ReasonMutatingWebhookNotApplied, out.refusals[0].Message
	default:
		out.verdict = Admitted
	}
}

func changesPods(g admission.Gap) bool { return g.Policy.Kind == admission.MutatingPolicy }

func (n *NotAsked) sentence() string {
	text := strings.TrimSpace(n.Kind + " " + n.Name)
	if n.Message == "" {
		return text + " decides, and was not asked."
	}
	return text + ": " + n.Message
}
