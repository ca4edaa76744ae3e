#!/usr/bin/env bash
# reproducible.sh: builds the binaries twice, in directories and with caches that have nothing in common, and compares them. The
# first build may use the cache of Go, the second compiles everything; it takes some minutes.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

build() {
  local copy=$work/$1
  mkdir -p "$copy"
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf -) | tar -xf - -C "$copy"
  make --no-print-directory -C "$copy" build VERSION="${VERSION:-dev}"
  (cd "$copy/bin" && sha256sum manager kubectl-daysix)
}

first=$(build a)
second=$(GOCACHE=$work/cache build a-directory/with/a/longer/name)
echo "$first"
[ "$first" = "$second" ] || { echo "reproducible: the second build differs:"; echo "$second"; exit 1; }
echo "reproducible: two builds, the same bytes"
