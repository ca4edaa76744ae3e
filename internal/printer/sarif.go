package printer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/finding"
)

// Locate tells in which line of which file a field of a workload's pod stands; ok is false where no file is known.
type Locate func(r *daysixv1alpha1.PodSecurityReport, field string) (file string, line int, ok bool)

// The part of SARIF 2.1.0 that is written. Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string          `json:"id"`
		Name             string          `json:"name"`
		ShortDescription sarifText       `json:"shortDescription"`
		FullDescription  sarifText       `json:"fullDescription"`
		Help             sarifText       `json:"help"`
		HelpURI          string          `json:"helpUri,omitempty"`
		Default          sarifDefault    `json:"defaultConfiguration"`
		Properties       sarifProperties `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	// sarifProperties are those by which GitHub's code scanning sorts.
	sarifProperties struct {
		SecuritySeverity string   `json:"security-severity"`
		Tags             []string `json:"tags"`
	}
	sarifResult struct {
		RuleID              string             `json:"ruleId"`
		RuleIndex           int                `json:"ruleIndex"`
		Level               string             `json:"level"`
		Message             sarifText          `json:"message"`
		Locations           []sarifLocation    `json:"locations"`
		PartialFingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions        []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
		Kind               string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Justification string `json:"justification"`
	}
)

// SARIF writes the findings of the reports as one run, ordered by workload, the worst finding of each first. Where locate
// knows the file that a workload is from, a result names file and line.
func SARIF(w io.Writer, reports []*daysixv1alpha1.PodSecurityReport, locate Locate) error {
	ordered := listOf(reports).Items
	rules := rulesOf(ordered)
	results := []sarifResult{}
	for _, r := range ordered {
		for i := range r.Status.Findings {
			f := &r.Status.Findings[i]
			result := resultOf(r, f, locate)
			result.RuleIndex = slices.IndexFunc(rules, func(rule sarifRule) bool { return rule.ID == result.RuleID })
			results = append(results, result)
		}
	}
	return writeJSON(w, sarifLog{
		Schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json", Version: "2.1.0",
		Runs: []sarifRun{{
			Tool: sarifTool{sarifDriver{Name: "Daysix", InformationURI: "https://github.com/daysix/daysix", Rules: rules}},
			// Positions are lines only; the schema asks how columns would count.
			ColumnKind: "unicodeCodePoints",
			Results:    results,
		}},
	})
}

// rulesOf are the checks that found something, by ID. A rule is as severe as its worst finding.
func rulesOf(reports []*daysixv1alpha1.PodSecurityReport) []sarifRule {
	worst := map[string]*daysixv1alpha1.Finding{}
	for _, r := range reports {
		for i := range r.Status.Findings {
			f := &r.Status.Findings[i]
			if known := worst[f.Check]; known == nil || rankOf(f.Severity) > rankOf(known.Severity) {
				worst[f.Check] = f
			}
		}
	}
	checks, rules := Checks(), []sarifRule{}
	for _, id := range slices.Sorted(maps.Keys(worst)) {
		check, f := checks[id], worst[id]
		rules = append(rules, sarifRule{
			ID: Plain(id), Name: Plain(id), HelpURI: check.Page,
			ShortDescription: sarifText{cmp.Or(check.Title, Plain(id))},
			FullDescription:  sarifText{Plain(f.Message)},
			Help:             sarifText{Plain(cmp.Or(f.Remediation, f.Message))},
			Default:          sarifDefault{levelOf(f.Severity)},
			Properties:       sarifProperties{SecuritySeverity: securitySeverityOf(f.Severity), Tags: []string{"security", "kubernetes"}},
		})
	}
	return rules
}

func resultOf(r *daysixv1alpha1.PodSecurityReport, f *daysixv1alpha1.Finding, locate Locate) sarifResult {
	workload := r.Namespace + "/" + r.Spec.WorkloadRef.Kind + "/" + r.Spec.WorkloadRef.Name
	location := sarifLocation{Logical: []sarifLogical{{FullyQualifiedName: Plain(workload), Kind: "resource"}}}
	if f.Container != "" {
		location.Logical[0].FullyQualifiedName += "/" + Plain(f.Container)
	}
	if file, line, ok := locate(r, f.Field); ok {
		location.Physical = &sarifPhysical{sarifArtifact{uriOf(file)}, sarifRegion{line}}
	}
	result := sarifResult{
		RuleID: Plain(f.Check), Level: levelOf(f.Severity), Message: sarifText{messageOf(r, f)}, Locations: []sarifLocation{location},
		PartialFingerprints: map[string]string{"daysixFinding/v1": fingerprintOf(r, f)},
	}
	if f.AcceptedBy != "" {
		result.Suppressions = []sarifSuppression{{Kind: "external", Justification: "Accepted by " + Plain(f.AcceptedBy) + "."}}
	}
	return result
}

// messageOf is a finding in a few sentences that can be read without the rest of the report.
func messageOf(r *daysixv1alpha1.PodSecurityReport, f *daysixv1alpha1.Finding) string {
	said := []string{r.Spec.WorkloadRef.Kind + " " + r.Namespace + "/" + r.Spec.WorkloadRef.Name + ": " + f.Message}
	if f.Condition != "" {
		said = append(said, "If: "+f.Condition)
	}
	if f.Field != "" {
		place := f.Field
		if f.Value != "" {
			place += ": " + f.Value
		}
		said = append(said, "["+place+"]")
	}
	return Plain(strings.Join(said, " "))
}

// fingerprintOf stays the same while the finding does: neither the line nor the wording is part of it.
func fingerprintOf(r *daysixv1alpha1.PodSecurityReport, f *daysixv1alpha1.Finding) string {
	ref := &r.Spec.WorkloadRef
	group, _, _ := strings.Cut(ref.APIVersion, "/")
	sum := sha256.Sum256([]byte(strings.Join(
		[]string{group, ref.Kind, r.Namespace, ref.Name, f.Check, f.Container, f.Field, f.Value}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// uriOf is a path as a reference: relative where the path is.
func uriOf(file string) string {
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	return u.String()
}

func levelOf(s daysixv1alpha1.Severity) string {
	switch finding.Severity(s) {
	case finding.SeverityCritical, finding.SeverityHigh:
		return "error"
	case finding.SeverityMedium:
		return "warning"
	case finding.SeverityLow, finding.SeverityMinimal:
	}
	return "note"
}

// securitySeverityOf is a number within the range by which GitHub calls it critical, high, medium or low. Source:
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
func securitySeverityOf(s daysixv1alpha1.Severity) string {
	switch finding.Severity(s) {
	case finding.SeverityCritical:
		return "9.5"
	case finding.SeverityHigh:
		return "8.0"
	case finding.SeverityMedium:
		return "5.5"
	case finding.SeverityLow:
		return "3.0"
	case finding.SeverityMinimal:
	}
	return "1.0"
}

func rankOf(s daysixv1alpha1.Severity) int { return finding.Severity(s).Rank() }
