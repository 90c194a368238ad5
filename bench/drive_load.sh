#!/usr/bin/env bash
# What `thaw drive` costs over many functions, on a real API server, scheduler and controllers.
# Usage: drive_load.sh CONTROLPLANE THAW [FUNCTIONS [PODS [SECONDS]]]; as root, for the control
# plane has a network of its own. CONTROLPLANE is what tests/controlplane/build.sh prints.
# Defaults: 1,000 functions, 5,000 pods, 180 s; functions are a multiple of 5. Prints Markdown.
#
# Four functions of five keep their pods; one of five is at zero and woken now and then, up to one
# pod, and goes back after 30 s. While it is measured, each second a pod is deleted (and replaced)
# and a sleeper is woken, each 20 s an annotation changes, and /metrics and /readyz are asked each
# 5 s. All pods are Ready first: making them takes the control plane a minute or more, and no driver runs.
# DRIVE_LOAD_POLICY, as after --policy, decides instead of SlimFaas's annotations; FUNCTION in it is
# the function's name.
# DRIVE_LOAD_SETUP names a folder in which such a plane is already up, and stays.
set -euo pipefail
plane=$1 thaw=$2 functions=${3:-1000} pods=${4:-5000} seconds=${5:-180}
source "$(dirname "${BASH_SOURCE[0]}")/drive_load/cluster.sh"
source "$(dirname "${BASH_SOURCE[0]}")/drive_load/driver.sh"

scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null; rm -rf "$scratch"' EXIT

if [[ -n ${DRIVE_LOAD_SETUP:-} ]]; then
  ready=$(cat "$DRIVE_LOAD_SETUP/ready")
else
  start_plane "$scratch"
fi
join_plane "$ready"
make_cluster
wait_for_pods

start_driver
lead_ms=$(wait_to_lead) lead_ticks=$(cpu_ticks)
sleep 10 # the first decisions
begin=$(cpu_ticks) from=$EPOCHREALTIME asked=$(metric thaw_api_requests_total) stepped=$(metric thaw_decisions_total) told=$(events)
churn & churning=$!
answer_ms=$(ask_each_5_s "$seconds")
kill "$churning"
end=$(cpu_ticks) to=$EPOCHREALTIME

span=$(awk -v a="$from" -v b="$to" 'BEGIN {print b - a}')
per_s() { awk -v n="$1" -v s="$span" 'BEGIN {printf "%.1f\n", n / s}'; }
echo "| $functions functions, $(metric thaw_watched_pods) pods, $span s | measured | wanted |"
echo '|---|--:|--:|'
hz=$(getconf CLK_TCK)
awk -v t=$((end - begin)) -v hz="$hz" -v s="$span" \
  'BEGIN {printf "| share of a core | %.2f %% | < 10 %% |\n", 100 * t / hz / s}'
echo "| memory, peak (VmHWM) | $(memory_mb VmHWM) MB | < 150 MB |"
echo "| memory, at the end (VmRSS) | $(memory_mb VmRSS) MB | < 150 MB |"
awk -v wall="$lead_ms" -v t="$lead_ticks" -v hz="$hz" \
  'BEGIN {printf "| from its start to its first decisions | %d ms, %d ms of CPU | |\n", wall, 1000 * t / hz}'
echo "| /metrics, slowest answer | $answer_ms ms | |"
echo "| changes told by watches, a second | $(per_s $(($(events) - told))) | |"
echo "| policies asked, a second | $(per_s $(($(metric thaw_decisions_total) - stepped))) | |"
echo "| API requests, a second | $(per_s $(($(metric thaw_api_requests_total) - asked))) | |"
echo "| writes of replicas that were made | $(metric 'thaw_scale_writes_total{outcome="done"}') | |"
echo "| ConfigMap of its state, bytes | $(state_bytes) | < 1048576 |"
kill -TERM "$driver"
wait "$driver"
