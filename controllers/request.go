package controllers

import (
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"github.com/daysix/daysix/internal/snapshot"
)

// Request asks for a workload to be assessed and published, or for a report to be removed that no workload would have.
type Request struct {
	Workload snapshot.Key
	// Stray is the name of a report that is not that of the workload it speaks of. Workload is empty then.
	Stray types.NamespacedName
}

// queue is where requests go.
type queue = workqueue.TypedRateLimitingInterface[Request]

// enqueue adds workloads to the queue and to the backlog. What is not urgent (the first pass, a change of configuration)
// lets live changes overtake.
func enqueue(q queue, backlog *Backlog, urgent bool, keys ...snapshot.Key) {
	if len(keys) == 0 {
		return
	}
	requests := make([]Request, len(keys))
	for i, key := range keys {
		requests[i] = Request{Workload: key}
	}
	backlog.Add(requests...)
	options := priorityqueue.AddOpts{}
	if !urgent {
		options.Priority = ptr.To(handler.LowPriority)
	}
	if pq, ok := q.(priorityqueue.PriorityQueue[Request]); ok {
		pq.AddWithOpts(options, requests...)
		return
	}
	for _, request := range requests {
		q.Add(request)
	}
}
