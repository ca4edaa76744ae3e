// Package assess composes: it runs the rules over the view of one workload and joins what they find into a verdict.
//
// It decides nothing that a rule could decide, reads nothing but the view, and holds no state between workloads.
package assess
