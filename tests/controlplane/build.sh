#!/usr/bin/env bash
# Builds the control plane of the live tests, once, and prints the binary's path on standard output.
#
# The binary is kept outside the clone under the hash of all that it depends on: these sources, the Go version and the
# flags. THAW_CACHE chooses the folder (default ~/.cache/thaw), GOCACHE Go's own build cache (default ~/go/build-cache).
# From nothing it costs about 740 CPU seconds and 3 GB of memory; a change of the fixture's own sources about 12.
# Ends with 3 when there is no Go of at least 1.26. With --test it runs the Go tests of the stand-ins instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

source ../go_toolchain.sh

# Knative and others refuse a server whose version is not a version: what the release would say is stamped in.
kubernetes=$(sed -n 's/^\tk8s.io\/kubernetes v//p' go.mod)
stamp=k8s.io/component-base/version
IFS=. read -r major minor _ <<<"$kubernetes"
flags=(-trimpath -buildvcs=false -ldflags "-s -w -X $stamp.gitVersion=v$kubernetes -X $stamp.gitMajor=$major \
-X $stamp.gitMinor=$minor -X $stamp.gitCommit=0000000 -X $stamp.gitTreeState=clean -X $stamp.buildDate=1970-01-01T00:00:00Z")

export GOCACHE=${GOCACHE:-$HOME/go/build-cache} GOTOOLCHAIN=local CGO_ENABLED=0
if [[ ${1:-} == --test ]]; then
  exec nice -n 10 "$go" test -trimpath -buildvcs=false ./delay ./kubelet ./standin
fi

hash=$({
  printf '%s\n' "$version" "${flags[@]}"
  find . -name '*.go' ! -name '*_test.go' -print0 -o -name 'go.*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
} | sha256sum | cut -c1-16)
cache=${THAW_CACHE:-$HOME/.cache/thaw}
binary=$cache/controlplane-$hash

if [[ ! -x $binary ]]; then
  mkdir -p "$cache" "$GOCACHE"
  say "building the control plane with $version: from nothing some 7 minutes on two idle cores, with a warm" \
    "build cache half a minute"
  nice -n 10 "$go" build "${flags[@]}" -o "$binary.$$" . >&2
  mv "$binary.$$" "$binary"
  # The newest three are kept: a branch and its base do not build in turn.
  find "$cache" -maxdepth 1 -name 'controlplane-*' -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d' ' -f2- |
    xargs -r rm -f
fi
touch "$binary"
printf '%s\n' "$binary"
