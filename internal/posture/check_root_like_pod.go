package posture

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/daysix/daysix/internal/finding"
)

// Pods that are as good as root on their node are normal in system namespaces, where the configuration expects them. In any
// other namespace such a pod is a fact of its own: its users, quotas and reviews are not those of the platform.
//
// Fields: none; the findings of the checks before this one
// Finds:  a consequence of NodeRoot or NodeRead, conditional or not, outside of the system namespaces
// The risk itself is scored by those findings, so this one counts as hygiene.
func rootLikePod() Check {
	return Check{
		ID:        "RootLikePod",
		Catalogue: []string{"Hygiene"},
		Title:     "Root-like pod outside of the system namespaces",
		Worst:     finding.Hygiene,
		Find:      findRootLikePod,
		// No Fix: the findings that it names bring theirs.
	}
}

func findRootLikePod(p *Pod, out *Findings) {
	namespace := cmp.Or(p.Namespace, "default")
	if slices.Contains(p.Settings.SystemNamespaces, namespace) {
		return
	}
	var first finding.CheckID
	others := 0
	found := out.All()
	for i := range found {
		switch c := found[i].Consequence; {
		case c != finding.NodeRoot && c != finding.NodeRead:
		case first == "":
			first = found[i].Check
		default:
			others++
		}
	}
	if first == "" {
		return
	}
	message := "Root-like outside of the system namespaces, by " + string(first) + "."
	if others > 0 {
		message = "Root-like outside of the system namespaces, by " + string(first) + " and more (" + strconv.Itoa(others) + ")."
	}
	out.Add(finding.Finding{
		Consequence: finding.Hygiene,
		Field:       "metadata.namespace",
		Value:       namespace,
		Message:     message,
		Remediation: "Fix those findings, or move the workload to one of the systemNamespaces.",
	})
}
