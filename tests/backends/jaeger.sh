#!/usr/bin/env bash
# Why this file exists: the trace exporter is tested against a real Jaeger, which has no package on crates.io, npm
# or PyPI and cannot be had by `go install` (its go.mod has a replace line). This builds it from its Go module.
#
# Usage:   tests/backends/jaeger.sh       prints the absolute path of the binary as its only line on stdout
# Needs:   Go 1.26, flock, about 1 GB in Go's module cache and 1 GB in its build cache, a Go module proxy
# Takes:   6 minutes on two quiet cores, 16 beside other builds (a binary of 85 MB); nothing once it is there
# Cache:   ${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate}/jaeger-<version>/
# Run it:  jaeger --config file:tests/backends/jaeger.yaml, with the ports in the environment (see that file)
set -euo pipefail
# shellcheck source=tests/backends/cache.sh
source "$(dirname "${BASH_SOURCE[0]}")/cache.sh"

MODULE=github.com/jaegertracing/jaeger
VERSION=v1.76.0 # the tag of the Go module; its code is that of Jaeger 2.13.0

# An otherwise empty module that repeats upstream's replace lines and starts from upstream's own go.sum: every
# version is the one upstream was released with, and every checksum is the one upstream recorded.
build() {
    local dir=$1
    mkdir "$dir/src" && cd "$dir/src"
    go mod download "$MODULE@$VERSION"
    cp "$(go env GOMODCACHE)/$MODULE@$VERSION/go.sum" go.sum
    chmod u+w go.sum
    cat >go.mod <<'MOD'
module tollgate.test/jaeger

go 1.26.0

replace github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0
MOD
    GOFLAGS=-mod=mod go get -tool "$MODULE/cmd/jaeger@$VERSION"
    CGO_ENABLED=0 GOFLAGS=-mod=mod go build -trimpath -ldflags '-s -w' -o "$dir/jaeger" "$MODULE/cmd/jaeger"
    "$dir/jaeger" version
    echo
}

need go 'install Go 1.26 or newer'
need_version go "$(go env GOVERSION | sed 's/^go//')" 1.26
cached "jaeger-${VERSION#v}" build
echo "$CACHED/jaeger"
