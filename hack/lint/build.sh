#!/usr/bin/env bash
# build.sh [FILE]: builds the linter that .golangci.yml asks for to FILE (default bin/tools/golangci-lint of the repository).
# It takes some minutes the first time; Go's build cache makes every later call a matter of seconds.
# GOFLAGS=-p=1 keeps a small machine usable meanwhile.
set -euo pipefail

module=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$(realpath -m "${1:-$module/../../bin/tools/golangci-lint}")

mkdir -p "$(dirname "$output")"
# GOWORK=off: a developer's workspace must not change what the linter is made of.
CGO_ENABLED=0 GOWORK=off go -C "$module" build -trimpath -ldflags "-s -w" -o "$output" .
