package main

import "fmt"

// percentile asks for a native histogram, and for a classic one where there is none.
func percentile(q float64, family string) string {
	return fmt.Sprintf(`histogram_quantile(%g, sum(rate(%s{%s}[$__rate_interval]))) or `+
		`histogram_quantile(%g, sum by (le) (rate(%s_bucket{%s}[$__rate_interval])))`, q, family, ofCluster, q, family, ofCluster)
}

func percentiles(family string) []query {
	return []query{{percentile(.5, family), "median"}, {percentile(.99, family), "99th percentile"}}
}

// ofProcess are those series of a process that are a manager's.
func ofProcess(expr string) string {
	return expr + ` and on (job, instance) daysix_leader{` + ofCluster + `}`
}

func operations() board {
	return board{
		uid: "daysix-operations", title: "Daysix / Operations",
		about:     "Daysix itself: does it keep up, does it see everything, what does it cost.",
		variables: []variable{cluster()},
		rows:      []row{freshness(), coverage(), cost()},
	}
}

func freshness() row {
	return row{"Does it keep up", []panel{
		{"Leaders", "Replicas that publish: one in each cluster.", number, 4, 6, "short", []query{{`sum(daysix_leader{` + ofCluster + `})`, ""}}},
		{"Behind", "How long the oldest pending workload has waited.", number, 4, 6, "s", []query{
			{`max(daysix_pending_oldest_seconds{` + ofCluster + `})`, ""},
		}},
		{"Caught up", "Since nothing was left to do last.", number, 4, 6, "s", []query{
			{`time() - min(daysix_caught_up_timestamp_seconds{` + ofCluster + `})`, ""},
		}},
		{"First pass", "Since every workload had been assessed.", number, 4, 6, "s", []query{
			{`time() - max(daysix_first_pass_timestamp_seconds{` + ofCluster + `} > 0)`, ""},
		}},
		{"Last assessment", "", number, 4, 6, "s", []query{{`time() - max(daysix_last_assessment_timestamp_seconds{` + ofCluster + `} > 0)`, ""}}},
		{"Last report", "", number, 4, 6, "s", []query{{`time() - max(daysix_last_report_timestamp_seconds{` + ofCluster + `} > 0)`, ""}}},
		{"From a change to its report", "", lines, 8, 8, "s", percentiles("daysix_event_to_report_seconds")},
		{"Assessment of a workload", "", lines, 8, 8, "s", percentiles("daysix_assessment_duration_seconds")},
		{"Write of a report", "", lines, 8, 8, "s", percentiles("daysix_publish_duration_seconds")},
		{"Pending", "", lines, 8, 8, "short", []query{
			{`max(daysix_pending_workloads{` + ofCluster + `})`, "workloads"},
			{`max(daysix_pods_waiting{` + ofCluster + `})`, "pods without an owner"},
		}},
		{"Writes of reports", "A second, by result.", lines, 8, 8, "short", []query{
			{`sum by (result) (rate(daysix_report_writes_total{` + ofCluster + `}[$__rate_interval]))`, "{{result}}"},
		}},
		{"Why workloads are assessed anew", "A second, by the source that changed.", lines, 8, 8, "short", []query{
			{`sum by (source) (rate(daysix_affected_workloads_total{` + ofCluster + `}[$__rate_interval])) > 0`, "{{source}}"},
		}},
	}}
}

func coverage() row {
	return row{"Does it see everything", []panel{
		{"Reports", "By whether every source was there to make them.", bars, 6, 8, "short", []query{
			{`sum by (completeness) (max by (cluster, completeness) (daysix_reports{` + ofCluster + `}))`, "{{completeness}}"},
		}},
		{"Sources", "By state.", bars, 6, 8, "short", []query{
			{`count by (state) (max by (cluster, source, state) (daysix_source_state{` + ofCluster + `}) == 1)`, "{{state}}"},
		}},
		{"Sources that are not read", "", list, 6, 8, "short", []query{
			{`max by (cluster, source, state) (daysix_source_state{` + ofCluster + `, state!="Synced"}) == 1`, ""},
		}},
		{"Why a restart is not judged", "Workloads by reason.", list, 6, 8, "short", []query{
			{`sort_desc(max by (cluster, reason) (daysix_restart_unknown_workloads{` + ofCluster + `}))`, ""},
		}},
		{"Guard of the dry-run mode", "1 while it is in force. Not there where the mode is off.", number, 6, 6, "short", []query{
			{`min(daysix_dry_run_guard_in_force{` + ofCluster + `})`, ""},
		}},
		{"Reloads of the configuration", "", bars, 6, 6, "short", []query{
			{`sum by (result) (daysix_config_reloads_total{` + ofCluster + `})`, "{{result}}"},
		}},
		{"Policies with a fault", "Objects that decide about pods and cannot be evaluated as a whole, by kind.", bars, 6, 6, "short", []query{
			{`sum by (kind) (max by (cluster, kind) (daysix_policy_faults{` + ofCluster + `}))`, "{{kind}}"},
		}},
		{"Series left out", "Because of a cap, by family.", bars, 6, 6, "short", []query{
			{`max by (metric) (daysix_series_dropped{` + ofCluster + `})`, "{{metric}}"},
		}},
	}}
}

func cost() row {
	return row{"What does it cost", []panel{
		{"Memory", "Resident, by replica.", lines, 8, 8, "bytes", []query{{ofProcess("process_resident_memory_bytes"), "{{instance}}"}}},
		{"CPU", "Cores, by replica.", lines, 8, 8, "short", []query{
			{ofProcess("rate(process_cpu_seconds_total[$__rate_interval])"), "{{instance}}"},
		}},
		{"Series", "That one scrape brings, by replica.", lines, 8, 8, "short", []query{{ofProcess("scrape_samples_scraped"), "{{instance}}"}}},
	}}
}
