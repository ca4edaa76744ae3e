#!/usr/bin/env bash
# vulncheck.sh: looks for known vulnerabilities in what the binaries are built from, the standard library included, as far as
# their code is reached.
# GOVULNDB is the database, a URL; without it the one of hack/supplychain/go.mod is taken, which a Go module carries
# (golang.org/x/vulndb): as old as its version, and reachable wherever modules are.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/bin/tools

"$root/hack/supplychain/build.sh"
database=${GOVULNDB:-}
if [ -z "$database" ]; then
  read -r version directory < <(cd "$root/hack/supplychain" && GOWORK=off go list -m -f '{{.Version}} {{.Dir}}' golang.org/x/vulndb)
  index=$root/bin/vulndb/$version
  if [ ! -e "$index/index/db.json" ]; then
    # Elsewhere first: an index that is not complete would find less.
    unfinished=$(mktemp -d -p "$(mkdir -p "$root/bin/vulndb" && echo "$root/bin/vulndb")")
    trap 'rm -rf "$unfinished"' EXIT
    "$tools/indexdb" -vulns "$directory/data/osv" -out "$unfinished/index"
    mv "$unfinished/index" "$index"
  fi
  echo "vulncheck: the database of golang.org/x/vulndb $version; GOVULNDB=https://vuln.go.dev asks for that of today" >&2
  database=file://$index
fi
cd "$root"
CGO_ENABLED=0 GOOS=linux GOWORK=off exec "$tools/govulncheck" -db "$database" ./cmd/...
