#!/usr/bin/env bash
# The same seed gives the same bytes: whatever the build type, and with libm's code for older processors.
#
#   tests/same_bytes.sh SCENARIO BINARY…
#
# Runs SCENARIO with every binary twice, once as the machine is and once under GLIBC_TUNABLES that hide FMA
# and AVX2, and compares what each wrote with what the first one did. Ends with 0 when all are equal.
# performance.json is not compared: it alone holds times of the machine.
set -euo pipefail

if (($# < 2)); then
  printf 'usage: %s SCENARIO BINARY…\n' "$0" >&2
  exit 2
fi
scenario=$1
shift
promised=(summary.json timeline.jsonl series.csv report.html)
hidden='glibc.cpu.hwcaps=-FMA,-AVX2,-FMA4'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

runs=0 different=0 first_status=0

# compare NAME COMMAND…: one run, held against the first.
compare() {
  local name=$1 out=$work/$runs status=0 file
  shift
  "$@" run "$scenario" --out "$out" >"$work/log" 2>&1 || status=$?
  if ((status > 1)); then
    cat "$work/log" >&2
    printf '%s: ended with %d\n' "$name" "$status" >&2
    exit 1
  fi
  if ((runs == 0)); then first_status=$status; fi
  if ((status != first_status)); then
    printf '%s: ended with %d, the first run with %d\n' "$name" "$status" "$first_status" >&2
    different=1
  fi
  for file in "${promised[@]}"; do
    cmp "$work/0/$file" "$out/$file" || {
      printf '%s: %s differs\n' "$name" "$file" >&2
      different=1
    }
  done
  runs=$((runs + 1))
}

for binary in "$@"; do
  compare "$binary" "$binary"
  compare "$binary without FMA and AVX2" env "GLIBC_TUNABLES=$hidden" "$binary"
done
((different)) || printf '%s: the same bytes in %d runs\n' "$scenario" "$runs"
exit "$different"
