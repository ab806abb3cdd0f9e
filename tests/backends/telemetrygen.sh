#!/usr/bin/env bash
# Why this file exists: telemetrygen is the load generator that Collector users know, and its traffic (many small
# traces, one resource) differs from what the SDK clients in tests/clients send.
#
# Usage:   tests/backends/telemetrygen.sh prints the absolute path of the binary as its only line on stdout
# Needs:   Go 1.26, flock, a Go module proxy
# Takes:   20 seconds on two quiet cores, 90 beside other builds; nothing once it is there
# Cache:   ${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate}/telemetrygen-<version>/
# Run it:  telemetrygen traces --otlp-insecure --otlp-endpoint 127.0.0.1:PORT --traces N
set -euo pipefail
# shellcheck source=tests/backends/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

VERSION=v0.161.0 # not the Collector's 0.159.0: this module was never published with that tag

build() {
    CGO_ENABLED=0 GOBIN=$1 go install -trimpath -ldflags '-s -w' \
        "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@$VERSION"
    "$1/telemetrygen" --help >/dev/null
}

need go 'install Go 1.26 or newer'
need_version go "$(go env GOVERSION | sed 's/^go//')" 1.26
cached "telemetrygen-${VERSION#v}" build
echo "$CACHED/telemetrygen"
