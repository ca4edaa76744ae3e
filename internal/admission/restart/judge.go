package restart

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/podsecurity"
	"github.com/daysix/daysix/internal/snapshot"
)

// Judge tells what would become of the pods of a workload. The same view and rules give the same answer.
func Judge(rules *Rules, view *snapshot.View) Restart { return JudgeWith(rules, view, nil) }

// judge works on one workload.
type judge struct {
	rules *Rules
	view  *snapshot.View
	// namespace and podSecurity are nil where the namespace is not known. Files need not hold it: then it has no labels.
	namespace   *corev1.Namespace
	podSecurity *podsecurity.Namespace
}

func newJudge(rules *Rules, view *snapshot.View) *judge {
	j := &judge{rules: rules, view: view}
	name := view.Workload.Key.Namespace
	switch {
	case view.Namespace != nil:
		j.namespace = view.Namespace.Object()
		j.podSecurity = rules.PodSecurity.Namespace(name, j.namespace.Labels)
	case slices.Contains(view.NotGiven, snapshot.Namespaces):
		j.podSecurity = rules.PodSecurity.Namespace(name, nil)
	}
	return j
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

	pod *corev1.Pod // what was judged, as policies leave it
	// unseen are the mutating webhooks that were registered after the pods that run were created: these do not show what
	// the webhooks do.
	unseen []string
}

func (j *judge) judge(r *replacement) judgement {
	if r.Static {
		return judgement{verdict: Admitted, reason: ReasonStaticPod, message: "The kubelet starts it again without asking anybody."}
	}
	if r.template != nil {
		return j.askTemplate(r)
	}
	out := j.ask(r, r.created())
	if r.Controller == nil {
		out.abandon()
	}
	return out
}

// askTemplate judges what a template makes: with the containers that the running pod has on top, where a webhook may have
// put them there and no earlier template.
func (j *judge) askTemplate(r *replacement) judgement {
	created := r.created()
	out := j.ask(r, created)
	if r.live == nil {
		return out
	}
	if !r.Outdated && j.mayInject(&out) {
		if injected := candidate.InjectedFrom(r.live, asTemplate(out.pod)); !injected.Empty() {
			out = j.ask(r, injected.Into(created))
		}
	}
	j.compareWithLive(r, &out)
	return out
}

// mayInject tells whether a mutating webhook may be called for pods like the one that was judged.
func (j *judge) mayInject(out *judgement) bool {
	return slices.Contains(j.view.NotGiven, snapshot.MutatingWebhookConfigurations) || slices.ContainsFunc(out.notAsked, ofMutatingWebhook)
}

// ask puts a pod before everything that the API server asks.
func (j *judge) ask(r *replacement, pod *corev1.Pod) judgement {
	var out judgement
	who, known := r.user()
	env := j.environment(r)
	admitted := candidate.Admit(pod, env)
	request := j.request(admitted.Pod, who, known)
	request.Reinvoke = func(pod *corev1.Pod) {
		denials, unknown := candidate.Reinvoke(pod, environmentOf(pod, env, r))
		j.addPlugins(&out, denials, unknown)
	}
	policies := j.rules.Policies.Evaluate(context.Background(), request)
	out.pod = policies.Pod
	security := j.evaluatePodSecurity(out.pod, who.Name)
	quotaDenials, quotaUnknown := candidate.Quotas(out.pod, r.live, objects(j.view, snapshot.ResourceQuotas, j.view.Defaults.Quotas))

	j.addSources(&out, r)
	j.addNamespace(&out, r)
	j.addPlugins(&out, admitted.Denials, admitted.Unknown)
	j.addPlugins(&out, candidate.Check(out.pod, env), nil)
	addPolicies(&out, r, &policies)
	j.addPodSecurity(&out, r, &security)
	j.addPlugins(&out, quotaDenials, quotaUnknown)
	out.decide(r.live != nil)
	return out
}

// request is the creation of the pod. What RBAC grants is asked only where it is known as a whole: a right that is not seen
// would look like none.
func (j *judge) request(pod *corev1.Pod, who candidate.User, known bool) *admission.Request {
	request := &admission.Request{
		Pod: pod, Namespace: j.namespace, LiteralsRedacted: true, TrustWebhook: j.rules.TrustWebhook,
	}
	grants := [...]snapshot.Source{snapshot.Roles, snapshot.ClusterRoles, snapshot.RoleBindings, snapshot.ClusterRoleBindings}
	if !slices.ContainsFunc(grants[:], func(s snapshot.Source) bool { return !j.view.Known(s) }) {
		request.Authorizer = j.rules.Authorizer
	}
	if known {
		request.User, request.UserPartial = &user.DefaultInfo{Name: who.Name, Groups: who.Groups}, true
	}
	return request
}

func (j *judge) evaluatePodSecurity(pod *corev1.Pod, username string) podsecurity.Result {
	if j.podSecurity == nil {
		return podsecurity.Result{}
	}
	return j.podSecurity.Evaluate(&pod.ObjectMeta, &pod.Spec, username)
}
