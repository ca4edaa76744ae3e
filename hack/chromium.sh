#!/usr/bin/env bash
# Prints the path of a Chromium for the tests of the page: $CHROME, else one that is installed, else Debian's package, which only
# root can install (124 MB, some 12 seconds).
set -euo pipefail

say() { printf 'chromium: %s\n' "$*" >&2; }

installed() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && return
  done
  return 1
}

if [ -n "${CHROME:-}" ]; then
  [ -x "$CHROME" ] || { say "CHROME is $CHROME, which cannot be run"; exit 1; }
  echo "$CHROME"
  exit 0
fi
installed && exit 0

if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  say "no Chromium is installed. Install one (Debian: apt-get install chromium), or name it by CHROME"
  exit 1
fi
say "installing Debian's package"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >&2 </dev/null
installed || { say "the package is installed, but chromium is not on the PATH"; exit 1; }
