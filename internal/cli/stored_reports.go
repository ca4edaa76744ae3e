package cli

import (
	"encoding/json"
	"fmt"
	"strings"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
)

// reportsIn reads one document: a report, or a list of reports.
func reportsIn(encoded []byte) ([]*daysixv1alpha1.PodSecurityReport, error) {
	var header struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := json.Unmarshal(encoded, &header); err != nil {
		return nil, fmt.Errorf("no Kubernetes object: %w", err)
	}
	switch {
	case header.Kind == "PodSecurityReport":
		r, err := reportIn(encoded, "")
		if err != nil {
			return nil, err
		}
		return []*daysixv1alpha1.PodSecurityReport{r}, nil
	case strings.HasSuffix(header.Kind, "List"):
		var out []*daysixv1alpha1.PodSecurityReport
		for i, item := range header.Items {
			r, err := reportIn(item, strings.TrimSuffix(header.Kind, "List"))
			if err != nil {
				return nil, fmt.Errorf("items[%d]: %w", i, err)
			}
			out = append(out, r)
		}
		return out, nil
	default:
		return nil, fmt.Errorf("kind %q: PodSecurityReports are wanted, as kubectl daysix scan -o json writes them", header.Kind)
	}
}

// reportIn reads one report; kind is that of the items of its list, which need not repeat it.
func reportIn(encoded []byte, kind string) (*daysixv1alpha1.PodSecurityReport, error) {
	var r daysixv1alpha1.PodSecurityReport
	if err := json.Unmarshal(encoded, &r); err != nil {
		return nil, fmt.Errorf("no PodSecurityReport: %w", err)
	}
	if r.Kind != "" {
		kind = r.Kind
	}
	if kind != "PodSecurityReport" {
		return nil, fmt.Errorf("kind %q: PodSecurityReports are wanted, as kubectl daysix scan -o json writes them", kind)
	}
	if r.Spec.WorkloadRef.Name == "" {
		return nil, fmt.Errorf("%s: spec.workloadRef.name: required, but not given", r.Name)
	}
	return &r, nil
}
