// Package exception says which findings somebody has accepted: it matches exceptions with workloads, knows which of them are
// in force, and tells what became of each.
//
// It changes no finding, score or answer. The time is given to it; nothing here reads a clock.
package exception
