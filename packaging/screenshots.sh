#!/bin/bash
# Takes the pictures of README.md from the real program with the starter model: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=display.sh
. "$(dirname "${BASH_SOURCE[0]}")/display.sh"

usage() {
    cat <<'END'
Usage: packaging/screenshots.sh [FOLDER]
       packaging/screenshots.sh --states FOLDER

Starts the release build under Xvfb and openbox once for each panel and scheme, types a real request (in Translate it
opens a text), waits for the real answer and keeps the picture in FOLDER (resources/screenshots): chat, code and
translate, light and dark.
Needs packaging/run.sh and packaging/test.sh to have been run: the build, the model, the test packages.

  --states   the window in every state (empty, loading, busy, failed, Chinese, narrow...), light and dark, on a scripted engine,
             from the build of packaging/test.sh: what tests/ui/tst_screens.cpp compares with tests/golden/screens
END
}

case ${1:-} in
--help | -h)
    usage
    exit 0
    ;;
--states)
    [ $# -eq 2 ] || die "--states needs a folder. See packaging/screenshots.sh --help."
    choose_build_dir ci
    [ -x "$build_dir/tests/tst_ui_screens" ] || die "Nothing is built in $build_dir. Run packaging/test.sh first."
    mkdir -p "$2"
    QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 BALEEN_SCREENS=$(realpath "$2") exec "$build_dir/tests/tst_ui_screens" looksAsKept
    ;;
esac
target=${1:-$source_dir/resources/screenshots}
size=1280x800
choose_build_dir release
model=$("$source_dir/packaging/fetch_models.sh" --starter --quiet)
[ -x "$build_dir/bin/baleen" ] || die "Nothing is built in $build_dir. Run packaging/run.sh first."
# Debian's name first: another program may hide ImageMagick behind the plain one.
import_tool=$(command -v import-im6.q16 || command -v import) || die "ImageMagick is missing. Run packaging/test.sh first."
mkdir -p "$target"

work=$(mktemp -d)
pids=()
cleanup() {
    local pid
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap cleanup EXIT
on_interrupt "The pictures taken so far are in $target."

export XDG_RUNTIME_DIR=$work/run QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8
mkdir -m 0700 "$XDG_RUNTIME_DIR"
# The window fills the picture, without a frame of one desktop or another.
cat >"$work/openbox.xml" <<'END'
<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <applications>
    <application class="baleen"><decor>no</decor><maximized>yes</maximized></application>
  </applications>
</openbox_config>
END
start_display "$size" "$work" --config-file "$work/openbox.xml"

ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # of processor time

# Until the program has been idle for three seconds: the model is loaded, or the answer is there.
wait_until_idle() { # PID SECONDS
    local before now idle=0 end=$((SECONDS + $2))
    before=$(ticks "$1")
    while [ "$idle" -lt 3 ]; do
        [ $SECONDS -lt $end ] || die "The program was still busy after $2 s."
        sleep 1
        now=$(ticks "$1") || die "The program ended early; its output is above."
        if [ $((now - before)) -le 10 ]; then idle=$((idle + 1)); else idle=0; fi
        before=$now
    done
}

type_text() { xdotool type --clearmodifiers --delay 15 -- "$1"; }

# The text of Translate comes from a file: typed letters of CJK depend on the keyboard map.
notes=$work/release-notes.md
cat >"$notes" <<'END'
# 3.2 版更新说明

本次更新包含 17 项改进，修复了 42 个问题。

下载中断后可以继续，文件会逐块校验。

首次启动时，程序会建立全文索引，大约需要 3 分钟。

升级前请先备份 `baleen.db`。

感谢 63 位贡献者。
END

picture() { # PANEL SCHEME TEXT SEND_KEY
    local data=$work/$1-$2 pid window
    mkdir -p "$data"
    # The settings file of --data-dir; see app/data_paths.h.
    printf '[appearance]\nscheme=%s\n' "$2" >"$data/baleen.ini"
    "$build_dir/bin/baleen" "$model" --panel "$1" --data-dir "$data" &
    pid=$!
    pids+=("$pid")
    window=$(timeout 60 xdotool search --sync --onlyvisible --class '^baleen$' | head -n 1) || die "No window came."
    xdotool windowactivate --sync "$window"
    wait_until_idle "$pid" 120
    if [ "$1" = translate ]; then
        xdotool key --clearmodifiers ctrl+o
        sleep 1
    fi
    type_text "$3"
    xdotool key --clearmodifiers "$4"
    wait_until_idle "$pid" 300
    xdotool mousemove "${size%x*}" "${size#*x}" # hovers nothing
    sleep 1
    "$import_tool" -window root -strip -define png:compression-level=9 "$target/$1-$2.png"
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    say "$1-$2.png"
}

picture chat light 'Write binary search in Python. Only the code, no explanation and no example.' Return
picture chat dark 'A table of the HTTP methods GET, POST, PUT and DELETE with two columns, method and purpose. Only the table.' Return
picture code light 'A function that turns a number from 1 to 3999 into a Roman numeral.' ctrl+Return
picture code dark 'A function that says whether a year is a leap year.' ctrl+Return
for scheme in light dark; do
    picture translate $scheme "$notes" Return
done
