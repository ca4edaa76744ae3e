package drain

import (
	appsv1 "k8s.io/api/apps/v1"

	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/snapshot"
)

func newRow(view *snapshot.View) Row {
	w := &view.Workload
	return Row{
		Namespace: w.Key.Namespace, Workload: Workload{APIVersion: w.APIVersion, Kind: w.Key.Kind, Name: w.Key.Name},
		Running: view.Running,
	}
}

// row is what becomes of the pods of a group.
func (g *group) row(view *snapshot.View) Row {
	verdict, row := &g.verdict, newRow(view)
	row.Verdict, row.Reason, row.Message = verdict.Verdict, verdict.Reason, verdict.Message
	row.Refusals, row.NotAsked = verdict.Refusals, verdict.NotAsked
	switch {
	case g.replacements[0].Static:
		row.Fate = Static
	case view.Workload.Gone:
		row.Fate, row.Reason = Lost, ReasonOwnerGone
		row.Message = "The " + row.Workload.Kind + " is gone: nobody creates the pod again."
	case isDaemonSet(&row):
		row.Fate = Stays
	default:
		row.Fate = fateOf(verdict.Verdict)
	}
	return row
}

func isDaemonSet(row *Row) bool {
	return row.Workload.Kind == "DaemonSet" && row.Workload.APIVersion == appsv1.SchemeGroupVersion.String()
}

func fateOf(verdict restart.Verdict) Fate {
	switch verdict {
	case restart.Admitted:
		return ComesBack
	case restart.Denied:
		return Denied
	case restart.NotRecreated:
		return Lost
	case restart.Unknown:
	}
	return Unknown
}

func (c *Counts) add(fate Fate) {
	c.Total++
	switch fate {
	case Denied:
		c.Denied++
	case Lost:
		c.Lost++
	case Unknown:
		c.Unknown++
	case ComesBack:
		c.ComesBack++
	case Terminating:
		c.Terminating++
	case Stays:
		c.Stays++
	case Static:
		c.Static++
	}
}
