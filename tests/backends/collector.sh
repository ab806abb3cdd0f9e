#!/usr/bin/env bash
# Why this file exists: Tollgate claims to run the Collector's own pipeline files and to do the same work for less,
# so both claims need a real Collector with contrib's processors. No package registry carries such a binary;
# the Collector's own builder makes it from collector-builder.yaml, which lies beside this file.
#
# Usage:   tests/backends/collector.sh    prints the absolute path of the binary as its only line on stdout
# Needs:   Go 1.26, flock, sha256sum, a Go module proxy
# Takes:   3 minutes on two quiet cores, 7 beside other builds (a binary of 38 MB); nothing once it is there
# Cache:   ${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate}/collector-<version>-<hash of the manifest>/
# Run it:  otelcol --config file.yaml
set -euo pipefail
# shellcheck source=tests/backends/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

VERSION=v0.159.0
MANIFEST=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/collector-builder.yaml

build() {
    local dir=$1
    cp "$MANIFEST" "$dir/manifest.yaml"
    cd "$dir"
    GOBIN=$dir go install "go.opentelemetry.io/collector/cmd/builder@$VERSION"
    # The builder compiles with cgo on; so it only writes the sources and go build does the rest.
    ./builder --skip-compilation --config manifest.yaml
    (cd src && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -tags grpcnotrace -o "$dir/otelcol" .)
    rm builder
    ./otelcol --version
}

need go 'install Go 1.26 or newer'
need sha256sum 'it is part of coreutils'
need_version go "$(go env GOVERSION | sed 's/^go//')" 1.26
cached "collector-${VERSION#v}-$(sha256sum <"$MANIFEST" | cut -c 1-8)" build
echo "$CACHED/otelcol"
