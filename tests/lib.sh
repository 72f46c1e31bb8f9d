# What the scripts of the tests and the quickstart share. Sourced by bash, after `set -euo pipefail`.
# The caller stands in the root of the repository.
# shellcheck shell=bash disable=SC2034  # variables that are set here are used by the callers

# Where downloaded tools, SDKs and servers are kept between runs.
tools=${MILLRACE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace}

say() { echo "== $*"; }
die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Temporary folder and processes of this script; both are gone at its end. MILLRACE_KEEP=1 keeps the
# folder.
work=
started=()
search_dirs=()
server_dirs=()  # "NAME DIR", for tests/servers/NAME
begin_work() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/millrace.XXXXXX")
    chmod 755 "$work"
    trap end_work EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
}
end_work() {
    local status=$? pid dir
    for pid in "${started[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    for dir in "${search_dirs[@]}"; do tests/servers/opensearch stop "$dir" || true; done
    for dir in "${server_dirs[@]}"; do "tests/servers/${dir%% *}" stop "${dir#* }" || true; done
    if [ -n "${MILLRACE_KEEP:-}" ]; then echo "kept: $work"; else rm -rf "$work"; fi
    return $status
}

# build_release TARGET...: configures and builds with progress; all targets without a name.
build_release() {
    local log=$work/build.log targets=()
    [ $# = 0 ] || targets=(--target "$@")
    if [ ! -e build/release/build.ninja ]; then
        say "configuring"
        cmake --preset release >"$log" 2>&1 || { cat "$log" >&2; die "cmake failed"; }
    fi
    say "building"
    if ! cmake --build --preset release "${targets[@]}" 2>&1 | tee "$log" | every_nth 20 '['; then
        grep -A 12 -m 3 -E 'error|FAILED' "$log" >&2 || tail -n 20 "$log" >&2
        die "the build failed"
    fi
}
# json_text FILE NAME: a text value of a flat JSON line.
json_text() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }

# start_standin OPTION...: sets ots, oss, opensearch, admin to its addresses.
start_standin() {
    local ready=$work/standin.json line=''
    mkfifo "$ready.pipe"
    build/release/bin/millrace-standin "$@" >"$ready.pipe" 2>"$work/standin.log" &
    started+=($!)
    # The line comes when all services listen; when the stand-in ends before, so does the pipe.
    read -r -t 30 line <"$ready.pipe" || true
    echo "$line" >"$ready"
    ots=$(json_text "$ready" ots) oss=$(json_text "$ready" oss) odps=$(json_text "$ready" odps)
    admin=$(json_text "$ready" admin)
    opensearch=$(json_text "$ready" opensearch)
    [ -n "$ots" ] || { cat "$work/standin.log" >&2; die "the stand-in cloud does not start"; }
}

# start_search: sets search to the address of a fresh search server.
start_search() {
    local dir=$work/search
    search_dirs+=("$dir")
    search=$(tests/servers/opensearch start "$dir") || return 1
}

# start_kafka, start_redis: set kafka, redis to the addresses of fresh ones, in $work/kafka, $work/redis.
start_kafka() {
    server_dirs+=("kafka $work/kafka")
    kafka=$(tests/servers/kafka start "$work/kafka") || return 1
}
start_redis() {
    server_dirs+=("redis $work/redis")
    redis=$(tests/servers/redis start "$work/redis") || return 1
}

# python_with_sdks: sets python to an interpreter that has tests/integration/requirements.txt.
python_with_sdks() {
    local wanted=tests/integration/requirements.txt home
    home=$tools/python-$(sha256sum $wanted | cut -c1-12)
    if [ ! -e "$home/.complete" ]; then
        say "fetching the Python SDKs"
        mkdir -p "$tools"
        rm -rf "$home"
        python3 -m venv "$home" || return 1
        "$home/bin/pip" install -q --disable-pip-version-check -r $wanted >"$work/pip.log" 2>&1 ||
            { echo "pip cannot fetch $wanted" >&2; return 1; }
        touch "$home/.complete"
    fi
    python=$home/bin/python
}

# java_with_sdk [FOLDER [-DNAME=VALUE]]: sets java_classes to a class path with the programs of the
# folder and the SDK that its pom.xml names, compiled once. The first folder has Dump and Judge.
java_with_sdk() {
    local from=${1:-tests/integration/sdk} home
    home=$tools/java-$({ cat "$from"/pom.xml "$from"/*.java; printf %s "${@:2}"; } |
        sha256sum | cut -c1-12)
    if [ ! -e "$home/.complete" ]; then
        say "fetching the Java SDK, compiling its judges ($from${2:+ $2})"
        rm -rf "$home"
        mkdir -p "$home/classes"
        mvn -q -B -ntp -f "$from/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
            "-DoutputDirectory=$home/lib" "${@:2}" >"$work/mvn.log" 2>&1 ||
            { echo "maven cannot fetch what $from/pom.xml names" >&2; return 1; }
        javac -encoding UTF-8 -d "$home/classes" -cp "$home/lib/*" \
            -Xlint:all,-classfile,-path,-processing "$from"/*.java || return 1
        touch "$home/.complete"
    fi
    java_classes="$home/classes:$home/lib/*"
}
