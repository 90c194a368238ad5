#!/usr/bin/env bash
# How long the shortest things take. Usage: start_up.sh FOLDER. Prints Markdown.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/measure.sh"
thaw=$1/thaw
scratch=$(mktemp -d)
rounds=20

# row WORDS COMMAND…
row() {
  local words=$1 round
  shift
  rm -f "$scratch/wall" "$scratch/cpu"
  for ((round = 0; round < rounds; ++round)); do
    wall_ms_of "$thaw" "$@" >>"$scratch/wall"
    cpu_of "$thaw" "$@" >>"$scratch/cpu"
  done
  awk -v w="$words" -v low="$(least <"$scratch/wall")" -v mid="$(median <"$scratch/wall")" \
    -v cpu="$(median <"$scratch/cpu")" \
    'BEGIN {printf "| %s | %.1f ms | %.1f ms | %.0f ms |\n", w, low, mid, cpu * 1000}'
}

echo '| command | least | median | CPU, median |'
echo '|---|--:|--:|--:|'
row '`thaw --help`' --help
row '`thaw run bench/scenarios/w1.yaml --set workload.load.until=100s`: no flows' \
  run "$here/scenarios/w1.yaml" --set workload.load.until=100s
row '`thaw run scenarios/slimfaas-kapsule`: with flows, so with SimGrid' run "$here/../scenarios/slimfaas-kapsule"
