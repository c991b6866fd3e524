#!/bin/bash
# From a fresh clone to the window with a model in it, in one command: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
Usage: packaging/run.sh [OPTION...] [-- OPTIONS OF BALEEN]

Installs what is missing (apt, Debian 12 or later), builds Baleen, fetches the starter model and opens the
window with it. A second run only opens the window. Without a display, a chat in the terminal starts instead.

  --small        the small model for slow machines (94 MiB) instead of the starter (1,066 MiB)
  --model FILE   open FILE, a GGUF model, and fetch none
  --no-build     install and build nothing; open what was built before
  --help         this text

Models and logs are kept in $BALEEN_CACHE, else ~/.cache/baleen.
END
}

# A display that is named and whose socket is there (a name of another host is taken at its word).
has_display() {
    local name=${DISPLAY:-} number
    if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-/nonexistent}/$WAYLAND_DISPLAY" ]; then
        return 0
    fi
    case $name in
    '') return 1 ;;
    :* | unix:*)
        number=${name##*:}
        [ -S "/tmp/.X11-unix/X${number%%.*}" ] || grep -q "@/tmp/.X11-unix/X${number%%.*}\$" /proc/net/unix 2>/dev/null
        ;;
    *) return 0 ;;
    esac
}

which_model=--starter
model=
build=1
while [ $# -gt 0 ]; do
    case $1 in
    --small) which_model=--small ;;
    --model)
        [ $# -ge 2 ] || die "--model needs a file. See packaging/run.sh --help."
        model=$2
        shift
        ;;
    --model=*) model=${1#--model=} ;;
    --no-build) build=0 ;;
    --help | -h)
        usage
        exit 0
        ;;
    --)
        shift
        break
        ;;
    *) die "There is no option '$1'. See packaging/run.sh --help." ;;
    esac
    shift
done

require_x86_64
[ -z "$model" ] || [ -e "$model" ] || die "There is no file $model. Give --model the path of a GGUF file."

if [ $build = 1 ]; then
    on_interrupt "Run packaging/run.sh again to go on with the installation."
    install_packages build run
    on_interrupt "What is built is kept; run packaging/run.sh again to go on."
    build_preset release "Building Baleen" baleen baleen-cli
else
    choose_build_dir release
    [ -x "$build_dir/bin/baleen" ] || die "Nothing is built yet in $build_dir. Run packaging/run.sh without --no-build."
fi

on_interrupt ''
if [ -z "$model" ]; then
    model=$("$source_dir/packaging/fetch_models.sh" $which_model) || exit $?
fi
# Without it formulas are shown as their source: no reason not to start.
[ $build = 0 ] || "$source_dir/packaging/fetch_models.sh" --formulas --quiet >/dev/null || true

if has_display; then
    if [ -z "${XDG_RUNTIME_DIR:-}" ]; then # Qt wants one that only this user can read
        XDG_RUNTIME_DIR=$(mktemp -d)
        export XDG_RUNTIME_DIR
    fi
    exec "$build_dir/bin/baleen" "$model" "$@"
fi
say "There is no display (DISPLAY and WAYLAND_DISPLAY name none), so this is the terminal program. Ctrl-D leaves it."
exec "$build_dir/bin/baleen-cli" chat "$model" "$@"
