#!/usr/bin/env bash
# Checks that what is generated, and what tools keep in order, is current. It works on a copy of the tree: nothing that it
# runs can change a file of yours. Every phase runs, so that one run names everything that is wrong.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/bin/tools
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
failed=()

phase() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "verify: $name: ok"
  else
    echo "verify: $name: FAILED"
    sed 's/^/  /' <<<"$output"
    failed+=("$name")
  fi
}

copy_tree() {
  # Tracked and new files, as they are in the working tree; a file that was deleted there is left out.
  (cd "$root" && git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf -) | tar -xf - -C "$copy"
  # A copy of one's own keeps `git status` and version stamps working there.
  git -C "$copy" init -q && git -C "$copy" add -A && mkdir -p "$copy/bin" && ln -s "$tools" "$copy/bin/tools"
}

generated() {
  make --no-print-directory -C "$copy" generate manifests chart || return 1
  # Untracked files are files that a generator writes and nobody committed.
  local changed
  changed=$(git -C "$copy" status --porcelain --untracked-files=all | grep -v '^A  ' || true)
  [ -z "$changed" ] || { echo "run make generate manifests chart"; echo "$changed"; git -C "$copy" diff | head -n 60; return 1; }
}

sources_only() {
  # Of what is tracked, only pictures are binary: a program that was built in place is not.
  local binaries
  binaries=$(git -C "$copy" diff --cached --numstat --no-renames "$(git -C "$copy" hash-object -t tree /dev/null)" |
    awk -F '\t' '$1 == "-" && $3 !~ /\.png$/ { print $3 }')
  [ -z "$binaries" ] || { echo "not sources:"; echo "$binaries"; return 1; }
}

installable() {
  [ -f "$copy/config/default/kustomization.yaml" ] || { echo "config/default does not exist"; return 1; }
  TOOLS=$tools OUTPUT=$copy/bin/install.yaml "$copy/hack/deploy-manifests.sh"
}

components() {
  local component status=0
  for component in "$copy"/config/components/*/; do
    component=$(basename "$component")
    # What config/default takes has been rendered with it.
    grep -qx "  - ../components/$component" "$copy/config/default/kustomization.yaml" && continue
    mkdir -p "$copy/config/with-$component"
    printf 'resources: [../default]\ncomponents: [../components/%s]\n' "$component" >"$copy/config/with-$component/kustomization.yaml"
    "$tools/kustomize" build "$copy/config/with-$component" >/dev/null || { echo "config/components/$component does not render"; status=1; }
  done
  return $status
}

tidy() {
  local status=0 module
  while IFS= read -r module; do
    # The control plane's and kwok's modules only pin versions; tidying them fetches every test dependency of Kubernetes.
    case $module in ./hack/controlplane* | ./hack/kwok) continue ;; esac
    (cd "$copy/$module" && GOWORK=off go mod tidy -diff) || { echo "run go mod tidy in $module"; status=1; }
  done < <(cd "$copy" && find . -name go.mod -not -path './bin/*' -exec dirname {} \; | sort)
  return $status
}

formatted() {
  local files
  files=$(cd "$copy" && find . -name '*.go' -not -path './bin/*' -not -name 'zz_generated.*' -not -path '*/applyconfiguration/*' -print0 |
    xargs -0 "$tools/gofumpt" -l) || { echo "$files"; return 1; }
  [ -z "$files" ] || { echo "run gofumpt -w on:"; echo "$files"; return 1; }
}

vetted() { (cd "$root" && go vet ./...); }

unchanged() {
  local now
  now=$(git -C "$root" status --porcelain)
  [ "$now" = "$before" ] || { echo "the tree has changed meanwhile:"; diff <(echo "$before") <(echo "$now"); return 1; }
  # In CI the tree is a fresh clone: whatever is new there was left behind by a test.
  [ -z "${CI:-}" ] || [ -z "$now" ] || { echo "the tree is not clean:"; echo "$now"; return 1; }
}

before=$(git -C "$root" status --porcelain)
copy_tree || { echo "verify: copying the tree failed"; exit 1; }
phase "generated files are current" generated
phase "only sources are tracked" sources_only
phase "config/default renders" installable
phase "components render with it" components
phase "go.mod files are tidy" tidy
phase "Go files are formatted" formatted
phase "go vet" vetted
phase "the tree is unchanged" unchanged

if [ ${#failed[@]} -gt 0 ]; then
  printf 'verify: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
