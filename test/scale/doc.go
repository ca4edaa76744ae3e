// Command scale loads a real API server with a cluster of a size, runs the manager against it, and measures what the design
// promises in "Footprint and speed": first pass, reaction, idling, memory, storage, series, restart and fail-over.
//
//	go run ./test/scale -size s|m|l [-soak 30m] [-page docs/performance.md]
//
// The figures go to bin/scale/<size>.json and are compared with ranges.yaml: a figure out of its range is an error. Times
// are ranges of this kind of machine, with wide margins; what is a ratio, a count or a size of data is held tightly.
//
// With -soak it keeps one manager busy instead, and fails where something of it grows; see docs/performance.md.
package main
