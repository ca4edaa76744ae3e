package v1alpha1

// The types of condition on a PodSecurityReport.
const (
	// ConditionAssessed is True where the workload has been assessed.
	ConditionAssessed = "Assessed"
	// ConditionRestartable is True where the policies of today would admit every running pod's replacement.
	ConditionRestartable = "Restartable"
	// ConditionComplete is False where a source that the assessment needs could not be read.
	ConditionComplete = "Complete"
)

// The reasons of the conditions.
const (
	// ReasonRunningPods says that running pods were assessed.
	ReasonRunningPods = "RunningPods"
	// ReasonTemplate says that no pod runs and the workload's template was assessed.
	ReasonTemplate = "Template"
	// ReasonNoTemplate says that no pod runs and the kind's template cannot be read.
	ReasonNoTemplate = "NoTemplate"
	// ReasonAllSourcesRead says that everything the assessment needs could be read.
	ReasonAllSourcesRead = "AllSourcesRead"
	// ReasonSourceForbidden says that Daysix lacks the right to read a kind.
	ReasonSourceForbidden = "SourceForbidden"
	// ReasonSourceMissing says that the API server does not serve a kind.
	ReasonSourceMissing = "SourceMissing"
	// ReasonSourceNotSynced says that a kind has not been read completely yet.
	ReasonSourceNotSynced = "SourceNotSynced"
	// ReasonNotEvaluated says that a question is not evaluated yet by this version.
	ReasonNotEvaluated = "NotEvaluated"
)

// The types of condition on an AuditException.
const (
	// ConditionActive is True where the exception accepts something.
	ConditionActive = "Active"
	// ConditionExpired is True from the time on at which the exception ends.
	ConditionExpired = "Expired"
	// ConditionInert is True where the exception, or a part of it that the message names, has no effect.
	ConditionInert = "Inert"
)

// The reasons of these conditions.
const (
	// ReasonAccepting says that findings are accepted.
	ReasonAccepting = "Accepting"
	// ReasonExpired says that the time of the exception is over.
	ReasonExpired = "Expired"
	// ReasonNotExpired says that the time of the exception is to come.
	ReasonNotExpired = "NotExpired"
	// ReasonNoExpiry says that the exception has no end.
	ReasonNoExpiry = "NoExpiry"
	// ReasonEffective says that every part of the exception has an effect.
	ReasonEffective = "Effective"
	// ReasonInvalidSelector says that a selector selects nothing because it is none.
	ReasonInvalidSelector = "InvalidSelector"
	// ReasonNoWorkload says that no workload is selected.
	ReasonNoWorkload = "NoWorkload"
	// ReasonUnknownCheck says that this version of Daysix has no check of that name.
	ReasonUnknownCheck = "UnknownCheck"
	// ReasonNoFinding says that a check finds nothing in the workloads that are selected.
	ReasonNoFinding = "NoFinding"
)
