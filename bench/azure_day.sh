#!/usr/bin/env bash
# A day of the Azure Functions trace on a whole cluster, written to results/performance.md.
#
# Usage: azure_day.sh BUILD COUNTS FUNCTIONS, the folder of a build and the two tables that
# bench/scenarios/azure_day.py reads. The traces that it makes take 200 MB under $TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/measure.sh"
thaw=$1/thaw counts=$2 functions=$3
file=$here/../results/performance.md
scratch=$(mktemp -d)
rounds=${ROUNDS:-3}

# run NAME OPTIONS of the script…: a row of the table, medians of the rounds.
run() {
  local name=$1 folder=$scratch/$1 round
  shift
  "$here/scenarios/azure_day.py" "$counts" "$functions" "$folder" "$@" >&2
  for ((round = 0; round < rounds; ++round)); do
    cpu_of "$thaw" run "$folder" --out "$folder/out" >>"$folder/cpu"
  done
  python3 - "$folder/out" "$(median <"$folder/cpu")" "$name" <<'TABLE'
import json
import sys

out, cpu, name = sys.argv[1:]
summary = json.load(open(out + "/summary.json"))
peak = json.load(open(out + "/performance.json"))["peak_rss_bytes"] / 1e6
functions = summary["functions"].values()
total = sum(f["requests"]["total"] for f in functions)
pods = sum(f["replicas"]["mean"] for f in functions)
nodes = summary["pools"]["default"]["nodes_mean"]
print(f"| {name} | {nodes:.0f} | {pods:.0f} | {total / 1e6:.2f} M | {float(cpu):.1f} s "
      f"| {float(cpu) / total * 1e6:.1f} µs | {peak:.0f} MB |")
TABLE
  rm -rf "$folder"
}

put_section "$file" 'azure day' <<TEXT
## A day on a whole cluster

500 functions of at least four replicas each on 200 nodes, whose calls are four hours of the Azure Functions trace of 2019
([AzurePublicDataset](https://github.com/Azure/AzurePublicDataset), in the sample of 500 functions of vHive's In-Vitro), six
times over; [bench/scenarios/azure_day.py](../bench/scenarios/azure_day.py) makes the scenario from the counts. CPU seconds, user and
system, of one process on one core, from reading the files to writing the results; median of $rounds. Memory grows with what
is written down, a line of the timeline for each decision and each step of a pod's life, not with the requests.

    bench/azure_day.sh build COUNTS FUNCTIONS

| scaled by | nodes | pods, mean | requests | CPU time | a request | peak memory |
|---|--:|--:|--:|--:|--:|--:|
$(run 'an HPA each')
$(run 'an HPA each, two days' --hours 48)
$(run "Knative's autoscaler" --serving knative)
TEXT
