# What deploy/quickstart and deploy/cluster share. Sourced by bash after `set -euo pipefail`, in the root
# of the repository, with `work` set to the folder of what is started.
# shellcheck shell=bash disable=SC2154,SC2034  # work is the caller's, addresses are for the caller

# Another preset is for those who work on Millrace itself.
preset=${MILLRACE_PRESET:-release}
bin=$PWD/build/$preset/bin

step() { printf '\n== %s\n' "$*"; }
die() { echo "${0##*/}: $*" >&2; exit 1; }

# build TARGET...: with progress.
build() {
    [ -e "build/$preset/build.ninja" ] || cmake --preset "$preset" >"$work/configure.log" ||
        { cat "$work/configure.log"; die "cmake could not configure the build"; }
    NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" --target "$@" |
        tee "$work/build.log" | every_nth 5 '[' ||
        { grep -A 12 -m 3 -E 'error|FAILED' "$work/build.log"; die "the build failed"; }
}

# launch NAME COMMAND...: starts it in the background, apart from this script. Its first line, which says
# that it is ready, stands in NAME.ready, its process id in NAME.pid, what it writes to standard error in
# NAME.log. When it ends before, so does the pipe.
launch() {
    local name=$1 line=''
    rm -f "$work/$name.pipe"
    mkfifo "$work/$name.pipe"
    setsid "${@:2}" </dev/null >"$work/$name.pipe" 2>"$work/$name.log" &
    echo $! >"$work/$name.pid"
    read -r line <"$work/$name.pipe" || { tail -n 20 "$work/$name.log" >&2; die "$name ended"; }
    rm -f "$work/$name.pipe"
    echo "$line" >"$work/$name.ready"
}

# of_ready NAME KEY: a text of that line, which is flat JSON.
of_ready() { sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$work/$1.ready"; }

# start_standin: the cloud of the demo, with the variables that deploy/demo/sources.json takes.
start_standin() {
    DEMO_SECRET=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    export DEMO_SECRET
    launch standin "$bin/millrace-standin" --demo --seed 1 --instance school --bucket demo-backup \
        --project school --app school --app-tables main:uid --access-id demo --access-key "$DEMO_SECRET"
    DEMO_OTS=$(of_ready standin ots) DEMO_OSS=$(of_ready standin oss)
    DEMO_ODPS=$(of_ready standin odps) DEMO_APP=$(of_ready standin opensearch)
    admin=$(of_ready standin admin)
    export DEMO_OTS DEMO_OSS DEMO_ODPS DEMO_APP DEMO_SEARCH=${DEMO_SEARCH:-http://127.0.0.1:9}
}

# The last three hours up to five minutes ago, as the jobs write times.
set_window() {
    local now
    now=$(date +%s)
    end_time=$(TZ=Asia/Shanghai date -d "@$((now - 300))" +%Y%m%d%H%M%S)
    start_time=$(TZ=Asia/Shanghai date -d "@$((now - 300 - 3 * 3600))" +%Y%m%d%H%M%S)
}
