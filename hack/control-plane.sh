#!/usr/bin/env bash
# Builds a real Kubernetes control plane from Go modules into bin/k8s: etcd, kube-apiserver, kube-controller-manager,
# kube-scheduler, kubectl and kwok, and nothing else. What is there and has the right version is kept.
#
# Modules rather than release archives: the checksum database vouches for every one of them.
# KUBEBUILDER_ASSETS, where set, names the binaries to use instead: then nothing is built.
# KUBERNETES=1.34 builds that version, which has its module in hack/controlplane/1.34, into bin/k8s-1.34.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=k8s${KUBERNETES:+-$KUBERNETES}
assets=$root/bin/$folder
controlplane=controlplane${KUBERNETES:+/$KUBERNETES}
binaries=(kubectl kube-apiserver kube-controller-manager kube-scheduler etcd kwok)

say() { printf 'control-plane: %s\n' "$*" >&2; }

# required_version MODULE DIR: the version that DIR/go.mod requires, the only place where it is written.
required_version() {
  awk -v module="$1" '{ sub(/^require /, "") } $1 == module && $2 ~ /^v/ { print $2; exit }' "$root/hack/$2/go.mod"
}

if [ ! -f "$root/hack/$controlplane/go.mod" ]; then
  say "KUBERNETES is $KUBERNETES, and hack/$controlplane/go.mod does not exist"
  exit 1
fi
kubernetes=$(required_version k8s.io/kubernetes "$controlplane")
etcd=$(required_version go.etcd.io/etcd/server/v3 "$controlplane")
kwok=$(required_version sigs.k8s.io/kwok kwok)
: "${kubernetes:?k8s.io/kubernetes is not in hack/$controlplane/go.mod}" "${etcd:?etcd is not in hack/$controlplane/go.mod}"
: "${kwok:?sigs.k8s.io/kwok is not in hack/kwok/go.mod}"

# current NAME: whether bin/k8s/NAME runs and says that it has the required version.
current() {
  local said
  [ -x "$assets/$1" ] || return 1
  case $1 in
    kubectl) said=$("$assets/$1" version --client 2>/dev/null) && grep -qx "Client Version: $kubernetes" <<<"$said" ;;
    etcd) said=$("$assets/$1" --version 2>/dev/null) && grep -qx "etcd Version: ${etcd#v}" <<<"$said" ;;
    kwok) said=$("$assets/$1" --version 2>/dev/null) && grep -q "version $kwok " <<<"$said" ;;
    *) said=$("$assets/$1" --version 2>/dev/null) && grep -qx "Kubernetes $kubernetes" <<<"$said" ;;
  esac
}

complete() {
  local name
  for name in "${binaries[@]}"; do current "$name" || return 1; done
  [ "$(find "$assets/" -mindepth 1 -maxdepth 1 | wc -l)" -eq "${#binaries[@]}" ]
}

# target NAME: the module folder, the package and the linker flags of a binary.
target() {
  local minor=${kubernetes#v1.} component=k8s.io/component-base/version
  case $1 in
    etcd) echo "$controlplane" go.etcd.io/etcd/server/v3 -s -w ;;
    kwok) echo kwok sigs.k8s.io/kwok/cmd/kwok -s -w -X "sigs.k8s.io/kwok/pkg/consts.Version=$kwok" ;;
    # Without these three kubectl cannot parse its own version.
    *) echo "$controlplane" "k8s.io/kubernetes/cmd/$1" -s -w -X "$component.gitVersion=$kubernetes" \
      -X "$component.gitMajor=1" -X "$component.gitMinor=${minor%%.*}" ;;
  esac
}

# progress TEXT: in place on a terminal; elsewhere a line each 15 seconds, so that a log stays readable.
progress() {
  local elapsed
  elapsed=$(printf '%dm%02ds' $((SECONDS / 60)) $((SECONDS % 60)))
  if [ -t 2 ] && [ -z "${CI:-}" ]; then
    printf '\r\033[Kcontrol-plane: %s, %s' "$1" "$elapsed" >&2
  elif [ "$1" != "$last_text" ] || [ $((SECONDS - last_time)) -ge 15 ]; then
    say "$1, $elapsed"
    last_text=$1 last_time=$SECONDS
  fi
}

build() {
  local name=$1 text=$2 module package flags
  read -r module package flags <<<"$(target "$name")"
  (cd "$root/hack/$module" && exec env CGO_ENABLED=0 GOWORK=off GOFLAGS=-mod=readonly \
    go build -trimpath -ldflags "$flags" -o "$staging/$name" "$package") >"$log" 2>&1 &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    progress "$text"
    sleep 1
  done
  if ! wait "$child"; then
    printf '\n' >&2
    tail -n 30 "$log" >&2
    say "building $name failed"
    exit 1
  fi
  child=
}

clean_up() {
  [ -z "$child" ] || kill "$child" 2>/dev/null || true
  rm -rf "$staging" "$log"
}

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  say "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS: nothing is built"
  exit 0
fi
if complete; then
  say "Kubernetes $kubernetes, etcd $etcd and kwok $kwok are in bin/$folder"
  exit 0
fi

mkdir -p "$root/bin"
# Two builds at once would take turns at the same minutes of work; the second finds what the first has built.
if command -v flock >/dev/null; then
  exec 9>"$root/bin/.control-plane.lock"
  flock -n 9 || { say "waiting for another build"; flock 9; }
  if complete; then exit 0; fi
fi

child='' last_text='' last_time=0
staging=$(mktemp -d "$root/bin/.$folder.XXXXXX")
log=$(mktemp)
trap clean_up EXIT
trap 'exit 130' INT TERM

say "building Kubernetes $kubernetes, etcd $etcd and kwok $kwok from Go modules; the first time takes about ten minutes"
for i in "${!binaries[@]}"; do
  build "${binaries[$i]}" "building ${binaries[$i]} ($((i + 1)) of ${#binaries[@]})"
done
[ ! -t 2 ] || printf '\r\033[K' >&2

# The folder appears whole or not at all.
chmod 755 "$staging"
rm -rf "$assets"
mv "$staging" "$assets"
complete || { say "bin/$folder does not hold what was built: see hack/control-plane.sh"; exit 1; }
say "bin/$folder is ready after $((SECONDS / 60))m$((SECONDS % 60))s"
