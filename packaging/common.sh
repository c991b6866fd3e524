# What run.sh, test.sh and fetch_models.sh share: words to the user, packages, folders, builds.
# shellcheck shell=bash
# Sourced by bash scripts; `program` is the name in front of their messages.

program=$(basename "$0" .sh)
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache_dir=${BALEEN_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/baleen}

# say SENTENCE: one line on standard error, so that standard output stays free for programs.
say() { printf '%s: %s\n' "$program" "$*" >&2; }
# die SENTENCE: what went wrong and the way out; status 1.
die() {
    clear_progress
    say "$*"
    exit 1
}

# progress TEXT: replaces the line on a terminal; a line of its own, when it changed, elsewhere.
progress() {
    if [ -t 2 ]; then
        printf '\r\033[K%s' "$1" >&2
        progress_shown=1
    elif [ "${progress_last:-}" != "$1" ]; then
        printf '%s\n' "$1" >&2
    fi
    progress_last=$1
}
clear_progress() {
    if [ "${progress_shown:-0}" = 1 ]; then
        printf '\r\033[K' >&2
        progress_shown=0
    fi
}

# on_interrupt WHAT_IS_KEPT: what Ctrl-C says.
# Empty: the program that runs says it itself.
on_interrupt() {
    interrupt_note=$1
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM HUP
}
interrupted() { # STATUS
    clear_progress
    [ -z "$interrupt_note" ] || say "Stopped. $interrupt_note"
    exit "$1"
}

require_x86_64() {
    local machine
    machine=$(uname -m)
    [ "$machine" = x86_64 ] ||
        die "Baleen's kernels are for x86-64 processors and this machine is $machine. Use an x86-64 Linux machine."
}

# ---- Packages -----------------------------------------------------------------------------------------------

is_installed() { # NAME
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c1-2)" = ii ]
}

# listed_packages KIND...: lines of the list, alternatives still joined by "|".
listed_packages() {
    local kind
    for kind in "$@"; do
        awk -v kind="$kind" '$1 == kind { print $2 }' "$source_dir/packaging/packages.txt"
    done
}

# missing_packages KIND...: the listed ones of which no alternative is installed. One dpkg-query for all: a second
# run must not take time.
missing_packages() {
    local installed entry name found
    # shellcheck disable=SC2046 # names hold no spaces
    installed=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package} ' \
        $(listed_packages "$@" | tr '|' '\n') 2>/dev/null || true) " # it fails when it does not know one
    listed_packages "$@" | while read -r entry; do
        found=0
        for name in ${entry//|/ }; do
            case $installed in *" ii $name "*|*"ii $name "*) found=1 ;; esac
        done
        [ $found = 1 ] || printf '%s\n' "$entry"
    done
}

has_candidate() { # NAME
    apt-cache policy "$1" 2>/dev/null | awk '/Candidate:/ { found = $2 != "(none)" } END { exit !found }'
}

# resolve ENTRY...: the first alternative of each that apt knows; sets resolved and unknown (arrays).
resolve() {
    local entry name
    resolved=()
    unknown=()
    for entry in "$@"; do
        for name in ${entry//|/ } ''; do
            if [ -z "$name" ]; then
                unknown+=("${entry%%|*}")
            elif has_candidate "$name"; then
                resolved+=("$name")
                break
            fi
        done
    done
}

# Sets as_root: how a command is run as root; fails where there is no way.
find_root() {
    as_root=()
    [ "$(id -u)" = 0 ] && return 0
    command -v sudo >/dev/null || return 1
    as_root=(sudo)
    sudo -n true 2>/dev/null && return 0
    # A password is asked for on a terminal only: a script that waits for one in the dark helps nobody.
    [ -t 0 ] && [ -t 2 ] || return 1
    say "Installing packages needs root's rights; sudo asks for your password now."
    sudo -v
}

apt_failure() { # LOG ACTION
    if grep -q 'Could not get lock\|Unable to acquire the dpkg frontend lock' "$1"; then
        die "Another program (perhaps the system's updater) is installing packages. Wait until it is done and run this again."
    elif grep -q 'enough free space\|No space left on device' "$1"; then
        die "The disk is full: there is no room to install packages ($(df -h --output=avail / | tail -1 | tr -d ' ') free). Free some space and run this again."
    elif grep -q 'Temporary failure resolving\|Could not resolve\|Could not connect\|Network is unreachable\|Connection timed out\|Connection failed' "$1"; then
        die "The package server cannot be reached. Check the network connection (or apt's proxy setting) and run this again."
    fi
    tail -n 5 "$1" >&2
    die "$2 failed. The lines above say why; the whole log is $1."
}

# install_packages KIND...: installs what is missing of the list, and does nothing in no time when nothing is.
install_packages() {
    local missing line log
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This system has no apt. Install by its own means what these Debian packages hold:"
        say "$(listed_packages "$@" | tr '\n' ' ')"
        die "Then build with: cmake --preset release && cmake --build build/release"
    fi
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    line="apt-get install -y --no-install-recommends ${missing[*]%%|*}"
    find_root || die "${#missing[@]} packages are missing and neither root's rights nor sudo are at hand. As root, run: $line"
    export DEBIAN_FRONTEND=noninteractive
    prepare_log apt
    log=$log_file
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3)
    resolve "${missing[@]}"
    if [ ${#unknown[@]} -gt 0 ]; then
        say "Reading the package lists."
        "${apt[@]}" update >"$log" 2>&1 || apt_failure "$log" "apt-get update"
        resolve "${missing[@]}"
    fi
    if [ ${#unknown[@]} -gt 0 ]; then
        # With a dead network apt-get update only warns; a list that is still empty is that, not a wrong release.
        if [ ${#resolved[@]} = 0 ] || grep -q '^[WE]: Failed to fetch' "$log"; then
            grep -q '^[WE]:' "$log" && apt_failure "$log" "Reading the package lists"
        fi
        die "$(release_name) has no package ${unknown[*]}, which Baleen needs (it is made for Debian 12 and later). Install the equivalent by hand, or use Debian 12."
    fi
    say "Installing ${#resolved[@]} packages and what they need."
    "${apt[@]}" install -y --no-install-recommends "${resolved[@]}" </dev/null >"$log" 2>&1 && return 0
    if grep -q 'dpkg was interrupted' "$log"; then
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive dpkg --configure -a </dev/null >>"$log" 2>&1 || true
    elif grep -q ' 404 \|Unable to fetch some archives\|unmet dependencies' "$log"; then
        # Lists that are out of date name versions that the server no longer has.
        "${apt[@]}" update >>"$log" 2>&1 || apt_failure "$log" "apt-get update"
    else
        apt_failure "$log" "Installing packages"
    fi
    "${apt[@]}" install -y --no-install-recommends "${resolved[@]}" </dev/null >"$log" 2>&1 ||
        apt_failure "$log" "Installing packages"
}

release_name() { (. /etc/os-release && printf '%s' "$PRETTY_NAME") 2>/dev/null || printf 'This system'; }

# ---- Folders and builds -------------------------------------------------------------------------------------

# A folder for build files: in the source tree, or in the cache where the tree (or a build of another user in it)
# cannot be written. Sets build_dir.
choose_build_dir() { # PRESET
    build_dir=$source_dir/build/$1
    local probe=$build_dir
    while [ ! -e "$probe" ]; do probe=$(dirname "$probe"); done
    if [ ! -w "$probe" ] || { [ -e "$build_dir/CMakeCache.txt" ] && [ ! -w "$build_dir/CMakeCache.txt" ]; }; then
        build_dir=$cache_dir/build/$1-$(printf '%s' "$source_dir" | cksum | cut -d' ' -f1)
    fi
    mkdir -p "$build_dir" 2>/dev/null ||
        die "No folder for the build can be made: neither $source_dir/build nor $cache_dir/build can be written. Set BALEEN_CACHE to a folder that can."
}

# Sets log_file; the log of the run before is kept as NAME.old.log.
prepare_log() { # NAME
    local folder=$cache_dir/logs
    mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] || folder=$(mktemp -d)
    log_file=$folder/$1.log
    [ ! -e "$log_file" ] || mv -f "$log_file" "$folder/$1.old.log" 2>/dev/null || log_file=$folder/$1.$$.log
    : >"$log_file" || die "The disk is full or $folder cannot be written. Free some space and run this again."
}

free_mib() { df -Pm "$1" | awk 'NR == 2 { print $4 }'; }

# build_preset PRESET WORDS TARGET...: configures when needed and builds into build_dir. WORDS: what the progress
# line calls it. Nothing to do takes the time of one look at the files.
build_preset() {
    local preset=$1 words=$2 jobs log status
    shift 2
    choose_build_dir "$preset"
    prepare_log "build-$preset"
    log=$log_file
    if [ -e "$build_dir/CMakeCache.txt" ] &&
        ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$source_dir" "$build_dir/CMakeCache.txt"; then
        say "The build in $build_dir is of another source folder; it starts anew."
        rm -rf "${build_dir:?}"
        mkdir -p "$build_dir"
    fi
    if [ ! -e "$build_dir/build.ninja" ]; then
        [ "$(free_mib "$build_dir")" -ge 1500 ] ||
            die "The disk of $build_dir has $(free_mib "$build_dir") MiB free and the build needs 1,500 MiB. Free some space, or set BALEEN_CACHE to a folder on another disk, and run this again."
        progress "$words: configuring"
        cmake -S "$source_dir" --preset "$preset" -B "$build_dir" "${configure_options[@]}" >"$log" 2>&1 ||
            build_failure "$log" "Configuring the build"
    fi
    jobs=$(build_jobs)
    set +e
    cmake --build "$build_dir" -j "$jobs" --target "$@" 2>&1 | tee -a "$log" | show_build_progress "$words"
    status=${PIPESTATUS[0]}
    set -e
    clear_progress
    [ "$status" = 0 ] || build_failure "$log" "The build"
}
configure_options=()

# One job a processor, but never more than the memory holds: a Qt file takes up to 700 MiB.
build_jobs() {
    local processors memory
    processors=$(nproc)
    memory=$(awk '/MemAvailable/ { print int($2 / 700000) }' /proc/meminfo)
    [ "$memory" -ge 1 ] || memory=1
    printf '%s' $((processors < memory ? processors : memory))
}

# Reads ninja's "[12/340] ..." lines: a line that counts on a terminal, every tenth part elsewhere.
show_build_progress() { # WORDS
    local line done_ total tenth last=-1
    while IFS= read -r line; do
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        done_=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
        if [ -t 2 ]; then
            progress "$1: $done_ of $total"
        else
            tenth=$((done_ * 10 / total))
            # Few steps (re-checking globs, one file) are not worth a line.
            if [ "$tenth" != "$last" ] && [ "$total" -ge 20 ]; then
                progress "$1: $((tenth * 10)) %"
                last=$tenth
            fi
        fi
    done
    clear_progress
}

build_failure() { # LOG WHAT
    clear_progress
    if grep -q 'No space left on device' "$1"; then
        die "$2 stopped because the disk is full. Free some space and run this again: it goes on where it stopped. The log is $1."
    elif grep -q 'Killed signal\|terminated signal' "$1"; then
        die "$2 stopped because memory ran out. Close other programs and run this again: it goes on where it stopped. The log is $1."
    fi
    # The first error says most; what follows is often its echo.
    { grep -m 1 -n -A 12 'error:\|CMake Error\|FAILED:' "$1" || tail -n 12 "$1"; } >&2
    die "$2 failed. The log is $1."
}
