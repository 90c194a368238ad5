#!/usr/bin/env bash
# build.sh karpenter|knative: builds a real system that the simulated one is held against, once, and prints the folder that
# has its programs and, under manifests/, what it needs in a cluster.
#
# Each is a Go module of its own, as their dependencies differ: go.mod names the programs as tools, the file manifests says
# which of the modules' own files are applied. The folder is kept outside the clone under the hash of all that it depends
# on. THAW_CACHE and GOCACHE are those of tests/controlplane/build.sh. From nothing Karpenter costs about 250 CPU seconds,
# Knative about 270. Ends with 3 when there is no Go of at least 1.26.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/${1:?expected karpenter or knative}"
source ../../go_toolchain.sh

flags=(-trimpath -buildvcs=false -ldflags '-s -w')
hash=$({
  printf '%s\n' "$version" "${flags[@]}"
  sha256sum go.mod go.sum manifests ../build.sh
} | sha256sum | cut -c1-16)
folder=${THAW_CACHE:-$HOME/.cache/thaw}/$1-$hash

if [[ ! -d $folder ]]; then
  made=$folder.$$
  mkdir -p "$made/manifests" "$GOCACHE"
  say "building $1 with $version: from nothing 2 to 4 minutes"
  nice -n 10 "$go" build -p 2 "${flags[@]}" -o "$made/" tool >&2
  while read -r name module files; do
    for file in $(cd "$("$go" list -m -f '{{.Dir}}' "$module")" && compgen -G "$PWD/$files"); do
      { printf -- '---\n' && cat "$file"; } >>"$made/manifests/$name.yaml"
    done
  done < <(grep -v '^#' manifests)
  mv "$made" "$folder"
  # The newest two are kept: a branch and its base do not build in turn.
  find "${folder%/*}" -maxdepth 1 -name "$1-*" -printf '%T@ %p\n' | sort -rn | tail -n +3 | cut -d' ' -f2- | xargs -r rm -rf
fi
touch "$folder"
printf '%s\n' "$folder"
