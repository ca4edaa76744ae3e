#!/usr/bin/env bash
# Renders config/default into dist/install.yaml. IMG, where set, is the manager's image; the tree is not edited for it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kustomize=${TOOLS:-$root/bin/tools}/kustomize
output=${OUTPUT:-$root/dist/install.yaml}

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -R "$root/config" "$copy/config"
if [ -n "${IMG:-}" ]; then
  (cd "$copy/config/manager" && "$kustomize" edit set image "controller=$IMG")
fi
mkdir -p "$(dirname "$output")"
"$kustomize" build "$copy/config/default" >"$copy/install.yaml"
mv "$copy/install.yaml" "$output"
echo "rendered $output" >&2
