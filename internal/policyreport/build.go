package policyreport

import (
	"cmp"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/config"
	"github.com/daysix/daysix/internal/finding"
)

// Format is a kind of report of others. The values are those of the configuration.
type Format string

// The formats. The empty one is none.
const (
	OpenReports Format = config.OpenReports
	WGPolicy    Format = config.WGPolicy
)

// Resource is what the API server serves the kind as.
func (f Format) Resource() schema.GroupVersionResource {
	if f == WGPolicy {
		return schema.GroupVersionResource{Group: "wgpolicyk8s.io", Version: "v1alpha2", Resource: "policyreports"}
	}
	return schema.GroupVersionResource{Group: "openreports.io", Version: "v1alpha1", Resource: "reports"}
}

func (f Format) kind() string {
	if f == WGPolicy {
		return "PolicyReport"
	}
	return "Report"
}

const (
	source = "Daysix"
	// restartPolicy is the policy of the result that says whether the pods may come back.
	restartPolicy = "Restart"

	categoryPosture = "Pod security"
	categoryRestart = "Day 6"
)

// The results (OpenReports v1alpha1, ReportResult.result).
const (
	pass    = "pass"
	fail    = "fail"
	warn    = "warn"
	failed  = "error"
	skipped = "skip"
)

// Build is the report in a format, owned by the PodSecurityReport with the UID. It has a result for each finding that the
// report names, and one for the verdict on a restart. No time stands in it: nothing in it changes unless the report does.
func Build(r *daysixv1alpha1.PodSecurityReport, uid types.UID, format Format) *unstructured.Unstructured {
	results := make([]any, 0, len(r.Status.Findings)+1)
	summary := map[string]any{pass: int64(0), fail: int64(0), warn: int64(0), failed: int64(0), skipped: int64(0)}
	add := func(result map[string]any) {
		name, _ := result["result"].(string)
		count, _ := summary[name].(int64)
		summary[name] = count + 1
		results = append(results, result)
	}
	add(restart(&r.Status.Restart))
	for i := range r.Status.Findings {
		add(resultOf(&r.Status.Findings[i]))
	}
	out := &unstructured.Unstructured{Object: map[string]any{
		"scope": scope(r), "summary": summary, "results": results,
	}}
	if format == OpenReports {
		out.Object["source"] = source
	}
	out.SetAPIVersion(format.Resource().GroupVersion().String())
	out.SetKind(format.kind())
	out.SetNamespace(r.Namespace)
	out.SetName(Name(r.Name))
	out.SetLabels(r.Labels)
	no := false
	out.SetOwnerReferences([]metav1.OwnerReference{{
		APIVersion: daysixv1alpha1.SchemeGroupVersion.String(), Kind: "PodSecurityReport", Name: r.Name, UID: uid,
		Controller: &no, BlockOwnerDeletion: &no,
	}})
	return out
}

// Name is that of the report of a PodSecurityReport. Other engines name theirs after the workload too.
func Name(report string) string {
	if name := "daysix-" + report; len(name) <= validation.DNS1123SubdomainMaxLength {
		return name
	}
	return report // It ends in a hash of its own.
}

// scope is the workload.
func scope(r *daysixv1alpha1.PodSecurityReport) map[string]any {
	ref := &r.Spec.WorkloadRef
	out := map[string]any{"apiVersion": ref.APIVersion, "kind": ref.Kind, "namespace": r.Namespace, "name": ref.Name}
	if ref.UID != "" {
		out["uid"] = ref.UID
	}
	return out
}

func resultOf(f *daysixv1alpha1.Finding) map[string]any {
	properties := map[string]any{}
	for _, property := range [...][2]string{
		{"acceptedBy", f.AcceptedBy},
		{"condition", f.Condition},
		{"container", f.Container},
		{"field", f.Field},
		{"remediation", f.Remediation},
		{"value", f.Value},
	} {
		if property[1] != "" {
			properties[property[0]] = property[1]
		}
	}
	out := map[string]any{
		"source": source, "policy": f.Check, "category": categoryPosture, "severity": severity(f.Severity),
		"result": verdict(f), "scored": true, "message": f.Message,
	}
	if f.Field != "" {
		out["rule"] = f.Field
	}
	if len(properties) > 0 {
		out["properties"] = properties
	}
	return out
}

// verdict is skip for what an exception accepts, and warn for what is Minimal: it counts for hygiene alone.
func verdict(f *daysixv1alpha1.Finding) string {
	switch {
	case f.AcceptedBy != "":
		return skipped
	case finding.Severity(f.Severity) == finding.SeverityMinimal:
		return warn
	default:
		return fail
	}
}

func severity(s daysixv1alpha1.Severity) string {
	switch finding.Severity(s) {
	case finding.SeverityCritical:
		return "critical"
	case finding.SeverityHigh:
		return "high"
	case finding.SeverityMedium:
		return "medium"
	case finding.SeverityLow:
		return "low"
	default:
		return "info"
	}
}

// restart says whether the pods may come back. What is not known is an error of the evaluation, not a pass.
func restart(r *daysixv1alpha1.Restart) map[string]any {
	out := map[string]any{
		"source": source, "policy": restartPolicy, "category": categoryRestart, "severity": "info",
		"result": failed, "scored": false, "message": cmp.Or(r.Message, string(r.Verdict), "Whether the pods may come back is not known."),
	}
	switch r.Verdict {
	case daysixv1alpha1.RestartAdmitted:
		out["result"] = pass
	case daysixv1alpha1.RestartDenied:
		out["result"], out["severity"] = fail, "high"
		if len(r.RefusedBy) > 0 {
			first := &r.RefusedBy[0]
			out["rule"], out["message"] = first.Kind+" "+first.Name, cmp.Or(first.Message, r.Message)
		}
	case daysixv1alpha1.RestartNotRecreated:
		out["result"], out["severity"] = warn, "low"
	case daysixv1alpha1.RestartUnknown:
	}
	return out
}
