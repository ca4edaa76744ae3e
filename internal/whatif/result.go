package whatif

import "github.com/daysix/daysix/internal/admission/restart"

// Result is the answer.
type Result struct {
	// Changes in the order in which they are made.
	Changes []Change `json:"changes"`
	// Worse and Better are the workloads with a pod on which the verdict changes, by namespace, kind and name. One that changes
	// both ways is among the worse.
	Worse     []Row  `json:"worse"`
	Better    []Row  `json:"better"`
	Unchanged Counts `json:"unchanged"`
	// Forecast counts workloads that are not worse, and about which something new is said that refuses no pod today: a warning,
	// an entry of the audit log, a refusal after the next upgrade.
	Forecast int `json:"forecast"`
	// Excluded counts the workloads in excluded namespaces.
	Excluded int `json:"excluded"`
}

// Action is what is done to an object.
type Action string

// The actions.
const (
	Apply  Action = "Apply"
	Delete Action = "Delete"
	Label  Action = "Label"
)

// Change is one object that is changed.
type Change struct {
	Action    Action `json:"action"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Labels that are set.
	Labels map[string]string `json:"labels,omitempty"`
}

// Counts are numbers of workloads by verdict.
type Counts struct {
	Admitted int `json:"admitted"`
	Denied   int `json:"denied"`
	Unknown  int `json:"unknown"`
}

// Workload names a workload.
type Workload struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Name       string `json:"name"`
}

// Row is a workload of which the verdict changes.
type Row struct {
	Namespace string   `json:"namespace"`
	Workload  Workload `json:"workload"`
	// Before and After are Admitted, Denied or Unknown: the worst verdict on a pod that changes.
	Before restart.Verdict `json:"before"`
	After  restart.Verdict `json:"after"`
	// Reason and Message of what comes with the change where it is worse, and goes with it where it is better.
	Reason  string `json:"reason"`
	Message string `json:"message"`
	// Pods that change, of those that are Running. Both are 0 where none runs: then the template is judged.
	Pods    int `json:"pods"`
	Running int `json:"running"`
	// Refusals and NotAsked are what comes or goes.
	Refusals []restart.Refusal  `json:"refusals,omitempty"`
	NotAsked []restart.NotAsked `json:"notAsked,omitempty"`
}
