package metrics

import (
	"strings"

	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// Label is a label with the values that it can have, in words.
type Label struct{ Name, Values string }

// Labels lists every label, by name.
func Labels() []Label {
	return []Label{
		{"answer", list(verdicts())},
		{"check", "the name of a [check](checks/), a [privilege](privileges/) or a [path](paths/)"},
		{"completeness", list([]string{complete, incomplete})},
		{"kind", "the kind of a workload, with its group where that is not Kubernetes' own; of what refuses a pod, or decides about pods"},
		{"metric", "a family that is capped"},
		{"namespace", "a namespace, or `" + other + "`"},
		{"owner", "the value of the label that the [configuration](owners.md) names, or `" + other + "`"},
		{"policy", "the name of what refuses a pod; of Pod Security what is enforced, such as `baseline:latest`"},
		{"question", list(finding.Questions())},
		{"reach", list(reaches())},
		{"reason", "why it is not known, in one word; see [Day 6](day-6.md)"},
		{"result", "of a write: created, deleted, failed, recreated, restored, skipped, updated; of a reload: " + list(reloadResults())},
		{"severity", list(finding.Severities())},
		{"source", "the resource that is read, such as `pods`; `" + string(SourceParams) + "` are the parameters of policies"},
		{"state", "of a source: " + list(snapshot.States()) + "; of an exception: " + list(exception.States())},
		{"verdict", list(restartVerdicts())},
		{"workload", "the name of a workload"},
	}
}

func list[S ~string](values []S) string {
	texts := make([]string, 0, len(values))
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return strings.Join(texts, ", ")
}
