package restart

import "slices"

// decide sums up what was asked. What a mutating policy has not been able to change may be refused for want of that; so may
// what a mutating webhook would have changed, where no running pod shows what the webhook does.
func (out *judgement) decide(live bool) {
	out.refusals, out.notAsked, out.forecast = merged(out.refusals), distinct(out.notAsked), merged(out.forecast)
	change := slices.IndexFunc(out.notAsked, func(n NotAsked) bool {
		return ofMutatingPolicy(n) || ofMutatingWebhook(n) && (!live || slices.Contains(out.unseen, n.Name))
	})
	switch {
	case len(out.refusals) > 0 && (change < 0 || stage(out.refusals[0].Kind) <= stage(out.notAsked[change].Kind)):
		out.verdict, out.reason, out.message = Denied, out.refusals[0].Kind, out.refusals[0].sentence()
	case len(out.refusals) > 0:
		n := &out.notAsked[change]
		out.verdict, out.reason = Unknown, n.Reason
		out.message = "It may be refused: " + out.refusals[0].sentence() + ". That may depend on " + n.title() + ", which was not applied."
	case len(out.notAsked) > 0 && out.notAsked[0].Decides:
		out.verdict, out.reason, out.message = Unknown, out.notAsked[0].Reason, out.notAsked[0].sentence()
	default:
		out.verdict = Admitted
	}
}

// abandon says of a pod that has no controller what would become of it, were somebody to create it again.
func (out *judgement) abandon() {
	message := "No controller creates the pod again."
	switch out.verdict {
	case Denied:
		message += " Nor would it be admitted: " + out.message
	case Unknown:
		message += " Nor is it known whether it would be admitted: " + out.message
	case Admitted, NotRecreated:
	}
	out.verdict, out.reason, out.message = NotRecreated, ReasonBarePod, message
}
