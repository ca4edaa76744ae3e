package main

import (
	"fmt"
	"strings"
)

// id names a figure, in files and in the ranges.
type id string

// The figures.
const (
	firstPass       id = "firstPassSeconds"
	bareClient      id = "bareClientSeconds"
	firstPassRatio  id = "firstPassRatio"
	reportMedian    id = "reportMedianKiB"
	storageGrowth   id = "storagePerThousandWorkloadsMiB"
	idleWrites      id = "idleWrites"
	idleCPU         id = "idleCPUPercent"
	idleRequests    id = "idleRequestsPerMinute"
	restMedian      id = "reactionAtRestMedianMilliseconds"
	restP99         id = "reactionAtRestP99Milliseconds"
	churnMedian     id = "reactionUnderChurnMedianMilliseconds"
	churnP99        id = "reactionUnderChurnP99Milliseconds"
	writesPerChange id = "writesPerChange"
	heapPerPod      id = "heapPerPodKiB"
	peakMemory      id = "peakMemoryMiB"
	peakRatio       id = "peakMemoryPerHeap"
	seriesCount     id = "series"
	scrapeTime      id = "scrapeMilliseconds"
	restartTime     id = "restartSeconds"
	restartWrites   id = "restartWrites"
	failOver        id = "failOverSeconds"
)

// description says what a figure is, what the design asks for, and how it is taken.
type description struct {
	id              id
	what, goal, how string
}

// descriptions are the figures in the order of the tables.
func descriptions() []description {
	return []description{
		{firstPass, "first pass, s", "", "start of the process to the last report"},
		{bareClient, "bare client, s", "", "the same reports by server-side apply, 16 at a time, in the same run"},
		{firstPassRatio, "first pass / bare client", "1.3", "reading the cluster included"},
		{reportMedian, "report, median KiB", "3", "JSON of spec and status"},
		{storageGrowth, "etcd per 1,000 workloads, MiB", "", "growth of the database over the first pass, free pages included"},
		{
			idleWrites, "writes while idle", "0",
			"writes of reports in 30 s in which nothing happens; leader election, which is off here, adds some 30 updates of its Lease " +
				"a minute",
		},
		{idleCPU, "CPU while idle, %", "", "of one core"},
		{idleRequests, "requests a minute while idle", "", "to the API server; watches are opened anew now and then"},
		{restMedian, "reaction at rest, median ms", "32", "creating a bare pod to its report, 100 times one after the other"},
		{restP99, "reaction at rest, p99 ms", "", "as above"},
		{churnMedian, "reaction under churn, median ms", "", "the same every 200 ms while 100 pods a second come and go"},
		{churnP99, "reaction under churn, p99 ms", "1000", "as above"},
		{writesPerChange, "reports written per change", "", "creations and deletions of those pods at rest; 1 is its own report"},
		{heapPerPod, "live heap per pod, KiB", "6", "after a collection, everything included"},
		{peakMemory, "peak memory, MiB", "", "VmHWM of the process"},
		{peakRatio, "peak memory / live heap", "1.5", ""},
		{seriesCount, "series", "5000", "of Daysix itself"},
		{scrapeTime, "scrape, ms", "200", ""},
		{restartTime, "restart, s", "", "start of the process to ready, with all reports there"},
		{restartWrites, "writes after a restart", "0", ""},
		{failOver, "fail-over, s", "", "kill -9 of the leader to the report of a pod created then; the lease lasts 15 s"},
	}
}

// figures are what a run measured.
type figures struct {
	values map[id]float64
}

func (f *figures) add(of id, value float64) {
	if f.values == nil {
		f.values = map[id]float64{}
	}
	f.values[of] = value
	say("%s: %.3g", of, value)
}

// table is the figures of one size in words.
func (f *figures) table(r ranges) string {
	var b strings.Builder
	for _, d := range descriptions() {
		fmt.Fprintf(&b, "%-34s %10s  goal %-6s range %s\n", d.what, number(f.values[d.id]), dash(d.goal), r[d.id])
	}
	return b.String()
}

// number has three digits that count.
func number(v float64) string {
	if v >= 1000 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

func dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
