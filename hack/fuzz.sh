#!/usr/bin/env bash
# fuzz.sh: runs every fuzzer of the repository for FUZZTIME (default 20s), one after the other, on FUZZPROCS (default 2) cores.
# What it finds is kept under testdata/fuzz of the package, where every go test runs it from then on.
# FUZZ names those to run, by a regular expression over "directory name".
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=()
while read -r directory fuzzer; do
  echo "fuzz: $directory $fuzzer"
  go test "$directory" -run '^$' -fuzz "^$fuzzer\$" -fuzztime "${FUZZTIME:-20s}" -parallel "${FUZZPROCS:-2}" || failed+=("$directory $fuzzer")
done < <(grep -rE --include='*_test.go' '^func Fuzz' . | sed -E 's|^(.*)/[^/]+:func (Fuzz[A-Za-z0-9]+)\(.*|\1 \2|' | sort | grep -E "${FUZZ:-.}")

if [ ${#failed[@]} -gt 0 ]; then
  printf 'fuzz: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
