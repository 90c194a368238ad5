# shellcheck shell=bash
# What gateway.sh measures and what stands behind it; to be sourced. Everything is on 127.0.0.1.
#
# The origin is nginx, the same for both proxies: a fixed small answer, files of 4 and 64 KiB, and a fixed answer to
# a POST. $as goes before each program.

origin_port=18281 nginx_port=18282 thaw_port=18283

# nginx_conf FOLDER: standard input is what stands in http {}.
nginx_conf() {
  mkdir -p "$1"
  cat >"$1/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $1/pid;
error_log $1/error.log;
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path $1/body;
  proxy_temp_path $1/proxy;
  fastcgi_temp_path $1/fastcgi;
  uwsgi_temp_path $1/uwsgi;
  scgi_temp_path $1/scgi;
$(cat)
}
CONF
}

start_nginx() { $as taskset -c "$2" nginx -c "$1/nginx.conf" 2>"$1/log" & }

start_origin() {
  local folder=$scratch/origin
  mkdir -p "$folder/files"
  head -c 4096 /dev/zero >"$folder/files/4k"
  head -c 65536 /dev/zero >"$folder/files/64k"
  chmod -R a+rX "$scratch"
  nginx_conf "$folder" <<CONF
  open_file_cache max=10;
  sendfile on;
  server {
    listen 127.0.0.1:$origin_port backlog=4096;
    location /small { return 200 "ok"; }
    location /post { return 200 "ok"; }
    location / { root $folder/files; }
  }
CONF
  start_nginx "$folder" "$other_core"
}

start_nginx_proxy() {
  nginx_conf "$scratch/nginx" <<CONF
  upstream origin { server 127.0.0.1:$origin_port; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:$nginx_port backlog=4096;
    location /function/f/ {
      proxy_pass http://origin/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
CONF
  start_nginx "$scratch/nginx" "$proxy_core"
}

start_thaw() {
  $as taskset -c "$proxy_core" "$folder/gateway_serve" --listen "127.0.0.1:$thaw_port" \
    --function "f=127.0.0.1:$origin_port" >"$scratch/serve.log" &
  thaw=$!
}

wait_for() {
  local try
  for ((try = 0; try < 100; ++try)); do
    if curl -fsS -o /dev/null "http://127.0.0.1:$1" 2>/dev/null; then return; fi
    sleep 0.05
  done
  echo "nothing answers at 127.0.0.1:$1" >&2
  return 1
}

# The process that does a proxy's work.
process_of() {
  if [[ $1 == thaw ]]; then echo "$thaw"; else pgrep -P "$(cat "$scratch/nginx/pid")"; fi
}

port_of() { local name=$1_port; echo "${!name}"; }
cpu_ticks() { awk '{print $14 + $15}' "/proc/$(process_of "$1")/stat"; }

start_all() {
  start_origin
  wait_for "$origin_port/small"
  start_nginx_proxy
  start_thaw
  wait_for "$nginx_port/function/f/small"
  wait_for "$thaw_port/function/f/small"
}
