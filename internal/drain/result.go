package drain

import (
	"github.com/daysix/daysix/internal/admission/restart"
	"github.com/daysix/daysix/internal/snapshot"
)

// Fate is what becomes of a pod on a node that is drained.
type Fate string

// The fates, worst first.
const (
	// Denied: it would be evicted, and the pod in its place would be refused.
	Denied Fate = "Denied"
	// Lost: it would be evicted, and nobody makes another.
	Lost Fate = "Lost"
	// Unknown: it would be evicted, and something that decides about the pod in its place is not known.
	Unknown Fate = "Unknown"
	// ComesBack: it would be evicted, and the pod in its place would be admitted.
	ComesBack Fate = "ComesBack"
	// Terminating: it is on its way out already.
	Terminating Fate = "Terminating"
	// Stays: a drain leaves the pods of DaemonSets alone.
	Stays Fate = "Stays"
	// Static: the kubelet runs it by itself, and a drain ignores it.
	Static Fate = "Static"
)

func fates() []Fate { return []Fate{Denied, Lost, Unknown, ComesBack, Terminating, Stays, Static} }

// evicted tells whether a drain ends the pod.
func (f Fate) evicted() bool { return f == Denied || f == Lost || f == Unknown || f == ComesBack }

// The reasons of fates beside those of restart.
const (
	// ReasonOwnerGone: the controller of the pod was deleted.
	ReasonOwnerGone = "OwnerGone"
	// ReasonOwnerNotFound: the pod names a controller that was not found.
	ReasonOwnerNotFound = "OwnerNotFound"
)

// Result is the answer.
type Result struct {
	// Nodes that are drained, by name.
	Nodes []string `json:"nodes"`
	Pods  Counts   `json:"pods"`
	// Workloads with pods there, those first that come off worst.
	Workloads []Row `json:"workloads"`
	// Budgets are those that block or delay an eviction, by namespace and name.
	Budgets []Budget `json:"budgets"`
	// BudgetsUnread says why the budgets could not be read; empty where they could.
	BudgetsUnread snapshot.State `json:"budgetsUnread,omitempty"`
	// KubectlFlags are those without which kubectl drain refuses.
	KubectlFlags []string `json:"kubectlFlags"`
	// Excluded counts pods on the nodes that belong to excluded namespaces. Nothing else tells of them.
	Excluded int `json:"excluded"`
}

// Counts are numbers of pods by fate.
type Counts struct {
	Total       int `json:"total"`
	Denied      int `json:"denied"`
	Lost        int `json:"lost"`
	Unknown     int `json:"unknown"`
	ComesBack   int `json:"comesBack"`
	Terminating int `json:"terminating"`
	Stays       int `json:"stays"`
	Static      int `json:"static"`
}

// Workload names a workload, or a controller that was not found.
type Workload struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// Row is the pods of one workload that share a fate and its reason.
type Row struct {
	Namespace string   `json:"namespace"`
	Workload  Workload `json:"workload"`
	Fate      Fate     `json:"fate"`
	// Verdict on the pods, should they have to be created again; empty where there was nothing to judge.
	Verdict restart.Verdict `json:"verdict,omitempty"`
	Reason  string          `json:"reason,omitempty"`
	Message string          `json:"message,omitempty"`
	Pods    []Pod           `json:"pods"`
	// Running pods of the workload, and how many of them are Left when all nodes are drained and none has come back.
	Running int `json:"running"`
	Left    int `json:"left"`
	// Refusals and NotAsked say what refuses, and what decides and was not asked.
	Refusals []restart.Refusal  `json:"refusals,omitempty"`
	NotAsked []restart.NotAsked `json:"notAsked,omitempty"`
}

// Pod is a pod on a node that is drained.
type Pod struct {
	Name string `json:"name"`
	Node string `json:"node"`
	// NoPlace says why the pod in its place may not find a node; nil where the API does not say so for certain.
	NoPlace *NoPlace `json:"noPlace,omitempty"`
}

// NoPlace is why a pod may not find a node.
type NoPlace struct {
	// Reason is one of the constants below.
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// The reasons for which a pod may not find a node.
const (
	// NodePinned: it goes to the node that is drained.
	NodePinned = "NodePinned"
	// NoOtherNode: there is none that takes it.
	NoOtherNode = "NoOtherNode"
	// NodeAffinity: none that takes it has the labels.
	NodeAffinity = "NodeAffinity"
	// VolumeAffinity: none that takes it can use its volumes.
	VolumeAffinity = "VolumeAffinity"
)

// Effect is what a budget does to a drain.
type Effect string

// The effects, worst first. A budget that lets all pods go at once has none.
const (
	// Blocks: the drain does not end until somebody changes something.
	Blocks Effect = "Blocks"
	// MayBlock: it depends on what is not known, or on which pods are evicted first.
	MayBlock Effect = "MayBlock"
	// Delays: pods are evicted as others become ready.
	Delays Effect = "Delays"
)

// Budget is a PodDisruptionBudget that stands in the way.
type Budget struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Effect    Effect `json:"effect"`
	Message   string `json:"message"`
	// Evictions that it is asked about, and how many it Allows now.
	Evictions int `json:"evictions"`
	Allows    int `json:"allows"`
	// Healthy pods of those Expected, and how many it wants at least.
	Healthy  int `json:"healthy"`
	Wanted   int `json:"wanted"`
	Expected int `json:"expected"`
	// Assumed is true where no status tells these numbers: they are counted from the pods.
	Assumed bool `json:"assumed,omitempty"`
}
