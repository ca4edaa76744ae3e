#!/usr/bin/env bash
# Reads the output of `go test -bench` and prints its results as one table. Anything else, such as a failure, goes to
# standard error unchanged.
set -euo pipefail

awk '
  BEGIN { format = "%-60s %14s %14s %14s\n"; printf format, "benchmark", "time/op", "bytes/op", "allocs/op" }
  function duration(ns) { return ns >= 1e9 ? sprintf("%.2f s", ns / 1e9) : ns >= 1e6 ? sprintf("%.2f ms", ns / 1e6) : ns >= 1e3 ? sprintf("%.2f µs", ns / 1e3) : sprintf("%.1f ns", ns) }
  /^Benchmark.* ns\/op/ {
    time = bytes = allocs = "-"; more = ""
    for (i = 3; i < NF; i += 2) {
      if ($(i + 1) == "ns/op") time = duration($i)
      else if ($(i + 1) == "B/op") bytes = $i
      else if ($(i + 1) == "allocs/op") allocs = $i
      else more = more "  " $i " " $(i + 1)
    }
    name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name)
    printf "%-60s %14s %14s %14s%s\n", name, time, bytes, allocs, more
    next
  }
  /^(goos|goarch|pkg|cpu|PASS|ok |\?)/ { next }
  { print > "/dev/stderr" }
'
