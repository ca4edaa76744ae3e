package assess

import (
	"slices"

	"github.com/daysix/daysix/internal/netpol"
	"github.com/daysix/daysix/internal/snapshot"
)

// ranges are the addresses of the cluster: those that the operator tells, and those of the Nodes as they were seen last.
type ranges struct {
	told netpol.Ranges
	// retold is set where told has changed since.
	retold     bool
	addressing uint64
	complete   bool // all Nodes are known
}

// UseRanges tells the addresses of the cluster that no API tells. They count from the next time that something is observed.
func (e *Engine) UseRanges(told netpol.Ranges) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ranges.told, e.ranges.retold = told, true
}

// observeRanges tells the network the addresses of the cluster where they have changed. As long as not every Node is known, the
// addresses of those that are do not stand for all.
func (e *Engine) observeRanges(affected map[snapshot.Key]struct{}) {
	r := &e.ranges
	addressing, complete := e.Snapshot.Addressing(), e.Snapshot.State(snapshot.Nodes) == snapshot.Synced
	if !r.retold && addressing == r.addressing && complete == r.complete {
		return
	}
	r.retold, r.addressing, r.complete = false, addressing, complete
	nodes, all := e.Snapshot.Addresses(), r.told
	all.NodePods = nodes.Pods
	if complete {
		all.Nodes = slices.Concat(all.Nodes, nodes.Own)
	}
	e.addAffected(e.Network.SetRanges(all), affected)
}
