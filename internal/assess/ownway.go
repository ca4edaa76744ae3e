package assess

import (
	"strings"

	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/posture"
)

// ownWay is the way to cluster-admin that a finding is by itself, where the graph draws none: that a token Secret of a
// cluster-admin may be among all Secrets, whoever that is. It is that of the first finding which is as certain as the answer.
func (j *judge) ownWay(pod *posture.Pod, q *question, a *finding.Answer, findings []finding.Finding) []finding.Step {
	for i := range findings {
		f := &findings[i]
		condition, counts := q.counts(f)
		if !counts || (condition == "") != (a.Verdict == finding.Yes) {
			continue
		}
		workload := attackgraph.Vertex{Kind: attackgraph.KindWorkload, Object: attackgraph.Key(j.view.Workload.Key)}
		last := finding.Step{From: workload.String(), To: attackgraph.Vertex{Kind: attackgraph.KindClusterAdmin}.String()}
		last.Why = string(f.Check) + ": " + f.Field
		if condition != "" {
			last.Why += " (if: " + condition + ")"
		}
		identity, why := j.holderOf(pod, f)
		if identity == "" {
			return []finding.Step{last}
		}
		first := finding.Step{From: last.From, To: identity, Why: why}
		last.From = identity
		return []finding.Step{first, last}
	}
	return nil
}

// holderOf is the ServiceAccount whose rights a finding is about, and how the pod has its token; empty for another finding.
func (j *judge) holderOf(pod *posture.Pod, f *finding.Finding) (identity, why string) {
	for _, i := range pod.Identities() {
		from := ""
		if i.Secret != "" {
			from = secretPrefix(&i)
		}
		if len(grantsOf(j.held[i.ServiceAccount], f.Check)) == 0 || !strings.HasPrefix(f.Field, from) {
			continue
		}
		key := attackgraph.Key{Namespace: pod.Namespace, Name: i.ServiceAccount}
		why = "HoldToken: a container holds its token"
		if i.Secret != "" {
			why = "TokenSecret: Secret " + i.Secret + " holds its token"
		}
		return attackgraph.Vertex{Kind: attackgraph.KindServiceAccount, Object: key}.String(), why
	}
	return "", ""
}
