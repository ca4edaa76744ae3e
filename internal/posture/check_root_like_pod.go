package posture

import (
	"cmp"
	"slices"
	"strings"

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
	var reasons []string
	found := out.All()
	for i := range found {
		if c := found[i].Consequence; c == finding.NodeRoot || c == finding.NodeRead {
			reasons = append(reasons, string(found[i].Check))
		}
	}
	if reasons == nil || slices.Contains(p.Settings.SystemNamespaces, cmp.Or(p.Namespace, "default")) {
		return
	}
	slices.Sort(reasons)
	out.Add(finding.Finding{
		Consequence: finding.Hygiene,
		Field:       "metadata.namespace",
		Value:       cmp.Or(p.Namespace, "default"),
		Message:     "Root-like outside of the system namespaces: " + strings.Join(slices.Compact(reasons), ", ") + ".",
		Remediation: "Fix what is named, or move the workload to one of the systemNamespaces.",
	})
}
