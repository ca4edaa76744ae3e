package fix

import (
	"github.com/daysix/daysix/internal/finding"
)

// Result is what is to be changed of a workload, and what comes of it.
type Result struct {
	Workload Reference `json:"workload"`
	Before   Verdict   `json:"before"`
	After    Verdict   `json:"after"`
	Changes  []Change  `json:"changes"`
	// Patches are strategic merge patches, of the workload and of bindings.
	Patches []Patch `json:"patches,omitempty"`
	// Objects are those that are made, or made anew after what is there was deleted.
	Objects []any `json:"objects,omitempty"`
	// Commands do what no patch can.
	Commands []string `json:"commands,omitempty"`
	// Notes say what has to be known before it is applied.
	Notes []string `json:"notes,omitempty"`
}

// Reference names the workload.
type Reference struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

// Verdict is the part of a report that people compare.
type Verdict struct {
	Score    int    `json:"score"`
	Severity string `json:"severity"`
	Reach    string `json:"reach"`
	Restart  string `json:"restart,omitempty"`
}

// Change is one fix.
type Change struct {
	Check finding.CheckID `json:"check"`
	// Change says what is done, and Breaks what may stop working.
	Change string `json:"change"`
	Breaks string `json:"breaks"`
}
