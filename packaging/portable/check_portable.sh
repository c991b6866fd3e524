#!/bin/bash
# check_portable.sh PROGRAM: fails when a program needs more than libc and libm of glibc 2.27. The build of the preset portable ends with it.
set -euo pipefail

newest_allowed=2.27
program=$1
libraries=$(objdump -p "$program" | awk '$1 == "NEEDED" { print $2 }' |
    grep -Ev '^(libc\.so\.6|libm\.so\.6|ld-linux-x86-64\.so\.2)$' || true)
if [ -n "$libraries" ]; then
    echo "$program needs libraries that a machine may lack: ${libraries//$'\n'/ }. Link them statically (packaging/portable)." >&2
    exit 1
fi
newest=$(objdump -T "$program" | grep -oE 'GLIBC_[0-9.]+' | cut -d_ -f2 | sort -Vu | tail -n 1)
if [ "$(printf '%s\n%s\n' "$newest" $newest_allowed | sort -V | tail -n 1)" != $newest_allowed ]; then
    echo "$program needs glibc $newest, newer than $newest_allowed, because of:" >&2
    objdump -T "$program" | grep -F "GLIBC_$newest" >&2
    echo "Lead these symbols to older versions in packaging/portable/old_glibc.cpp." >&2
    exit 1
fi
