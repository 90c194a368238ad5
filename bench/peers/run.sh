#!/usr/bin/env bash
# W1 at a shorter horizon in SimFaaS and in SimPy, in turn with thaw: into results/performance.md.
#
# Usage: run.sh [FOLDER], the folder of a build with THAW_BENCH=ON (default build-bench, as ./dev bench
# leaves it). The peers come from PyPI, at the versions of requirements.txt, into FOLDER/peers.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../measure.sh"
folder=${1:-$here/../../build-bench}
python=$folder/peers/bin/python
seconds=200000
rounds=5
scratch=$(mktemp -d)

if [[ ! -x $folder/thaw ]]; then
  echo "there is no $folder/thaw: run ./dev bench first" >&2
  exit 3
fi
python3 -m venv "$folder/peers"
"$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2

# one NAME COMMAND…: appends "rate requests cold_% instances" to the runner's lines.
one() {
  local name=$1 cpu requests
  shift
  cpu=$(cpu_of "$@")
  requests=$(number_of requests "$measured")
  awk -v n="$requests" -v s="$cpu" -v c="$(number_of cold_ratio "$measured")" \
    -v i="$(number_of instances_mean "$measured")" 'BEGIN {print n / s, n, c * 100, i}' >>"$scratch/$name"
}

one_thaw() {
  local cpu file=$scratch/out/summary.json
  cpu=$(cpu_of "$folder/thaw" run "$here/../scenarios/w1.yaml" --seed "$1" --out "$scratch/out" \
    --set "workload.load.until=${seconds}s")
  awk -v s="$cpu" -v n="$(number_of total "$file")" -v c="$(number_of cold_start_probability "$file")" \
    -v i="$(sed -n '/"replicas"/,$p' "$file" | number_of mean /dev/stdin)" \
    'BEGIN {print n / s, n, c * 100, i}' >>"$scratch/thaw"
}

column() { awk -v c="$2" '{print $c}' "$scratch/$1" | median; }
version() { awk -F == -v name="$1" '$1 == name {print $2}' "$here/requirements.txt"; }

row() {
  awk -v words="$2" -v rate="$(column "$1" 1)" -v thaw="$(column thaw 1)" -v cold="$(column "$1" 3)" \
    -v instances="$(column "$1" 4)" \
    'BEGIN {printf "| %s | %.3f M/s | %.0f | %.3f %% | %.2f |\n", words, rate / 1e6, thaw / rate, cold, instances}'
}

for ((round = 1; round <= rounds; ++round)); do
  echo "round $round of $rounds" >&2
  one_thaw "$round"
  one simfaas "$python" "$here/simfaas_w1.py" "$seconds" "$round"
  one simpy "$python" "$here/simpy_w1.py" "$seconds" "$round"
done

put_section "$here/../../results/performance.md" 'peers' <<TEXT
## Beside other simulators

W1 for $seconds s in each, in turn, seeds 1 to $rounds; medians. Rates are requests per CPU second of the whole process,
the start of Python included. Their versions stand in
[bench/peers/requirements.txt](../bench/peers/requirements.txt); the runners beside it are our own. SimFaaS is made for
this very question; for SimPy, a general library, the same world was written as its users would.

    bench/peers/run.sh

| simulator | requests per CPU second | thaw is faster by | cold starts | instances |
|---|--:|--:|--:|--:|
$(row thaw thaw)
$(row simfaas "SimFaaS $(version simfaas)")
$(row simpy "SimPy $(version simpy)")
TEXT
