#!/usr/bin/env bash
# build.sh: builds the tools of this module into bin/tools of the repository: cyclonedx-gomod, govulncheck, indexdb, licenses.
set -euo pipefail

module=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$(realpath -m "$module/../../bin/tools")

mkdir -p "$tools"
# GOWORK=off: a developer's workspace must not change what the tools are made of.
CGO_ENABLED=0 GOWORK=off go -C "$module" build -trimpath -ldflags "-s -w" -o "$tools/" tool ./licenses
