package main

// Filters by the variables at the head. A regular expression that matches everything matches what has no such label, too.
const (
	ofCluster   = `cluster=~"$cluster"`
	ofNamespace = ofCluster + `, namespace=~"$namespace"`
	ofWorkload  = ofCluster + `, namespace="$namespace", kind="$kind", workload="$workload"`
)

func cluster() variable {
	return variable{"cluster", "Cluster", "label_values(daysix_leader, cluster)", true}
}

func namespaces(all bool) variable {
	return variable{"namespace", "Namespace", "label_values(daysix_workloads{" + ofCluster + "}, namespace)", all}
}

// boards lists the dashboards.
func boards() []board { return []board{overview(), namespace(), workload(), operations()} }

func overview() board {
	return board{
		uid: "daysix-overview", title: "Daysix / Overview",
		about:     "How far would a compromise go, and what would not come back: all workloads, the worst of them, and the trend.",
		variables: []variable{cluster(), namespaces(true)},
		rows: []row{
			{"Now", []panel{
				{"Workloads", "Workloads by severity of their blast radius.", bars, 6, 8, "short", []query{
					{`sum by (severity) (max by (cluster, namespace, severity) (daysix_workloads{` + ofNamespace + `}))`, "{{severity}}"},
				}},
				{"Not accepted", "Workloads by severity of what no exception accepts, of all namespaces.", bars, 6, 8, "short", []query{
					{`sum by (severity) (max by (cluster, severity) (daysix_unaccepted_workloads{` + ofCluster + `}))`, "{{severity}}"},
				}},
				{"Reach", "Workloads by how far a compromise of them goes, of all namespaces.", bars, 6, 8, "short", []query{
					{`sum by (reach) (max by (cluster, reach) (daysix_workloads_by_reach{` + ofCluster + `}))`, "{{reach}}"},
				}},
				{"Answered Yes", "Workloads for which a question is answered with Yes, of all namespaces.", bars, 6, 8, "short", []query{
					{`sum by (question) (max by (cluster, question) (daysix_workloads_by_answer{` + ofCluster + `, answer="Yes"}))`, "{{question}}"},
				}},
			}},
			{"Worst", []panel{
				{"Worst workloads", "The highest scores, 0 to 100.", list, 12, 12, "short", []query{
					{`sort_desc(topk(20, max by (cluster, namespace, kind, workload) (daysix_workload_score{` + ofNamespace + `})))`, ""},
				}},
				{"Findings", "The most frequent findings of severity Critical and High, of all namespaces.", list, 12, 12, "short", []query{
					{`sort_desc(topk(20, sum by (check, severity) (max by (cluster, check, severity) (daysix_findings{` + ofCluster +
						`, severity=~"Critical|High"}))))`, ""},
				}},
			}},
			{"Trend", []panel{
				{"Workloads by severity", "", stacked, 12, 9, "short", []query{
					{`sum by (severity) (max by (cluster, namespace, severity) (daysix_workloads{` + ofNamespace + `}))`, "{{severity}}"},
				}},
				{"What alerts watch", "", lines, 12, 9, "short", []query{
					{`sum(max by (cluster, namespace) (daysix_cluster_admin_workloads{` + ofNamespace + `}))`, "reach cluster-admin"},
					{`sum(max by (cluster, namespace) (daysix_root_like_workloads{` + ofNamespace + `}))`, "root-like outside of system namespaces"},
				}},
			}},
			daySix(ofNamespace),
			{"Exceptions", []panel{
				{"Exceptions", "AuditExceptions by state, of all namespaces.", bars, 12, 6, "short", []query{
					{`sum by (state) (max by (cluster, state) (daysix_exceptions{` + ofCluster + `}))`, "{{state}}"},
				}},
				{"Next expiry", "Until the next of the exceptions in force ends.", number, 12, 6, "s", []query{
					{`min(max by (cluster) (daysix_exception_next_expiry_timestamp_seconds{` + ofCluster + `})) - time()`, ""},
				}},
			}},
		},
	}
}

// daySix is the row about pods that have to start again.
func daySix(filter string) row {
	return row{"Day 6", []panel{
		{"Pods if they had to start again", "Running pods by what would become of them.", stacked, 12, 9, "short", []query{
			{`sum by (verdict) (max by (cluster, namespace, verdict) (daysix_restart_pods{` + filter + `}))`, "{{verdict}}"},
		}},
		{"Refused by", "Running pods that a policy would refuse; a pod counts for each.", list, 12, 9, "short", []query{
			{`sort_desc(max by (cluster, namespace, kind, policy) (daysix_restart_refused_pods{` + filter + `}))`, ""},
		}},
		{"Refused for", "Since the oldest of the changes because of which pods would be refused.", list, 12, 7, "s", []query{
			{`sort_desc(time() - max by (cluster, namespace) (daysix_restart_denied_since_timestamp_seconds{` + filter + `}))`, ""},
		}},
		{"Policy newer than pods for", "Since the oldest of those changes that are newer than the running pods.", list, 12, 7, "s", []query{
			{`sort_desc(time() - max by (cluster, namespace) (daysix_restart_newer_policy_timestamp_seconds{` + filter + `}))`, ""},
		}},
	}}
}

func namespace() board {
	return board{
		uid: "daysix-namespace", title: "Daysix / Namespace",
		about:     "One namespace: its workloads, their trend, and what would not come back.",
		variables: []variable{cluster(), namespaces(false)},
		rows: []row{
			{"Now", []panel{
				{"Workloads", "Workloads by severity of their blast radius.", bars, 8, 8, "short", []query{
					{`sum by (severity) (max by (cluster, severity) (daysix_workloads{` + ofNamespace + `}))`, "{{severity}}"},
				}},
				{"Reach cluster-admin", "", number, 4, 8, "short", []query{
					{`sum(max by (cluster) (daysix_cluster_admin_workloads{` + ofNamespace + `}))`, ""},
				}},
				{"Root-like", "Workloads whose pods are as good as root on their node; not counted in system namespaces.", number, 4, 8, "short", []query{
					{`sum(max by (cluster) (daysix_root_like_workloads{` + ofNamespace + `}))`, ""},
				}},
				{"Worst workloads", "The highest scores, 0 to 100.", list, 8, 8, "short", []query{
					{`sort_desc(max by (cluster, kind, workload) (daysix_workload_score{` + ofNamespace + `}))`, ""},
				}},
			}},
			{"Trend", []panel{
				{"Workloads by severity", "", stacked, 12, 9, "short", []query{
					{`sum by (severity) (max by (cluster, severity) (daysix_workloads{` + ofNamespace + `}))`, "{{severity}}"},
				}},
				{"Scores", "Of the ten worst.", lines, 12, 9, "short", []query{
					{`topk(10, max by (kind, workload) (daysix_workload_score{` + ofNamespace + `}))`, "{{kind}} {{workload}}"},
				}},
			}},
			daySix(ofNamespace),
		},
	}
}

func workload() board {
	return board{
		uid: "daysix-workload", title: "Daysix / Workload",
		about: "One workload among those with the highest scores. Its findings and its way to the cluster are in the report: " +
			"kubectl daysix explain.",
		variables: []variable{
			cluster(), namespaces(false),
			{"kind", "Kind", `label_values(daysix_workload_score{` + ofNamespace + `}, kind)`, false},
			{"workload", "Workload", `label_values(daysix_workload_score{` + ofNamespace + `, kind="$kind"}, workload)`, false},
		},
		rows: []row{
			{"Now", []panel{
				{"Score", "Blast radius, 0 to 100.", number, 6, 6, "short", []query{{`max(daysix_workload_score{` + ofWorkload + `})`, ""}}},
				{"Severity of what is not accepted", "0 is Minimal, 4 Critical.", number, 6, 6, "short", []query{
					{`max(daysix_workload_unaccepted_severity{` + ofWorkload + `})`, ""},
				}},
				{"Rank", "Workloads of the cluster with a higher score, and this one.", number, 6, 6, "short", []query{
					{`1 + (count(max by (cluster, namespace, kind, workload) (daysix_workload_score{` + ofCluster +
						`}) > scalar(max(daysix_workload_score{` + ofWorkload + `}))) or vector(0))`, ""},
				}},
				{"Pods of the namespace that would not come back", "", number, 6, 6, "short", []query{
					{`max by (cluster) (daysix_restart_pods{` + ofCluster + `, namespace="$namespace", verdict="Denied"})`, ""},
				}},
			}},
			{"Trend", []panel{
				{"Score", "", lines, 12, 9, "short", []query{{`max(daysix_workload_score{` + ofWorkload + `})`, "score"}}},
				{"Severity of what is not accepted", "0 is Minimal, 4 Critical.", lines, 12, 9, "short", []query{
					{`max(daysix_workload_unaccepted_severity{` + ofWorkload + `})`, "severity"},
				}},
			}},
		},
	}
}
