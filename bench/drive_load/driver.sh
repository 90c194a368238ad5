# shellcheck shell=bash
# The driver of drive_load.sh, and what is read off it; to be sourced.

port=18080

start_driver() {
  cat >"$scratch/drive.yaml" <<YAML
apiVersion: thaw/v1
kind: Drive
kubeconfig: $kubeconfig
namespaces: [load]
listen: 127.0.0.1:$port
YAML
  if [[ -n ${DRIVE_LOAD_POLICY:-} ]]; then
    echo functions: >>"$scratch/drive.yaml"
    for ((i = 0; i < functions; ++i)); do
      echo "- {name: function-$i, namespace: load, policy: \"${DRIVE_LOAD_POLICY//FUNCTION/function-$i}\"}" >>"$scratch/drive.yaml"
    done
  fi
  started=$EPOCHREALTIME
  nsenter --net="$network" "$thaw" drive "$scratch/drive.yaml" --identity load 2>"$scratch/log" &
  driver=$!
}

# nsenter becomes the driver: it is the same process.
cpu_ticks() { awk '{print $14 + $15}' "/proc/$driver/stat"; }
memory_mb() { awk -v key="$1:" '$1 == key {printf "%.1f\n", $2 * 1024 / 1000000}' "/proc/$driver/status"; }
page() { inside curl -fsS --max-time 10 "http://127.0.0.1:$port/$1"; }
metric() { page metrics | awk -v name="$1" '$1 == name {print $2}'; }
events() { page metrics | awk '/^thaw_watch_events_total/ {n += $2} END {print n}'; }

# Until functions are decided, not only the Lease held. Prints milliseconds.
wait_to_lead() {
  for ((i = 0; i < 600; ++i)); do
    if grep -q '^thaw_function_spec_replicas{' <<<"$(page metrics 2>/dev/null)"; then
      awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN {printf "%.0f\n", (b - a) * 1000}'
      return
    fi
    sleep 0.1
  done
  tail -n 3 "$scratch/log" >&2
  return 1
}

# ask_each_5_s SECONDS: as a cluster does. Prints the longest that /metrics took, in milliseconds.
ask_each_5_s() {
  local until=$((SECONDS + $1)) slowest=0 took
  while ((SECONDS < until)); do
    took=$(inside curl -fsS -o /dev/null -w '%{time_total}' "http://127.0.0.1:$port/metrics")
    page readyz >/dev/null
    slowest=$(awk -v a="$slowest" -v b="$took" 'BEGIN {b *= 1000; print (a > b) ? a : b}')
    sleep 5
  done
  echo "$slowest"
}
