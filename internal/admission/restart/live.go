package restart

import (
	"slices"
	"strings"

	"github.com/daysix/daysix/internal/admission/candidate"
)

// compareWithLive says how the running pod would fare as it lives, where it is not what would be created. Where one of the
// two is refused and the other is not, a webhook that was not applied may make the difference.
func (j *judge) compareWithLive(r *replacement, out *judgement) {
	differences := slices.DeleteFunc(candidate.Differs(r.live, out.pod), func(d candidate.Difference) bool {
		return d.Kind == candidate.Debug // Nothing is created with it.
	})
	if len(differences) == 0 {
		return
	}
	asItLives := r.asItLives()
	live := j.ask(asItLives, asItLives.created())
	if live.verdict == out.verdict {
		return
	}
	denied, liveDenied := out.verdict == Denied, live.verdict == Denied
	for _, d := range differences {
		out.differs = append(out.differs, describe(d))
	}
	out.live = live.verdict
	if liveDenied {
		out.message = strings.TrimSpace(out.message + " The running pod would be refused as it lives: " + live.message)
	}
	webhook := slices.IndexFunc(out.notAsked, ofMutatingWebhook)
	if denied == liveDenied || webhook < 0 {
		return
	}
	n := &out.notAsked[webhook]
	if denied {
		out.message = "The template is refused and the running pod is not: " + out.message
	}
	out.message = strings.TrimSuffix(out.message, ".") + ". That may depend on " + n.title() + ", which was not applied."
	if out.verdict, out.reason = Unknown, n.Reason; out.live == Unknown {
		out.live = ""
	}
}

func describe(d candidate.Difference) string {
	where := d.Field
	if d.Container != "" {
		where = strings.TrimSuffix("container "+d.Container+" "+d.Field, " ")
	}
	switch {
	case d.Kind == candidate.Extra:
		return where + " is only in the running pod"
	case d.Kind == candidate.Missing:
		return where + " is only in the template"
	case d.Live == d.Created:
		return where + " is another one in the template"
	}
	return where + " is " + orNothing(d.Live) + ", in the template " + orNothing(d.Created)
}

func orNothing(value string) string {
	if value == "" {
		return "not set"
	}
	return value
}
