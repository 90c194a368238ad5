#!/usr/bin/env bash
# Whole runs in turn with the bare loop, and whether memory stays the same as runs grow.
#
# Usage: whole_runs.sh speed|memory FOLDER, the folder of a build with THAW_BENCH=ON. Prints Markdown.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/measure.sh"
what=$1 thaw=$2/thaw bare=$2/bare_loop
scratch=$(mktemp -d)
rounds=5

# run_thaw SCENARIO OPTIONS…: a line "requests cpu_s peak_MB".
run_thaw() {
  local cpu
  cpu=$(cpu_of "$thaw" run "$@" --out "$scratch")
  local requests peak
  requests=$(awk '/"total": [0-9]+,$/ {sub(",", "", $2); n += $2} END {printf "%d", n}' "$scratch/summary.json")
  peak=$(number_of peak_rss_bytes "$scratch/performance.json")
  awk -v n="$requests" -v s="$cpu" -v b="$peak" 'BEGIN {printf "%d %.3f %.1f\n", n, s, b / 1e6}'
}

run_bare() {
  local cpu
  cpu=$(cpu_of "$bare" "$@")
  awk -v n="$(number_of requests "$measured")" -v s="$cpu" -v b="$(number_of peak_rss_bytes "$measured")" \
    'BEGIN {printf "%d %.3f %.1f\n", n, s, b / 1e6}'
}

# Millions of requests per CPU second, for a file of lines as above.
rate() { awk '{print $1 / $2 / 1e6}' "$1" | median; }
column() { awk -v c="$2" '{print $c}' "$1" | median; }

# compare NAME WORDS SCENARIO, then the bare loop's arguments.
compare() {
  local name=$1 words=$2 scenario=$3 round
  shift 3
  rm -f "$scratch/thaw" "$scratch/bare"
  for ((round = 0; round < rounds; ++round)); do
    run_thaw "$here/scenarios/$scenario.yaml" >>"$scratch/thaw"
    run_bare "$@" >>"$scratch/bare"
  done
  awk -v name="$name" -v words="$words" -v n="$(column "$scratch/thaw" 1)" \
    -v thaw="$(rate "$scratch/thaw")" -v bare="$(rate "$scratch/bare")" \
    -v peak="$(column "$scratch/thaw" 3)" -v bare_peak="$(column "$scratch/bare" 3)" \
    'BEGIN {printf "| %s | %s | %.2f M | %.2f M/s | %.2f M/s | %.2f | %.1f MB | %.1f MB |\n",
            name, words, n / 1e6, thaw, bare, thaw / bare, peak, bare_peak}'
}

speed() {
  echo '| run | what | requests | thaw | bare loop | ratio | thaw, peak memory | bare loop |'
  echo '|---|---|--:|--:|--:|--:|--:|--:|'
  compare W1 '0.9/s for 10⁷ s' w1 0.9 1 1e7 1000 1.991 2.244 600
  compare W2 '100/s for 10⁴ s' w2-100 100 1 1e4 100000 1.991 2.244 600
  compare W2 '1000/s for 3000 s' w2-1000 1000 1 3000 100000 1.991 2.244 600
  compare W3 '1,000 functions × 0.1/s for a day, at most 10,000 instances' w3 100 1000 86400 10000 1.991 2.244 600
}

memory() {
  local words n cpu peak
  echo '| W1 for | requests | CPU time | peak memory |'
  echo '|---|--:|--:|--:|'
  for words in 1.1·10⁶:1100000 1.1·10⁷:11000000 1.1·10⁸:110000000; do
    read -r n cpu peak < <(run_thaw "$here/scenarios/w1.yaml" --set "workload.load.until=${words#*:}s")
    awk -v t="${words%:*}" -v n="$n" -v s="$cpu" -v p="$peak" \
      'BEGIN {printf "| %s s | %.1f M | %.1f s | %.1f MB |\n", t, n / 1e6, s, p}'
  done
}

"$what"
