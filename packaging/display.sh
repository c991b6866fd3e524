# A display of their own for screenshots.sh and prove_in_clean_root.sh.
# shellcheck shell=bash
# Sourced after common.sh.

# start_display SIZE LOG_FOLDER [OPENBOX_OPTION...]: Xvfb, and openbox when it is ready for windows. Sets and exports
# DISPLAY; adds to the caller's array pids, which are to be killed at the end.
start_display() {
    local size=$1 logs=$2 number='' name
    shift 2
    for name in Xvfb openbox xdotool; do
        command -v $name >/dev/null || die "$name is missing. Run packaging/test.sh first."
    done
    # The server takes the first free number and writes it down when it listens. -noreset: it must not start anew
    # when the first program leaves, which is a look whether openbox is there.
    : >"$logs/display"
    Xvfb -displayfd 3 -ac -screen 0 "${size}x24" -nolisten tcp -noreset 3>"$logs/display" >"$logs/xvfb.log" 2>&1 &
    pids+=($!)
    for _ in $(seq 100); do
        read -r number <"$logs/display" && break
        sleep 0.1
    done
    [ -n "$number" ] || die "Xvfb did not start. The log is $logs/xvfb.log."
    export DISPLAY=:$number
    openbox "$@" >"$logs/openbox.log" 2>&1 &
    pids+=($!)
    # A window that is shown before the window manager is ready may never appear.
    for _ in $(seq 100); do
        ! xdotool get_num_desktops >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    die "openbox did not start. The log is $logs/openbox.log."
}
