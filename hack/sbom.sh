#!/usr/bin/env bash
# sbom.sh: writes the bill of materials of each binary in bin, by what is in the binary itself, to dist/<name>.cdx.json
# (CycloneDX). No serial number and no time: the same binary gives the same bytes.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

"$root/hack/supplychain/build.sh"
mkdir -p "$root/dist"
for binary in manager kubectl-daysix; do
  bom=$root/dist/$binary.cdx.json
  "$root/bin/tools/cyclonedx-gomod" bin -json -std -noserial -notimestamp -version "${VERSION:?}" -output "$bom" "$root/bin/$binary"
  # What the linker says that it put in has to be in the bill.
  while read -r module version; do
    grep -qF "\"bom-ref\": \"pkg:golang/${module,,}@$version" "$bom" || grep -qF "pkg:golang/$module@$version" "$bom" ||
      { echo "sbom: $module $version is in bin/$binary and not in $bom" >&2; exit 1; }
  done < <(go version -m "$root/bin/$binary" | awk '$1 == "dep" { print $2, $3 }')
  echo "sbom: dist/$binary.cdx.json"
done
