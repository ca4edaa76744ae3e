package assess

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
	"github.com/daysix/daysix/internal/rbac"
)

// tokenFromSecret is the check that finds the Secrets which bring tokens.
const tokenFromSecret finding.CheckID = "ServiceAccountTokenFromSecret"

// Fix is a change and what the score is after it.
type Fix struct {
	Check      finding.CheckID
	Change     string
	ScoreAfter int
	// Binding is the one that is removed, and Secret the one that is deleted; both are empty where something else is done.
	Binding rbac.BindingRef
	Secret  string
}

// topFix tries the fix of every check that found something, the removal of every Secret that brings a token, and that of
// every binding that gives a privilege, each alone, by assessing all pods of the workload anew: the worst of them is the
// score after it. Changes of the pods come first, in the order of the registry, where the score is the same, then Secrets,
// bindings, and a NetworkPolicy that lets nothing out.
func (j *judge) topFix(subjects []*posture.Pod, worst int, now *Verdict) *Fix {
	var best *Fix
	limit := now.Score.Score
	try := func(with *judge, fix Fix, pod func(int) *posture.Pod) {
		if after := with.scoreAfter(len(subjects), worst, pod, limit); after < limit {
			fix.ScoreAfter = after
			best, limit = &fix, after
		}
	}
	for _, check := range j.engine.Checks() {
		if found := firstOf(now.Findings, check.ID); found != nil && check.Fix != nil {
			fix := Fix{Check: found.Check, Change: found.Remediation}
			try(j, fix, func(i int) *posture.Pod { return fixed(subjects[i], check.Fix) })
		}
	}
	identities := subjects[worst].Identities()
	for _, identity := range identities[:min(len(identities), maxTried)] {
		if found := firstOf(now.Findings, tokenFromSecret); found != nil && identity.Secret != "" {
			deleted := func(i int) *posture.Pod { return subjects[i].WithoutSecret(identity.Secret) }
			try(j, Fix{Check: found.Check, Change: "Delete Secret " + identity.Secret + ".", Secret: identity.Secret}, deleted)
		}
	}
	for _, b := range j.bindings(subjects[worst], now) {
		fix := Fix{Check: b.found.Check, Change: "Remove " + b.ref.String() + ".", Binding: b.ref}
		try(j.without(b.ref), fix, func(i int) *posture.Pod { return subjects[i] })
	}
	if len(j.network) > 0 {
		found := firstOf(now.Findings, j.network[0].Check)
		try(j.withoutNetwork(), Fix{Check: found.Check, Change: found.Remediation}, func(i int) *posture.Pod { return subjects[i] })
	}
	return best
}

// withoutNetwork is the same judge where a NetworkPolicy lets nothing out.
func (j *judge) withoutNetwork() *judge {
	rest := *j
	rest.network = nil
	return &rest
}

// scoreAfter is the score of the workload with a change made to its pods. It starts with the pod that is worst today and
// stops at the limit: a change that is no better need not be known exactly.
func (j *judge) scoreAfter(pods, worst int, pod func(int) *posture.Pod, limit int) int {
	after := j.score(pod(worst), limit)
	for i := range pods {
		if after >= limit {
			break
		}
		if i != worst {
			after = max(after, j.score(pod(i), limit))
		}
	}
	return after
}

// maxTried is how many bindings, and how many Secrets, are tried. Each costs an assessment, which costs as much as there are of
// them: a ServiceAccount with thousands would hold up all others. Where so many give the same, no single one decides anyhow.
const maxTried = 64

// givingBinding is a binding with the worst finding that it gives.
type givingBinding struct {
	ref   rbac.BindingRef
	found *finding.Finding
}

// bindings are those behind the privileges among the findings, worst first, and the first of many.
func (j *judge) bindings(pod *posture.Pod, now *Verdict) []givingBinding {
	var held []rbac.Held
	for _, identity := range pod.Identities() {
		held = append(held, j.held[identity.ServiceAccount]...)
	}
	var out []givingBinding
	seen := make(map[rbac.BindingRef]struct{})
	for i := range now.Findings {
		f := &now.Findings[i]
		for _, g := range grantsOf(held, f.Check) {
			if _, known := seen[g.Binding]; known {
				continue
			}
			if len(out) == maxTried {
				return out
			}
			seen[g.Binding] = struct{}{}
			out = append(out, givingBinding{g.Binding, f})
		}
	}
	return out
}

// grantsOf are those behind a privilege, which may be held more than once: in the whole cluster for some names, and in a
// namespace for all.
func grantsOf(held []rbac.Held, privilege finding.CheckID) []rbac.Grant {
	var out []rbac.Grant
	for i := range held {
		if held[i].Privilege.ID == privilege && !held[i].Implied {
			out = append(out, held[i].Grants...)
		}
	}
	return out
}

// without is the same judge in a cluster where a binding is gone. What it asks about counts as asked: the score after the
// fix rests on it.
func (j *judge) without(binding rbac.BindingRef) *judge {
	access := &Access{Rights: make(map[string]*rbac.Rights, len(j.access.Rights)), PodSecurity: j.access.PodSecurity}
	for account, rights := range j.access.Rights {
		access.Rights[account] = rights.Without(binding)
	}
	rest := *j
	rest.access, rest.held = access, make(map[string][]rbac.Held)
	rest.graph = j.graph.without(binding.String())
	return &rest
}

// fixed is a pod with a change made: a new one, of which nothing is observed yet. The UID that the runtime reported stays
// true all the same, unless the change is about the user.
func fixed(pod *posture.Pod, fix func(*corev1.PodSpec)) *posture.Pod {
	spec := pod.Spec.DeepCopy()
	fix(spec)
	facts := pod.Unobserved()
	if len(pod.Users) == 0 {
		return posture.NewPod(spec, facts)
	}
	before, after := declaredUsers(posture.NewPod(pod.Spec, facts)), declaredUsers(posture.NewPod(spec, facts))
	facts.Users = make(map[string]int64, len(pod.Users))
	for name, uid := range pod.Users {
		if before[name] == after[name] {
			facts.Users[name] = uid
		}
	}
	return posture.NewPod(spec, facts)
}

// declaredUsers are those as whom the containers run by the spec, by container.
func declaredUsers(pod *posture.Pod) map[string]posture.User {
	users := make(map[string]posture.User, len(pod.Containers))
	for i := range pod.Containers {
		users[pod.Containers[i].Name] = pod.Containers[i].User
	}
	return users
}

func firstOf(findings []finding.Finding, check finding.CheckID) *finding.Finding {
	for i := range findings {
		if findings[i].Check == check {
			return &findings[i]
		}
	}
	return nil
}
