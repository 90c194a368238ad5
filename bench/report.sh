#!/usr/bin/env bash
# All measurements of ./dev bench, written to results/performance.md; what bench/peers/run.sh wrote there stays.
#
# Usage: report.sh FOLDER [OPTIONS of Google Benchmark…], the folder of a build with THAW_BENCH=ON.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/measure.sh"
folder=$1
shift
file=$here/../results/performance.md

say() { printf '%s\n' "$*" >&2; }

parts() {
  "$folder/bench_core" --benchmark_format=csv --benchmark_min_time=0.2 "$@" 2>/dev/null | awk -F , '
    BEGIN {print "| part | CPU time |"; print "|---|--:|"}
    $1 ~ /^"/ {gsub(/"/, "", $1); printf "| `%s` | %.1f ns |\n", $1, $4}'
}

# The median of the repetitions of each.
decisions() {
  "$folder/bench_policies" --benchmark_format=csv --benchmark_min_time=0.1 "$@" 2>/dev/null | awk -F , '
    BEGIN {print "| policy | CPU time, median |"; print "|---|--:|"}
    $1 ~ /_median"$/ {split($1, part, "/"); printf "| `%s` | %.0f ns |\n", part[2], $4}'
}

# perf samples by the clock: virtual machines often have no counters.
profile() {
  local data=$scratch/perf.data
  if ! perf record -q -o "$data" -F 999 -e cpu-clock "$folder/thaw" run "$1" >/dev/null 2>&1; then
    echo 'Not taken: perf is not installed or may not be used here.'
    return
  fi
  echo '| function | share of the CPU time |'
  echo '|---|--:|'
  perf report -i "$data" --stdio --no-children -g none --percent-limit 3 --sort symbol 2>/dev/null |
    awk '/^ +[0-9.]+%/ {sub(/%/, "", $1); printf "| `%s` | %.0f %% |\n", $3 ($4 == "-" ? "" : " " $4), $1}'
}

scratch=$(mktemp -d)
mkdir -p "$(dirname "$file")"

say 'the machine'
put_section "$file" 'the machine' <<TEXT
# Performance

All of it was measured on one machine ($(cpu_model), $(nproc) cores, $(c++ --version | head -n 1)), which had other
work to do at the same time. So read ratios: thaw and what it is held against ran in turn, five times each, and a cell
is the median. Rates are requests per CPU second, user and system, of the whole process, from its start to its end.

\`./dev bench\` builds what it needs and writes all of this but the peers, which \`bench/peers/run.sh\` adds.
TEXT

say 'whole runs'
put_section "$file" 'whole runs' <<TEXT
## Whole runs beside a bare loop

The bare loop ([bench/bare_loop.cpp](../bench/bare_loop.cpp), \`-O2\`) is the same world in some hundred lines with
nothing around it: no scenario, no percentiles, no checks, no files, libm's logarithm. It is a floor to be held
against, not a simulator. The runs are [bench/scenarios](../bench/scenarios).

    bench/whole_runs.sh speed build-bench

$("$here/whole_runs.sh" speed "$folder")
TEXT

say 'memory'
put_section "$file" 'memory' <<TEXT
## Memory as a run grows

Arrivals are drawn one at a time and percentiles kept in a sketch of fixed size, so memory follows what is in the
system at once and not how many requests there were.

    bench/whole_runs.sh memory build-bench

$("$here/whole_runs.sh" memory "$folder")
TEXT

say 'start-up'
put_section "$file" 'start-up' <<TEXT
## Start-up

Time on the wall, twenty times each.

    bench/start_up.sh build-bench

$("$here/start_up.sh" "$folder")
TEXT

say 'profile'
put_section "$file" 'profile' <<TEXT
## Where the time of W1 goes

    perf record -e cpu-clock build-bench/thaw run bench/scenarios/w1.yaml

$(profile "$here/scenarios/w1.yaml")
TEXT

say 'parts'
put_section "$file" 'parts' <<TEXT
## The parts

    build-bench/bench_core

$(parts "$@")
TEXT
say 'decisions'
put_section "$file" 'decisions' <<TEXT
## A decision

From facts to decision, in a steady state with load, without the world around it.

    build-bench/bench_policies

$(decisions "$@")
TEXT
say "written: results/performance.md"
