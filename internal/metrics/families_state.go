package metrics

import (
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/exception"
	"github.com/daysix/daysix/internal/finding"
	"github.com/daysix/daysix/internal/snapshot"
)

// The families that are collected when they are scraped.
const (
	Workloads                  = "daysix_workloads"
	UnacceptedWorkloads        = "daysix_unaccepted_workloads"
	WorkloadsByReach           = "daysix_workloads_by_reach"
	WorkloadsByAnswer          = "daysix_workloads_by_answer"
	WorkloadScore              = "daysix_workload_score"
	WorkloadUnacceptedSeverity = "daysix_workload_unaccepted_severity"
	RootLikeWorkloads          = "daysix_root_like_workloads"
	ClusterAdminWorkloads      = "daysix_cluster_admin_workloads"
	Findings                   = "daysix_findings"
	Reports                    = "daysix_reports"
	Exceptions                 = "daysix_exceptions"
	ExceptionNextExpiry        = "daysix_exception_next_expiry_timestamp_seconds"

	OwnerWorkloads = "daysix_owner_workloads"
	OwnersDropped  = "daysix_owners_dropped"
	PolicyFaults   = "daysix_policy_faults"

	RestartPods             = "daysix_restart_pods"
	RestartRefusedPods      = "daysix_restart_refused_pods"
	RestartDeniedSince      = "daysix_restart_denied_since_timestamp_seconds"
	RestartNewerPolicy      = "daysix_restart_newer_policy_timestamp_seconds"
	RestartUnknownWorkloads = "daysix_restart_unknown_workloads"

	SourceState      = "daysix_source_state"
	PodsWaiting      = "daysix_pods_waiting"
	PendingWorkloads = "daysix_pending_workloads"
	PendingOldest    = "daysix_pending_oldest_seconds"
	FirstPass        = "daysix_first_pass_timestamp_seconds"
	CaughtUp         = "daysix_caught_up_timestamp_seconds"
	Leading          = "daysix_leader"
	SeriesDropped    = "daysix_series_dropped"
)

// The caps that no configuration moves.
const (
	maxFindings = 300
	maxRefusals = 300
	maxReasons  = 20
)

// other is the label of what lies beyond a cap, taken together.
const other = "other"

// completenesses are the values of the label completeness.
const (
	complete   = "complete"
	incomplete = "incomplete"
)

func workloadFamilies() []Family {
	return []Family{
		{
			Workloads, "Workloads by severity of their blast radius.", Gauge,
			[]string{"namespace", "severity"},
			Leader, perNamespace(len(finding.Severities())), true,
		},
		{
			UnacceptedWorkloads, "Workloads by severity of what no exception accepts.", Gauge,
			[]string{"severity"},
			Leader, fixed(len(finding.Severities())), false,
		},
		{
			WorkloadsByReach, "Workloads by how far a compromise of them goes.", Gauge,
			[]string{"reach"},
			Leader, fixed(len(reaches())), false,
		},
		{
			WorkloadsByAnswer, "Workloads by their answer to each of the seven questions.", Gauge,
			[]string{"question", "answer"},
			Leader, fixed(len(finding.Questions()) * len(verdicts())), false,
		},
		{
			WorkloadScore, "Blast radius of a workload, 0 to 100; only the highest are exported.", Gauge,
			[]string{"namespace", "kind", "workload"},
			Leader, perWorkload, true,
		},
		{
			WorkloadUnacceptedSeverity,
			"Severity of what no exception accepts in a workload, 0 (Minimal) to 4 (Critical); only for the highest scores.",
			Gauge,
			[]string{"namespace", "kind", "workload"},
			Leader, perWorkload, true,
		},
		{
			RootLikeWorkloads, "Workloads outside of the system namespaces whose pods are as good as root on their node.", Gauge,
			[]string{"namespace"},
			Leader, perNamespace(1), true,
		},
		{
			ClusterAdminWorkloads, "Workloads from which cluster-admin is reached.", Gauge,
			[]string{"namespace"},
			Leader, perNamespace(1), true,
		},
		{
			Findings, "Findings by check.", Gauge,
			[]string{"check", "severity"},
			Leader, fixed(maxFindings + 1), true,
		},
		{
			Reports, "Reports by whether every source was there to make them.", Gauge,
			[]string{"completeness"},
			Leader, fixed(2), false,
		},
	}
}

func exceptionFamilies() []Family {
	return []Family{
		{
			Exceptions, "AuditExceptions by state. Of an inert one, all or a part has no effect.", Gauge,
			[]string{"state"},
			Leader, fixed(len(exception.States())), false,
		},
		{
			ExceptionNextExpiry, "When the next of the exceptions in force ends; not there where none does.", Gauge,
			nil, Leader, fixed(1), false,
		},
	}
}

func policyFamilies() []Family {
	return []Family{{
		PolicyFaults, "Policies, bindings and configurations of webhooks that decide about pods and cannot be evaluated as a whole: an " +
			"expression does not compile, or a value is not known.", Gauge,
		[]string{"kind"},
		EveryReplica, fixed(len(faultyKinds)), false,
	}}
}

func ownerFamilies() []Family {
	return []Family{
		{
			OwnerWorkloads, "Workloads by owner and severity of their blast radius, where the configuration names the label of the owner.",
			Gauge,
			[]string{"owner", "severity"},
			Leader, fixed((maxOwners + 1) * len(finding.Severities())), true,
		},
		{
			OwnersDropped, "Owners without series of their own because of a cap: their workloads count as other.", Gauge,
			nil,
			Leader, fixed(1), false,
		},
	}
}

func restartFamilies() []Family {
	return []Family{
		{
			RestartPods, "Running pods by what would become of them if they had to start again.", Gauge,
			[]string{"namespace", "verdict"},
			Leader, perNamespace(len(restartVerdicts())), true,
		},
		{
			RestartRefusedPods,
			"Running pods that a policy would refuse if they had to start again; a pod counts for each policy that refuses it.", Gauge,
			[]string{"namespace", "kind", "policy"},
			Leader, fixed(maxRefusals + 1), true,
		},
		{
			RestartDeniedSince,
			"When the oldest of the changes was made because of which pods would be refused, where the cluster records it.", Gauge,
			[]string{"namespace"},
			Leader, perNamespace(1), true,
		},
		{
			RestartNewerPolicy,
			"When the oldest of those changes was made that are newer than the running pods that they would refuse.", Gauge,
			[]string{"namespace"},
			Leader, perNamespace(1), true,
		},
		{
			RestartUnknownWorkloads, "Workloads of which it is not known whether their pods would be admitted.", Gauge,
			[]string{"reason"},
			Leader, fixed(maxReasons + 1), true,
		},
	}
}

func stateFamilies() []Family {
	gauge := func(name, help string) Family { return Family{name, help, Gauge, nil, EveryReplica, fixed(1), false} }
	return []Family{
		{
			SourceState, "State of each source of the audit: 1 for the state that it is in.", Gauge,
			[]string{"source", "state"},
			EveryReplica, fixed((len(snapshot.Sources()) + 2) * len(snapshot.States())), false,
		},
		gauge(PodsWaiting, "Pods whose owner has not been seen yet."),
		gauge(PendingWorkloads, "Workloads that wait to be assessed or published."),
		gauge(PendingOldest, "How long the oldest pending workload has waited."),
		gauge(FirstPass, "When every workload that was there at the start had been assessed; 0 until then."),
		gauge(CaughtUp, "When nothing was left to assess or publish last; 0 until then."),
		gauge(Leading, "1 on the replica that publishes, else 0."),
		{
			SeriesDropped, "Series left out because of a cap.", Gauge,
			[]string{"metric"},
			Leader, func(Limits) int { return len(capped()) }, false,
		},
	}
}

// capped are the families that a cap bounds.
func capped() []string {
	var names []string
	for _, f := range append(workloadFamilies(), restartFamilies()...) {
		if f.Capped {
			names = append(names, f.Name)
		}
	}
	return names
}

func reaches() []finding.Reach {
	return []finding.Reach{
		finding.ReachCluster, finding.ReachMultiNode, finding.ReachNode, finding.ReachNamespace, finding.ReachPod,
	}
}

func verdicts() []finding.Verdict {
	return []finding.Verdict{finding.Conditional, finding.No, finding.Unknown, finding.Yes}
}

func restartVerdicts() []restart.Verdict {
	return []restart.Verdict{restart.Admitted, restart.Denied, restart.NotRecreated, restart.Unknown}
}
