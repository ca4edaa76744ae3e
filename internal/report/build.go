package report

import (
	"cmp"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/assess"
	"github.com/daysix/daysix/internal/attackgraph"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/score"
	"github.com/daysix/daysix/internal/snapshot"
)

// LabelManagedBy marks the reports that Daysix writes.
const (
	LabelManagedBy = "app.kubernetes.io/managed-by"
	ManagedBy      = "daysix"
	// LabelOwner says on a report who its workload belongs to, where the configuration asks for it.
	LabelOwner = "daysix.dev/owner"
)

// Build writes the report of an assessment. The report is at most MaxBytes long.
func Build(a *assess.Assessment) *daysixv1alpha1.PodSecurityReport {
	key := a.Workload.Key
	r := &daysixv1alpha1.PodSecurityReport{
		TypeMeta: metav1.TypeMeta{
			APIVersion: daysixv1alpha1.SchemeGroupVersion.String(),
			Kind:       "PodSecurityReport",
		},
		ObjectMeta: metav1.ObjectMeta{
			Name:      Name(key),
			Namespace: key.Namespace,
			Labels:    map[string]string{LabelManagedBy: ManagedBy},
		},
		Spec: daysixv1alpha1.PodSecurityReportSpec{WorkloadRef: daysixv1alpha1.WorkloadReference{
			APIVersion: a.Workload.APIVersion, Kind: key.Kind, Name: key.Name, UID: string(a.Workload.UID),
		}},
		Status: status(a),
	}
	if a.Workload.UID != "" {
		r.OwnerReferences = []metav1.OwnerReference{{
			APIVersion: a.Workload.APIVersion, Kind: key.Kind, Name: key.Name, UID: a.Workload.UID,
			Controller: ptr.To(false), BlockOwnerDeletion: ptr.To(false),
		}}
	}
	if a.Owner != "" {
		r.Labels[LabelOwner] = a.Owner
	}
	bound(r)
	return r
}

func status(a *assess.Assessment) daysixv1alpha1.PodSecurityReportStatus {
	s := daysixv1alpha1.PodSecurityReportStatus{
		ScoreModel:         score.Model,
		Score:              int32(a.Score.Score),
		Severity:           daysixv1alpha1.Severity(a.Score.Severity()),
		UnacceptedSeverity: daysixv1alpha1.Severity(a.UnacceptedSeverity()),
		Reach:              daysixv1alpha1.Reach(a.Reach),
		ServiceAccountName: cut(a.ServiceAccountName, maxName),
		Priority:           daysixv1alpha1.Priority(a.Priority),
		Pods:               pods(a),
		Answers:            answers(a.Answers),
		ScoreBreakdown:     breakdown(a),
		Restart:            buildRestart(a.Restart),
		Conditions:         conditions(a),
	}
	if a.Exposure != nil {
		s.Exposure = daysixv1alpha1.Exposure(a.Exposure.Level)
	}
	points := pointsByFinding(a)
	for i := range a.Findings {
		s.Findings = append(s.Findings, buildFinding(&a.Findings[i], points[i], a.Accepted.Of(i)))
	}
	if a.TopFix != nil {
		s.TopFix = &daysixv1alpha1.TopFix{
			Check:      string(a.TopFix.Check),
			Change:     cut(cmp.Or(a.TopFix.Change, string(a.TopFix.Check)), maxText),
			ScoreAfter: int32(a.TopFix.ScoreAfter),
		}
	}
	return s
}

func buildFinding(f *finding.Finding, points int, acceptedBy string) daysixv1alpha1.Finding {
	return daysixv1alpha1.Finding{
		Check:       string(f.Check),
		Severity:    daysixv1alpha1.Severity(f.Severity()),
		Container:   cut(f.Container, maxWord),
		Field:       cut(f.Field, maxText),
		Value:       cut(f.Value, maxValue),
		Message:     cut(cmp.Or(f.Message, string(f.Check)), maxText),
		Condition:   cut(f.Condition, maxValue),
		Remediation: cut(f.Remediation, maxText),
		Points:      int32(points),
		AcceptedBy:  acceptedBy,
	}
}

func pods(a *assess.Assessment) daysixv1alpha1.PodCounts {
	counts := daysixv1alpha1.PodCounts{Running: int32(a.Running), Terminating: int32(a.Terminating), Worst: a.Worst}
	for i, d := range a.Divergent {
		if i == maxDivergent {
			counts.DivergentTruncated = int32(len(a.Divergent) - maxDivergent)
			break
		}
		counts.Divergent = append(counts.Divergent, daysixv1alpha1.DivergentPod{
			Name: d.Pod, Score: int32(d.Score), OnlyHere: firstChecks(d.OnlyHere), NotHere: firstChecks(d.NotHere),
		})
	}
	return counts
}

func firstChecks(ids []finding.CheckID) []string {
	var out []string
	for _, id := range ids[:min(len(ids), maxChecks)] {
		out = append(out, string(id))
	}
	return out
}

// wholePod is where the evidence of a finding stands that names no field.
const wholePod = "spec"

func answers(in []finding.Answer) []daysixv1alpha1.Answer {
	out := make([]daysixv1alpha1.Answer, 0, len(in))
	for i := range in {
		a := daysixv1alpha1.Answer{
			Question: daysixv1alpha1.Question(in[i].Question),
			Answer:   daysixv1alpha1.Verdict(in[i].Verdict),
			Reason:   in[i].Reason,
			Summary:  cut(in[i].Summary, maxText),
		}
		for j, e := range in[i].Evidence {
			if j == maxEvidence {
				a.EvidenceTruncated = int32(len(in[i].Evidence) - maxEvidence)
				break
			}
			a.Evidence = append(a.Evidence, daysixv1alpha1.Evidence{
				Check: string(e.Check), Field: cut(cmp.Or(e.Field, wholePod), maxText), Value: cut(e.Value, maxValue),
			})
		}
		a.Path, a.Reached = path(in[i].Path), reached(in[i].Reached)
		out = append(out, a)
	}
	return out
}

// path is the beginning of a way where it is longer than a report holds.
func path(steps []finding.Step) []daysixv1alpha1.PathStep {
	var out []daysixv1alpha1.PathStep
	for _, s := range steps[:min(len(steps), maxSteps)] {
		out = append(out, daysixv1alpha1.PathStep{
			From: cut(cmp.Or(s.From, unnamed), maxValue), To: cut(cmp.Or(s.To, unnamed), maxValue),
			Why: cut(cmp.Or(s.Why, unnamed), maxValue),
		})
	}
	return out
}

// unnamed stands where a step has no name.
const unnamed = "?"

// reached counts in buckets, so that one more pod does not rewrite every report.
func reached(r finding.Reached) *daysixv1alpha1.Reached {
	if r == (finding.Reached{}) {
		return nil
	}
	bucket := func(n int) daysixv1alpha1.Bucket {
		if n == 0 {
			return ""
		}
		return daysixv1alpha1.Bucket(attackgraph.Bucket(n))
	}
	return &daysixv1alpha1.Reached{
		Pods: bucket(r.Pods), Nodes: bucket(r.Nodes), Namespaces: bucket(r.Namespaces), Secrets: bucket(r.Secrets),
	}
}

func conditions(a *assess.Assessment) []daysixv1alpha1.Condition {
	return []daysixv1alpha1.Condition{
		assessed(a),
		complete(a.Unavailable),
		restartable(a.Restart),
	}
}

func assessed(a *assess.Assessment) daysixv1alpha1.Condition {
	c := daysixv1alpha1.Condition{Type: daysixv1alpha1.ConditionAssessed, Status: daysixv1alpha1.ConditionTrue, Reason: string(a.Basis)}
	switch a.Basis {
	case assess.RunningPods:
		c.Message = "The verdict is that of the worst running pod."
	case assess.Template:
		c.Message = "No pod runs: the verdict is that of the template."
	case assess.NoTemplate:
		c.Status = daysixv1alpha1.ConditionFalse
		c.Message = "No pod runs, and the template of this kind is not readable."
	}
	return c
}

func complete(unavailable []snapshot.SourceStatus) daysixv1alpha1.Condition {
	if len(unavailable) == 0 {
		return daysixv1alpha1.Condition{
			Type: daysixv1alpha1.ConditionComplete, Status: daysixv1alpha1.ConditionTrue,
			Reason: daysixv1alpha1.ReasonAllSourcesRead,
		}
	}
	names := make([]string, len(unavailable))
	for i, s := range unavailable {
		names[i] = fmt.Sprintf("%s (%s)", s.Source, s.State)
	}
	return daysixv1alpha1.Condition{
		Type: daysixv1alpha1.ConditionComplete, Status: daysixv1alpha1.ConditionFalse,
		Reason:  sourceReason(unavailable[0].State),
		Message: cut("Not readable: "+strings.Join(names, ", ")+".", maxMessage),
	}
}

func sourceReason(state snapshot.State) string {
	switch state {
	case snapshot.Forbidden:
		return daysixv1alpha1.ReasonSourceForbidden
	case snapshot.Missing:
		return daysixv1alpha1.ReasonSourceMissing
	case snapshot.NotSynced, snapshot.Synced, snapshot.NotGiven, snapshot.NotEnabled, snapshot.Unreachable:
	}
	return daysixv1alpha1.ReasonSourceNotSynced
}
