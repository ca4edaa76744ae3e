package faults

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	daysixv1alpha1 "github.com/daysix/daysix/api/v1alpha1"
	"github.com/daysix/daysix/internal/cli"
	"github.com/daysix/daysix/internal/testing/cluster"
)

// fresh is what reports have to say: what the command line says, which reads the whole cluster and knows nothing of before.
func (l *lab) fresh(ctx context.Context) (said, error) {
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	if code := cli.Run(ctx, streams, []string{"scan", "-A", "-o", "json", "--kubeconfig", l.control.Kubeconfig()}); code != 0 {
		return nil, fmt.Errorf("scanning the cluster: %s", errOut.String())
	}
	var list daysixv1alpha1.PodSecurityReportList
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		return nil, fmt.Errorf("reading the scan: %w", err)
	}
	return sayings(list.Items)
}

// difference names the reports that do not say what they should, with the first that differs in full.
func difference(want, got said) string {
	var b strings.Builder
	shown := false
	for _, name := range slices.Sorted(maps.Keys(union(want, got))) {
		switch w, g := want[name], got[name]; {
		case w == g:
		case w == "":
			fmt.Fprintf(&b, "%s should not be there\n", name)
		case g == "":
			fmt.Fprintf(&b, "%s is not there\n", name)
		case shown:
			fmt.Fprintf(&b, "%s is not right\n", name)
		default:
			shown = true
			fmt.Fprintf(&b, "%s is not right (-want +got):\n%s", name, cmp.Diff(strings.Split(w, `,"`), strings.Split(g, `,"`)))
		}
	}
	return b.String()
}

// changed are the reports that say something else than before, are new, or are gone.
func changed(before, after said) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(union(before, after))) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	return names
}

func union(a, b said) said {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// writes counts, by report, how often the managers wrote it since the mark, and how often in all they were refused.
func (l *lab) writes(since cluster.Mark) (written map[string]int, refused int, err error) {
	requests, err := l.control.Writes(since, "")
	if err != nil {
		return nil, 0, err
	}
	written = map[string]int{}
	for _, r := range requests {
		ours := r.User == cluster.ServiceAccountUser(cluster.SystemNamespace, cluster.ManagerAccount)
		switch {
		case !ours || r.Resource != "podsecurityreports" || r.DryRun:
		case r.Code >= 300:
			refused++
		default: // One whose answer is not known may have been carried out.
			written[r.Namespace+"/"+r.Name]++
		}
	}
	return written, refused, nil
}
