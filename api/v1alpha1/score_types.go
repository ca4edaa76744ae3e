package v1alpha1

// ScorePart is one summand of a score.
type ScorePart struct {
	// class of consequence, or Base for the floor of the tier, or Held where a source was lost and the score is kept.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=16
	Class string `json:"class,omitempty"`
	// points of this class.
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	Points int32 `json:"points"`
	// check that accounts for the points.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Check string `json:"check,omitempty"`
}

// TopFix is the one change that lowers the score most.
type TopFix struct {
	// check that the change silences.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Check string `json:"check,omitempty"`
	// change to make.
	// +required
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	Change string `json:"change,omitempty"`
	// scoreAfter is the score of the workload with the change made, by a full assessment.
	// +required
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	ScoreAfter int32 `json:"scoreAfter"`
}
