// Package snapshot is the model of the cluster in memory: what runs, who owns it, and what is around it.
//
// Feeders tell it about objects; every verb returns the workloads whose assessment may change, and nothing else does.
// A View is everything that the assessment of one workload reads, taken at one revision. The package holds projections
// and shared specs, never a second copy of the cluster, and no secret: literal values of environment variables,
// commands and arguments are dropped by the transforms before anything is kept.
package snapshot
