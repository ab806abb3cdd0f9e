# shellcheck shell=bash
# Why this file exists: every script that builds a test backend or a test client puts its result into one
# cache folder outside the clone, and must neither leave a half-built folder behind nor build twice at once.
# That is written here once. Source it; it does nothing by itself.
#
#   need TOOL 'what to install'                 exit 69 (EX_UNAVAILABLE) with a clear line when TOOL is missing
#   need_version NAME HAVE WANT                 exit 69 when HAVE is older than WANT (dotted numbers)
#   cached NAME-VERSION build_function          run build_function DIR unless the cache holds that folder; sets CACHED
#
# Nothing here writes to stdout: that belongs to the caller's one line of result.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }

need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    say "needs '$1', which is not on the PATH: $2"
    exit 69
}

need_version() {
    [[ "$(printf '%s\n%s\n' "$3" "$2" | sort -V | head -n 1)" == "$3" ]] && return 0
    say "needs $1 $3 or newer, found $2"
    exit 69
}

# The folder is built beside its final place and moved there whole, so an interrupted build leaves nothing that
# looks finished. The lock makes test programs that start together wait for one build instead of running two.
cached() {
    local root=${TOLLGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tollgate} started=$SECONDS hidden
    mkdir -p "$root"
    root=$(cd "$root" && pwd -P)
    CACHED=$root/$1
    [[ -d $CACHED ]] && return 0
    need flock 'it is part of util-linux'
    hidden=$(dirname "$CACHED")/.$(basename "$CACHED")
    exec 9>"$hidden.lock"
    flock 9
    if [[ ! -d $CACHED ]]; then
        BUILDING=$(mktemp -d "$hidden.XXXXXX")
        trap 'chmod -R u+w "$BUILDING" && rm -rf "$BUILDING"' EXIT
        say "building $1 in $root"
        "$2" "$BUILDING" >&2
        chmod 755 "$BUILDING"
        mv -T "$BUILDING" "$CACHED"
        trap - EXIT
        say "built $1 in $((SECONDS - started)) s"
    fi
    exec 9>&-
}
