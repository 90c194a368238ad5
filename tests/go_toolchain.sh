# Sourced by the build scripts of what the live tests and the peers' run: sets go and version, and GOCACHE where nobody did.
# Ends with 3 when there is no Go of at least 1.26.

say() { printf '%s\n' "$*" >&2; }

go=$(command -v go || true)
[[ -n $go || ! -x /usr/local/go/bin/go ]] || go=/usr/local/go/bin/go
version=$([[ -z $go ]] || GOTOOLCHAIN=local "$go" env GOVERSION)
if [[ ! $version =~ ^go([0-9]+)\.([0-9]+) ]] ||
  ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 1026)); then
  say "these tests need Go 1.26 or newer to build what they run against; found: ${version:-none}." \
    "Get it from https://go.dev/dl/: unpack go1.26.*.linux-amd64.tar.gz under /usr/local, and put /usr/local/go/bin on PATH."
  exit 3
fi
export GOCACHE=${GOCACHE:-$HOME/go/build-cache} GOTOOLCHAIN=local CGO_ENABLED=0
