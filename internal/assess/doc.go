// Package assess composes: it runs the rules over the view of one workload and joins what they find, the ways of the attack
// graph and the network into a verdict.
//
// It decides nothing that a rule could decide. Assess is a function of a view and its surroundings and holds no state between
// workloads; the Engine keeps the surroundings of all of them: what the graph and the network were told, and the answers that
// were found last.
package assess
