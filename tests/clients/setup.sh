#!/usr/bin/env bash
# Why this file exists: the end-to-end tests speak to Tollgate through the official OpenTelemetry SDKs for Python and
# JavaScript and check its JSON Schema with the YAML language server of editors. This installs all three, exactly as
# pinned in python/requirements.txt, node/package-lock.json and ../editor/package-lock.json.
#
# Usage:   tests/clients/setup.sh         prints these lines, and nothing else, on stdout:
#              PYTHON=<python that has the SDK>        run it with tests/clients/python/send.py
#              NODE_CLIENT=<send.mjs>                  run it with node
#              EDITOR_CLIENT=<check.mjs>               run it with node
# Needs:   Python 3.10 with venv, Node 20.10, npm, flock, sha256sum, and a Python and an npm package registry
# Takes:   about a minute the first time, nothing afterwards
# Cache:   ${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate}/{python,node,editor}-<hash of what is pinned>/
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tests/backends/cache.sh
source "$HERE/../backends/cache.sh"

stamp() { cat "$@" | sha256sum | cut -c 1-16; }

# Everything is pinned in requirements.txt, so nothing else may be pulled in; pip check proves that nothing lacks.
# The environment is used through its python only: the paths inside its other scripts are of the temporary folder.
build_python() {
    python3 -m venv "$1"
    "$1/bin/python" -m pip install --quiet --no-deps --requirement "$HERE/python/requirements.txt"
    "$1/bin/python" -m pip check
}

# npm ci installs what the lock file says or fails. No package needs its install script.
build_npm() {
    cp "$SOURCE/package.json" "$SOURCE/package-lock.json" "$SOURCE/.npmrc" "$1/"
    (cd "$1" && npm ci --ignore-scripts)
}

build_script() { cp "$SOURCE/$SCRIPT" "$1/"; }

# A module finds its packages in a folder above the file it stands in, so the script is copied below node_modules,
# into a folder stamped with its own hash: a changed script is a new copy, and two clones do not disturb each other.
npm_client() {
    SOURCE=$1 SCRIPT=$2
    local name
    name=$3-$(stamp "$SOURCE/package.json" "$SOURCE/package-lock.json" "$SOURCE/.npmrc")
    cached "$name" build_npm
    cached "$name/script-$(stamp "$SOURCE/$SCRIPT")" build_script
    CLIENT=$CACHED/$SCRIPT
}

need python3 'install Python 3.10 or newer, with its venv module'
need node 'install Node 20.10 or newer'
need npm 'it comes with Node'
need sha256sum 'it is part of coreutils'
PYTHON_VERSION=$(python3 -c 'import platform; print(platform.python_version())')
need_version python3 "$PYTHON_VERSION" 3.10
need_version node "$(node --version | tr -d v)" 20.10

cached "python-$PYTHON_VERSION-$(stamp "$HERE/python/requirements.txt")" build_python
PYTHON=$CACHED/bin/python
npm_client "$HERE/node" send.mjs node
NODE_CLIENT=$CLIENT
npm_client "$(cd "$HERE/../editor" && pwd -P)" check.mjs editor
EDITOR_CLIENT=$CLIENT
printf 'PYTHON=%s\nNODE_CLIENT=%s\nEDITOR_CLIENT=%s\n' "$PYTHON" "$NODE_CLIENT" "$EDITOR_CLIENT"
