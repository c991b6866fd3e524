#!/bin/bash
# Proves in a bare Debian 12 that a fresh clone needs nothing that the scripts do not install: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=display.sh
. "$(dirname "${BASH_SOURCE[0]}")/display.sh"

usage() {
    cat <<'END'
Usage: packaging/prove_in_clean_root.sh [OPTION...] [STEP...]

Clones the last commit into a bare Debian 12 (debootstrap, minbase) and runs there, in this order:

  chat      run.sh --small without a display: installs, builds, fetches, and the terminal program answers
  window    run.sh under Xvfb: the window comes and its model answers; then again, with the time to the window
  tests     test.sh --quick, the tests without a network
  portable  baleen-cli of the preset portable (built here before) in a bare Debian without any package

  --as root|user   as root (the default), or as a user with sudo
  --only REGEX     tests: test.sh --only REGEX
  --folder DIR     where the roots are; kept, so that the next call goes on there. Default: one that is removed
  --models DIR     take the models that lie in DIR instead of fetching them; the small one is always fetched
  --ccache DIR     take from this folder of ccache what is in it

Needs root's rights and, beside what packaging/test.sh installs, debootstrap. Without ccache a run takes about 20 minutes.
END
}

role=root
folder=
models=
ccache=
only=
steps=()
while [ $# -gt 0 ]; do
    case $1 in
    --as | --only | --folder | --models | --ccache)
        [ $# -ge 2 ] || die "$1 needs a value. See packaging/prove_in_clean_root.sh --help."
        case $1 in
        --as) role=$2 ;;
        --only) only=$2 ;;
        --folder) folder=$2 ;;
        --models) models=$(realpath "$2") ;;
        --ccache) ccache=$(realpath "$2") ;;
        esac
        shift
        ;;
    --help | -h)
        usage
        exit 0
        ;;
    chat | window | tests | portable) steps+=("$1") ;;
    *) die "There is no option or step '$1'. See packaging/prove_in_clean_root.sh --help." ;;
    esac
    shift
done
[ ${#steps[@]} -gt 0 ] || steps=(chat window tests portable)
case $role in
root) home=/root ids=0:0 ;;
user) home=/home/whale ids=1000:1000 ;;
*) die "--as takes root or user, not '$role'." ;;
esac
[ "$(id -u)" = 0 ] || die "A root folder is made by root only. Run this with sudo."
for tool in debootstrap ip sqlite3; do
    command -v $tool >/dev/null || die "$tool is missing. Run packaging/test.sh first, and install debootstrap."
done

pids=()
temporary=
cleanup() {
    local pid
    for pid in "${pids[@]}"; do
        pkill -KILL -P "$pid" 2>/dev/null || true # unshare, and with it all that runs in the root
        kill "$pid" 2>/dev/null || true
    done
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap cleanup EXIT
on_interrupt "What is in ${folder:-the temporary folder} is kept if --folder named it."
if [ -z "$folder" ]; then
    temporary=$(mktemp -d)
    folder=$temporary
fi
mkdir -p "$folder"
folder=$(realpath "$folder")
bare=$folder/bare
root=$folder/$role

# ---- The root -----------------------------------------------------------------------------------------------

if [ ! -e "$bare/etc/debian_version" ]; then
    say "Making a bare Debian 12."
    rm -rf "$bare.new"
    debootstrap --variant=minbase bookworm "$bare.new" >"$folder/debootstrap.log" 2>&1 ||
        die "debootstrap failed. Its log is $folder/debootstrap.log."
    mv "$bare.new" "$bare"
fi

# inside ROOT IDS COMMAND...: a command there with file systems of its own; they are gone when it ends. No variable
# of this shell reaches it but the display, and what a machine needs to reach its package servers.
inside() {
    local where=$1 who=$2 passed=() name unshared=(--mount --ipc --pid --fork --kill-child)
    shift 2
    for name in DISPLAY http_proxy https_proxy no_proxy; do
        [ -z "${!name:-}" ] || passed+=("$name=${!name}")
    done
    [ -z "${PIP_CERT:-}" ] || passed+=(PIP_CERT=/etc/certificates.of.the.machine)
    [ -z "$ccache" ] || passed+=(CCACHE_DIR=/ccache CCACHE_READONLY=1 CCACHE_TEMPDIR=/tmp/ccache CCACHE_BASEDIR=/ CCACHE_NOHASHDIR=1)
    [ "$offline" = 0 ] || unshared+=(--net)
    # shellcheck disable=SC2016 # the variables are those of the inner shell
    CERTIFICATES=${PIP_CERT:-} CCACHE=$ccache OFFLINE=$offline unshare "${unshared[@]}" -- bash -euc '
        root=$1 who=$2
        shift 2
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        mount -t tmpfs -o mode=755 tmpfs "$root/dev"
        mkdir -p "$root/dev/pts" "$root/dev/shm"
        for name in null zero full random urandom tty; do
            : >"$root/dev/$name"
            mount --bind "/dev/$name" "$root/dev/$name"
        done
        ln -s /proc/self/fd "$root/dev/fd"
        mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
        ln -s pts/ptmx "$root/dev/ptmx"
        mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
        cp /etc/resolv.conf /etc/hosts "$root/etc/"
        if [ -n "$CERTIFICATES" ]; then
            : >"$root/etc/certificates.of.the.machine"
            mount --bind -o ro "$CERTIFICATES" "$root/etc/certificates.of.the.machine"
        fi
        if [ -n "$CCACHE" ]; then
            mkdir -p "$root/ccache"
            mount --bind -o ro "$CCACHE" "$root/ccache"
        fi
        [ "$OFFLINE" = 0 ] || ip link set lo up
        unset CERTIFICATES CCACHE OFFLINE
        exec chroot --userspec="$who" "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"
    ' bash "$where" "$who" "${passed[@]}" "$@"
}
offline=0 # 1: no network but a loopback of its own
# as_role COMMAND...: in the clone, as who proves.
# shellcheck disable=SC2016
as_role() { inside "$root" "$ids" HOME="$home" bash -euc 'cd "$HOME/baleen" && exec "$@"' bash "$@"; }

make_root() {
    say "Copying it, and a clone of $(git -C "$source_dir" log -1 --format='%h') into it."
    rm -rf "$root.new"
    cp -a "$bare" "$root.new"
    if [ "$role" = user ]; then # what such a machine has from the start; the list has no sudo
        inside "$root.new" 0:0 HOME=/root bash -euc 'export DEBIAN_FRONTEND=noninteractive
            apt-get -q update && apt-get -q install -y --no-install-recommends sudo
            useradd --create-home --uid 1000 --shell /bin/bash whale
            echo "whale ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/whale' >"$folder/sudo.log" 2>&1 ||
            die "A user with sudo could not be made. The log is $folder/sudo.log."
    fi
    git clone -q --no-hardlinks "$source_dir" "$root.new$home/baleen"
    if [ -n "$models" ]; then
        mkdir -p "$root.new$home/.cache/baleen/models"
        find "$models" -maxdepth 1 -name '*.gguf' ! -name 'SmolLM2*' -exec cp -t "$root.new$home/.cache/baleen/models" {} +
    fi
    chown -R "$ids" "$root.new$home"
    mv "$root.new" "$root"
}

# ---- The steps ----------------------------------------------------------------------------------------------

prove_chat() {
    local log=$folder/$role-chat.log
    unset DISPLAY
    printf 'Say hello to the whale.\n' | as_role packaging/run.sh --small >"$log" 2>&1 ||
        die "run.sh --small failed in the bare Debian. The log is $log."
    grep -q 'There is no display' "$log" || die "run.sh did not say that there is no display. The log is $log."
    [ "$(sed '1,/There is no display/d' "$log" | wc -w)" -ge 3 ] || die "The terminal program said nothing. The log is $log."
    say "chat, as $role: the terminal program answered ($log)."
}

answers() { # DATABASE COLUMNS
    [ -e "$1" ] || {
        printf 0
        return
    }
    sqlite3 -readonly "$1" "SELECT $2 FROM messages WHERE role = 'assistant' AND state = 'complete' ORDER BY id" 2>/dev/null || printf 0
}

prove_window() {
    local log=$folder/$role-window.log data=$root$home/.local/share/baleen/baleen.db window begin end before answer
    before=$(answers "$data" 'count(*)') # an earlier call may have left some
    # The server is this machine's: only run.sh may put into the root what a window needs. Nothing is shared but the
    # network, and with it the server's abstract socket.
    start_display 1280x800 "$folder"
    as_role packaging/run.sh >"$log" 2>&1 &
    pids+=($!)
    window=$(wait_for_window 3600 "$log" $!)
    xdotool windowactivate --sync "$window" type --clearmodifiers --delay 20 'Say hello to the whale.'
    xdotool key --clearmodifiers Return
    for _ in $(seq 180); do
        [ "$(answers "$data" 'count(*)')" -le "$before" ] || break
        sleep 1
    done
    [ "$(answers "$data" 'count(*)')" -gt "$before" ] || die "The window came and no answer in three minutes. The log is $log."
    answer=$(answers "$data" content | tail -n 1)
    say "window, as $role: it came and the model answered: $answer"
    if command -v import-im6.q16 >/dev/null; then import-im6.q16 -window root "$folder/$role-window.png"; fi
    xdotool key --clearmodifiers alt+F4
    wait "${pids[-1]}" || die "Baleen ended with status $?. The log is $log."

    begin=$(date +%s%N)
    as_role packaging/run.sh >>"$log" 2>&1 &
    pids+=($!)
    window=$(wait_for_window 60 "$log" $!)
    end=$(date +%s%N)
    say "window, as $role: the second run took $(((end - begin) / 1000000)) ms to the window."
    xdotool windowactivate --sync "$window" key --clearmodifiers alt+F4
    wait "${pids[-1]}" || die "Baleen ended with status $? in the second run. The log is $log."
}

wait_for_window() { # SECONDS LOG PID
    local end=$((SECONDS + $1)) window
    while [ $SECONDS -lt $end ]; do
        kill -0 "$3" 2>/dev/null || die "run.sh ended before a window came. The log is $2."
        # Not --sync: it looks twice a second only, and the time counts.
        window=$(xdotool search --onlyvisible --class '^baleen$' 2>/dev/null | head -n 1) || window=
        if [ -n "$window" ]; then
            printf '%s' "$window"
            return
        fi
        sleep 0.02
    done
    die "No window came in $1 s. The log is $2."
}

prove_tests() {
    local log=$folder/$role-tests.log options=(--quick)
    [ -z "$only" ] || options=(--only "$only")
    unset DISPLAY
    # What is missing is fetched first. The tests themselves need no network; and on one of their own they meet no
    # X server of this machine, whose abstract sockets go by the same names.
    as_role packaging/test.sh --only '^structure/' >"$log" 2>&1 </dev/null || die "test.sh failed. The log is $log."
    offline=1
    as_role packaging/test.sh "${options[@]}" >"$log" 2>&1 </dev/null || die "test.sh ${options[*]} failed. The log is $log."
    offline=0
    say "tests, as $role: $(grep 'tests passed' "$log" | head -n 1); $(grep '^Built in' "$log")"
}

prove_portable() {
    local built=$source_dir/build/portable/bin/baleen-cli verb
    [ -x "$built" ] || die "There is no $built. Build it: cmake --preset portable && cmake --build build/portable"
    cp "$built" "$bare/baleen-cli"
    for verb in --version doctor selftest; do
        inside "$bare" 0:0 HOME=/root /baleen-cli $verb >"$folder/portable.log" 2>&1 ||
            die "baleen-cli $verb failed in a bare Debian. Its output is $folder/portable.log."
        say "portable, baleen-cli $verb: $(tail -n 1 "$folder/portable.log")"
    done
    rm -f "$bare/baleen-cli"
}

SECONDS=0
for step in "${steps[@]}"; do
    [ "$step" = portable ] || [ -e "$root" ] || make_root
    begun=$SECONDS
    "prove_$step"
    say "$step: $((SECONDS - begun)) s."
done
say "Proved: ${steps[*]}."
