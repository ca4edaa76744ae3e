package finding

// Severity is how bad a finding, or a whole workload, is. It follows the tier, never a feeling.
type Severity string

// The severities, worst first.
const (
	SeverityCritical Severity = "Critical"
	SeverityHigh     Severity = "High"
	SeverityMedium   Severity = "Medium"
	SeverityLow      Severity = "Low"
	SeverityMinimal  Severity = "Minimal"
)

// Severities lists every severity, worst first.
func Severities() []Severity {
	return []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow, SeverityMinimal}
}

// Rank orders severities: Minimal is 0, Critical is 4, anything unknown is -1.
func (s Severity) Rank() int {
	switch s {
	case SeverityCritical:
		return 4
	case SeverityHigh:
		return 3
	case SeverityMedium:
		return 2
	case SeverityLow:
		return 1
	case SeverityMinimal:
		return 0
	default:
		return -1
	}
}

// Tier says how far a consequence goes: 0 is contained in the pod, 5 is cluster-admin (catalogue, section F.3).
type Tier int

// MaxTier is cluster-admin.
const MaxTier Tier = 5

// Severity is the severity of a tier.
func (t Tier) Severity() Severity {
	switch {
	case t >= 5:
		return SeverityCritical
	case t == 4:
		return SeverityHigh
	case t == 3:
		return SeverityMedium
	case t == 2:
		return SeverityLow
	default:
		return SeverityMinimal
	}
}
