#!/usr/bin/env bash
# Puts Prometheus and promtool into bin/prometheus, from the package of Debian or Ubuntu. Nothing of the system is changed, no
# rights are needed: the package is downloaded and unpacked. The signature of the distribution vouches for it.
#
# PROMETHEUS_BIN, where set, names a folder with both to use instead: then nothing is downloaded.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/bin/prometheus
# Native histograms came with 2.40, keep_firing_for with 2.42.
oldest=2.42

say() { printf 'prometheus: %s\n' "$*" >&2; }

# version FOLDER: what the binaries there say that they are.
version() { "$1/prometheus" --version 2>&1 | awk 'NR == 1 { print $3 }'; }

check() {
  local found
  found=$(version "$1")
  if [ "$(printf '%s\n' "$oldest" "$found" | sort -V | head -n 1)" != "$oldest" ]; then
    say "$1 has Prometheus $found, the tests need $oldest or later"
    exit 1
  fi
  say "Prometheus $found is in $1"
}

if [ -n "${PROMETHEUS_BIN:-}" ]; then
  [ -x "$PROMETHEUS_BIN/prometheus" ] && [ -x "$PROMETHEUS_BIN/promtool" ] ||
    { say "PROMETHEUS_BIN is $PROMETHEUS_BIN, which has no prometheus and promtool"; exit 1; }
  check "$PROMETHEUS_BIN"
  exit 0
fi
if [ -x "$target/prometheus" ] && [ -x "$target/promtool" ]; then
  check "$target"
  exit 0
fi
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null ||
    { say "$tool is missing: download Prometheus from https://prometheus.io/download/ and set PROMETHEUS_BIN to its folder"; exit 1; }
done

staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
log=$staging/log
mkdir -p "$staging"/{package,state/lists/partial,cache/archives/partial}
# Lists of one's own: those of the system may be old or missing, and only root may renew them.
own=(-o "Dir::State=$staging/state" -o "Dir::State::status=/var/lib/dpkg/status" -o "Dir::Cache=$staging/cache" -o "APT::Sandbox::User=")
download() { (cd "$staging/package" && apt-get -q "$@" download prometheus) >"$log" 2>&1; }

say "downloading the package of the distribution"
if ! download -o "APT::Sandbox::User="; then
  apt-get -q "${own[@]}" update >"$log" 2>&1 && download "${own[@]}" || {
    tail -n 20 "$log" >&2
    say "apt-get cannot download the package prometheus: set PROMETHEUS_BIN to a folder with prometheus and promtool"
    exit 1
  }
fi
dpkg-deb -x "$staging"/package/prometheus_*.deb "$staging/root"
mkdir -p "$staging/bin" "$root/bin"
mv "$staging"/root/usr/bin/{prometheus,promtool} "$staging/bin/"
# The folder appears whole or not at all.
rm -rf "$target"
mv "$staging/bin" "$target"
check "$target"
