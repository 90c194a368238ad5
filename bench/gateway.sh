#!/usr/bin/env bash
# The gateway beside nginx as a plain proxy, and beside no proxy at all.
#
# Usage: gateway.sh latency|throughput|report FOLDER [ROUNDS [SECONDS]], the folder of a build with THAW_BENCH=ON.
# Needs Debian's nginx-light, wrk, curl and util-linux, and two cores: the proxy has the first, all else the second.
# Prints Markdown; report writes both to results/performance.md. BENCH_AS goes before each program: "chrt -r 10" on a
# machine that has other work to do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/measure.sh"
source "$here/gateway/servers.sh"
what=$1 folder=$2 rounds=${3:-5} seconds=${4:-5}
as=${BENCH_AS:-} proxy_core=0 other_core=1
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$measured" "$scratch"' EXIT

# calls WAY: a line "median_us p99_us p999_us max_us failed" of calls at 1,000 a second.
calls() {
  local port=$origin_port path=/small
  if [[ $1 != direct ]]; then port=$(port_of "$1") path=/function/f/small; fi
  $as taskset -c "$other_core" "$folder/open_loop" "$port" "$path" 1000 "$seconds" "$2"
}

column() { awk -v c="$2" '{print $c}' "$scratch/$1" | median; }

latency() {
  local round way
  for ((round = 1; round <= rounds; ++round)); do
    for way in direct thaw nginx; do calls "$way" "$round" >>"$scratch/$way.calls"; done
  done
  echo '| 1,000 calls a second | median | p99 | p99.9 | failed | more than direct: median | p99 |'
  echo '|---|--:|--:|--:|--:|--:|--:|'
  for way in direct thaw nginx; do
    awk -v way="$way" -v m="$(column "$way.calls" 1)" -v p="$(column "$way.calls" 2)" -v q="$(column "$way.calls" 3)" \
      -v f="$(awk '{n += $5} END {print n}' "$scratch/$way.calls")" -v dm="$(column direct.calls 1)" -v dp="$(column direct.calls 2)" \
      'BEGIN {printf "| %s | %.3f ms | %.3f ms | %.3f ms | %d | %.3f ms | %.3f ms |\n",
              way, m / 1e3, p / 1e3, q / 1e3, f, (m - dm) / 1e3, (p - dp) / 1e3}'
  done
}

# load WAY PATH WRK_OPTIONS…: a line "requests_a_second cpu_us_a_request".
load() {
  local way=$1 path=$2 before after count
  shift 2
  before=$(cpu_ticks "$way")
  $as taskset -c "$other_core" wrk -t1 -c64 "-d${seconds}s" "$@" "http://127.0.0.1:$(port_of "$way")/function/f/$path" >"$scratch/wrk"
  after=$(cpu_ticks "$way")
  if grep -qE 'Non-2xx|Socket errors' "$scratch/wrk"; then cat "$scratch/wrk" >&2; fi
  count=$(awk '/requests in/ {print $1}' "$scratch/wrk")
  awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$count" -v r="$(awk '/^Requests\/sec/ {print $2}' "$scratch/wrk")" \
    'BEGIN {printf "%.0f %.2f\n", r, t / hz / n * 1e6}'
}

# against NAME PATH WRK_OPTIONS…
against() {
  local name=$1 path=$2 round way
  shift 2
  rm -f "$scratch"/*.rates
  for ((round = 0; round < rounds; ++round)); do
    load thaw "$path" "$@" >>"$scratch/thaw.rates"
    load nginx "$path" "$@" >>"$scratch/nginx.rates"
  done
  awk -v name="$name" -v t="$(column thaw.rates 1)" -v n="$(column nginx.rates 1)" -v tc="$(column thaw.rates 2)" -v nc="$(column nginx.rates 2)" \
    'BEGIN {printf "| %s | %d/s | %d/s | %.2f | %.1f µs | %.1f µs | %.2f |\n", name, t, n, t / n, tc, nc, nc / tc}'
}

throughput() {
  echo '| calls of | thaw | nginx | ratio | thaw, CPU a call | nginx | ratio |'
  echo '|---|--:|--:|--:|--:|--:|--:|'
  against '2 bytes' small
  against '4 KiB' 4k
  against '64 KiB' 64k
  against '4 KiB, posted' post -s "$here/gateway/post.lua"
}

report() {
  put_section "$here/../results/performance.md" 'gateway' <<TEXT
## The gateway beside nginx

Both as plain proxies with kept connections, before the same nginx as origin; the proxy, nginx with one worker, has
one core and all else the other. In turn, $rounds rounds of $seconds s, medians${as:+; each program under \`$as\`, as the machine had other work to do}.

    bench/gateway.sh report build-bench

Calls at 1,000 a second arrive as a Poisson process whether or not earlier ones were answered, and a latency counts
from the instant at which the call was due ([bench/gateway/open_loop.cpp](../bench/gateway/open_loop.cpp)).

$(latency)

As many calls as 64 connections of wrk make; the CPU time is the proxy's own, user and system.

$(throughput)
TEXT
}

start_all
"$what"
