package restart

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/admission"
	"github.com/daysix/daysix/internal/admission/candidate"
	"github.com/daysix/daysix/internal/admission/dryrun"
	"github.com/daysix/daysix/internal/snapshot"
)

// ReasonMayDependOnUser: the API server refuses the pod to Daysix, and it is not known whether it would to the controller.
const ReasonMayDependOnUser = "MayDependOnUser"

// Candidate is a pod that the API server can be asked about.
type Candidate struct {
	// Pods would be replaced by it, in order; empty where none runs.
	Pods []string
	// Pod is what its controller would post.
	Pod *corev1.Pod
	// NeedsRoom is true where no pod of its own makes room for it in quotas: none runs, or those that do were made from another
	// template.
	NeedsRoom bool

	of *replacement
}

// Identity tells the candidates of a workload apart: the first of the pods.
func (c *Candidate) Identity() string { return identity(c.Pods) }

func identity(pods []string) string {
	if len(pods) == 0 {
		return ""
	}
	return pods[0]
}

// Candidates are what the API server can be asked about a workload. Nobody asks it about static pods and about pods that no
// controller makes again.
func Candidates(view *snapshot.View) []Candidate {
	var out []Candidate
	for i := range view.Replacements {
		r := newReplacement(view.Workload.Key.Namespace, &view.Replacements[i])
		if r.Static || r.Controller == nil {
			continue
		}
		out = append(out, Candidate{Pods: r.Pods, Pod: r.created(), NeedsRoom: r.live == nil || r.Outdated, of: r})
	}
	return out
}

// Full names the quotas, given as they are used now, that have no room for the candidate, as far as can be told in process:
// policies and webhooks may make it ask for something else.
func (c *Candidate) Full(view *snapshot.View, counted []*corev1.ResourceQuota) []string {
	if !c.NeedsRoom || len(counted) == 0 {
		return nil
	}
	j := &judge{rules: &Rules{}, view: view}
	admitted := candidate.Admit(c.Pod, j.environment(c.of)).Pod
	denials, _ := candidate.Quotas(admitted, c.of.live, candidate.Objects[corev1.ResourceQuota]{Known: true, List: counted})
	var names []string
	for _, d := range denials {
		names = append(names, d.Name)
	}
	return slices.Compact(names) // They come by name.
}

// Answers is what the API server has said about a candidate by its identity; false where it has not said anything yet.
type Answers func(identity string) (dryrun.Answer, bool)

// JudgeWith is Judge where the API server was asked, too. Nil answers stand for nobody that asked.
func JudgeWith(rules *Rules, view *snapshot.View, answers Answers) Restart {
	j := newJudge(rules, view)
	out := newSum()
	for i := range view.Replacements {
		r := newReplacement(view.Workload.Key.Namespace, &view.Replacements[i])
		judged := j.judge(r)
		if answers != nil && !r.Static && r.Controller != nil {
			if answer, ok := answers(identity(r.Pods)); ok {
				judged.hear(r, &answer, j.view.Known(snapshot.ResourceQuotas))
			}
		}
		out.add(r, judged)
	}
	return out.restart()
}

// hear adds to what was judged in process what the API server says.
func (out *judgement) hear(r *replacement, answer *dryrun.Answer, quotasKnown bool) {
	switch answer.Verdict {
	case dryrun.Admitted:
		out.hearAdmitted(r)
	case dryrun.CannotTell:
		n := NotAsked{Reason: string(answer.Reason), Message: answer.Message}
		if answer.Reason != dryrun.GuardNotInForce {
			n.Kind, n.Name = string(answer.Denier.Kind), answer.Denier.Name
		}
		out.notAsked = distinct(append(out.notAsked, n))
	case dryrun.Denied:
		if r.live == nil || !quotasKnown || !onlyForWantOfRoom(answer) || out.refuses(dryrun.ResourceQuota, answer.Denier.Name) {
			out.hearDenied(answer)
			return
		}
		// The pod that is to be replaced takes the room. Where its replacement asks for as much, it gets it; quotas are asked
		// last, so that all others have admitted it.
		if !r.Outdated {
			out.hearAdmitted(r)
			return
		}
		out.doubt(string(dryrun.ResourceQuota), "The pod that is replaced makes room, but was made from another template: ", answer)
	}
}

// hearAdmitted settles what was not asked, but for what the API server was not shown: the user that creates the pod, the
// literals, the template that cannot be read. What is refused in process to the controller stays refused.
func (out *judgement) hearAdmitted(r *replacement) {
	if out.verdict == Denied {
		return
	}
	out.notAsked = slices.DeleteFunc(out.notAsked, func(n NotAsked) bool {
		switch n.Reason {
		case string(admission.UserUnknown), string(admission.AuthorizerNotAsked), string(admission.LiteralsNotKept):
			return false
		case ReasonSourceUnavailable:
			return n.Kind != r.Controller.Kind
		}
		return true
	})
	if out.verdict != Unknown {
		return
	}
	out.refusals, out.reason, out.message = nil, "", ""
	if out.decide(r.live != nil); out.live == out.verdict {
		out.live, out.differs = "", nil
	}
}

// hearDenied takes a refusal for what it says, unless it may be about who asks. It is the reason where nothing that was found
// in process refuses the pod before.
func (out *judgement) hearDenied(answer *dryrun.Answer) {
	// What a policy reads is not known here. The same policy refuses the controller's own request, or may read who asks.
	readsUser := func(kind dryrun.DenierKind, policy string) bool { return !out.refuses(kind, policy) }
	if answer.MayDependOnUser(readsUser) {
		out.doubt(ReasonMayDependOnUser, "It is refused to Daysix, and may not be to the controller: ", answer)
		return
	}
	refusal := out.addRefusal(answer)
	if out.verdict != Denied || compareRefusals(out.refusals[0], *refusal) == 0 {
		out.verdict, out.reason, out.message = Denied, refusal.Kind, refusal.sentence()
	}
}

// doubt lists a refusal that the controller may not meet.
func (out *judgement) doubt(reason, why string, answer *dryrun.Answer) {
	refusal := out.addRefusal(answer)
	out.notAsked = slices.DeleteFunc(out.notAsked, func(n NotAsked) bool {
		return answer.Denier.Kind == dryrun.Webhook && strings.HasSuffix(n.Name, "/"+answer.Denier.Name)
	})
	if out.verdict != Denied {
		out.verdict, out.reason, out.message = Unknown, reason, why+refusal.sentence()
	}
}

// addRefusal lists what the API server says, unless it was found in process, where more is known about it.
func (out *judgement) addRefusal(answer *dryrun.Answer) *Refusal {
	by := &answer.Denier
	refusal := Refusal{Kind: string(by.Kind), Name: by.Name, Binding: by.Binding, Message: answer.Message}
	if !out.refuses(by.Kind, by.Name) {
		out.refusals = merged(append(out.refusals, refusal))
	}
	return &refusal
}

// refuses tells whether something was found in process to refuse the pod.
func (out *judgement) refuses(kind dryrun.DenierKind, name string) bool {
	return slices.ContainsFunc(out.refusals, func(r Refusal) bool { return r.Kind == string(kind) && (name == "" || r.Name == name) })
}

// onlyForWantOfRoom tells whether a quota is full; the other refusals of quotas are about what the pod does not say.
func onlyForWantOfRoom(answer *dryrun.Answer) bool {
	return answer.Denier.Kind == dryrun.ResourceQuota && strings.HasPrefix(answer.Message, "exceeded quota: ")
}
