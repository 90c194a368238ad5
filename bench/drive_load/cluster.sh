# shellcheck shell=bash
# The cluster of drive_load.sh; to be sourced.

# start_plane FOLDER: sets `ready`, the line that says where it is.
start_plane() {
  "$plane" up -namespace -dir "$1/plane" -start 1ms >"$1/ready" &
  for ((i = 0; i < 600; ++i)); do
    if grep -q '^READY' "$1/ready"; then break; fi
    sleep 0.2
  done
  ready=$(cat "$1/ready")
}

# join_plane LINE: `inside` runs a command in its network; $api is its API without credentials.
join_plane() {
  local word
  for word in $1; do
    case $word in
      kubeconfig=*) kubeconfig=${word#*=} ;;
      netns=*) network=${word#*=} ;;
    esac
  done
  inside() { nsenter --net="$network" "$@"; }
  kubectl() { inside "$plane" kubectl --kubeconfig "$kubeconfig" -n load "$@"; }
  nsenter --net="$network" "$plane" kubectl --kubeconfig "$kubeconfig" proxy --port=18001 >/dev/null 2>&1 &
  api=http://127.0.0.1:18001
  for ((i = 0; i < 100; ++i)); do
    if inside curl -fsS "$api/readyz" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
}

# A node takes 500 pods, so that few have to be played.
node() {
  printf '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n%d", "labels": {"fake": "true"}, "annotations": {"fake/boot": "0s"}}, "status": {"capacity": {"cpu": "1000", "memory": "4000Gi", "pods": "500"}}}\n' "$1"
}

# One of five is a sleeper; the others share the pods evenly.
function_of() {
  local awake=$((functions * 4 / 5)) rank=$(($1 - $1 / 5 - 1)) now least=0 timeout=30
  if (($1 % 5 == 0)); then
    now=0
  else
    now=$((pods * (rank + 1) / awake - pods * rank / awake)) least=$now timeout=300
  fi
  cat <<YAML
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: function-$1, namespace: load, labels: {app.kubernetes.io/name: function-$1, app.kubernetes.io/part-of: load}}
spec:
  replicas: $now
  selector: {matchLabels: {app: function-$1}}
  template:
    metadata:
      labels: {app: function-$1, app.kubernetes.io/name: function-$1, app.kubernetes.io/part-of: load}
      annotations: {SlimFaas/Function: "true", SlimFaas/ReplicasMin: "$least", SlimFaas/ReplicasAtStart: "1", SlimFaas/TimeoutSecondBeforeSetReplicasMin: "$timeout"}
    spec:
      containers:
      - name: function
        image: registry.example/function-$1:1.0
        env: [{name: MODE, value: production}, {name: LOG_LEVEL, value: info}, {name: BACKEND, value: "http://backend.load:8080"}]
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
        readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 5}
YAML
}

make_cluster() {
  if kubectl get deployment function-1 >/dev/null 2>&1; then return; fi
  inside "$plane" kubectl --kubeconfig "$kubeconfig" create namespace load >/dev/null
  local n
  for ((n = 0; n <= pods / 500 + 1; ++n)); do node "$n"; done | kubectl create -f - >/dev/null
  for ((n = 0; n < functions; ++n)); do function_of "$n"; done | kubectl create -f - >/dev/null
}

wait_for_pods() {
  local there=0
  for ((i = 0; i < 1800; ++i)); do
    there=$(inside curl -fsS "$api/apis/apps/v1/namespaces/load/deployments" |
      grep -o '"readyReplicas": *[0-9]*' | awk -F: '{n += $2} END {print n + 0}')
    if ((there >= pods)); then return; fi
    sleep 2
  done
  echo "only $there of $pods pods are Ready" >&2
  return 1
}

# Changes, until it is ended.
churn() {
  local second pod names
  mapfile -t names < <(inside curl -fsS "$api/api/v1/namespaces/load/pods?limit=400" | grep -o '"name": *"function-[0-9]*-[0-9a-z]*-[0-9a-z]*"' |
    sed 's/.*"\(function.*\)"/\1/' | sort -u)
  for ((second = 0; ; ++second)); do
    pod=${names[second % ${#names[@]}]}
    inside curl -sS -o /dev/null -X DELETE "$api/api/v1/namespaces/load/pods/$pod"
    inside curl -sS -o /dev/null -X POST "http://127.0.0.1:$port/wake-function/function-$((second * 5 % functions))" &
    if ((second % 20 == 0)); then
      inside curl -sS -o /dev/null -X PATCH -H 'Content-Type: application/merge-patch+json' \
        -d "{\"metadata\": {\"annotations\": {\"changed\": \"$EPOCHSECONDS\"}}}" \
        "$api/apis/apps/v1/namespaces/load/deployments/function-$((second % functions))"
    fi
    sleep 1
  done
}

state_bytes() { inside curl -fsS "$api/api/v1/namespaces/load/configmaps/thaw-state" | wc -c; }
