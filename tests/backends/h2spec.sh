#!/usr/bin/env bash
# Why this file exists: gRPC's HTTP/2 is our own, so somebody else has to say that it is HTTP/2. h2spec asks a server
# what RFC 9113 and RFC 7541 ask of it, in 145 conversations; no package registry carries its binary.
#
# Usage:   tests/backends/h2spec.sh    prints the absolute path of the binary as its only line on stdout
# Needs:   Go 1.26, flock, a Go module proxy
# Takes:   6 seconds once its modules are there; nothing once it is there
# Cache:   ${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate}/h2spec-<version>/
# Run it:  h2spec -h 127.0.0.1 -p PORT
set -euo pipefail
# shellcheck source=tests/backends/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

VERSION=v2.2.1

build() {
    local dir=$1
    GOBIN=$dir CGO_ENABLED=0 go install "github.com/summerwind/h2spec/cmd/h2spec@$VERSION+incompatible"
    "$dir/h2spec" --version
}

need go 'install Go 1.26 or newer'
need_version go "$(go env GOVERSION | sed 's/^go//')" 1.26
cached "h2spec-${VERSION#v}" build
echo "$CACHED/h2spec"
