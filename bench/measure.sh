# shellcheck shell=bash
# What the benchmark scripts share; to be sourced. Times are CPU seconds, user and system, of whole
# processes: on a busy machine they move less than the time on the wall.

# Standard output of the command goes to $measured.
measured=$(mktemp)
trap 'rm -rf "$measured" "${scratch:-}"' EXIT

cpu_of() {
  local TIMEFORMAT='%3U %3S'
  { time "$@" >"$measured" 2>/dev/null; } 2>&1 | awk '{printf "%.3f\n", $1 + $2}'
}

wall_ms_of() {
  local began=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.1f\n", (b - a) * 1000}'
}

# Of the numbers on standard input, one a line.
median() { sort -n | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
least() { sort -n | head -n 1; }

# number_of KEY FILE: the first number under that key of a JSON text.
number_of() { awk -v key="\"$1\":" '{for (i = 1; i < NF; ++i) if ($i ~ key "$") {sub(/[,}]*$/, "", $(i + 1)); print $(i + 1); exit}}' "$2"; }

# put_section FILE NAME: standard input becomes that section of FILE, in its place or at the end.
put_section() {
  local file=$1 name=$2 text
  text=$(cat)
  touch "$file"
  if ! grep -qxF "<!-- $name -->" "$file"; then
    if [[ -s $file ]]; then echo >>"$file"; fi
    printf '<!-- %s -->\n<!-- end of %s -->\n' "$name" "$name" >>"$file"
  fi
  awk -v name="$name" -v text="${text//\\/\\\\}" '
    $0 == "<!-- end of " name " -->" {inside = 0}
    !inside {print}
    $0 == "<!-- " name " -->" {inside = 1; print text}' "$file" >"$file.next"
  mv "$file.next" "$file"
}

cpu_model() { awk -F ': ' '/^model name/ {print $2; exit}' /proc/cpuinfo; }
