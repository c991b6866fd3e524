#!/bin/bash
# What a machine with an NVIDIA GPU has to show: that the plug-in finds the GPU, and that every kernel of the machine
# passes. Needs nothing but a build folder's bin/ (the preset portable makes one that runs anywhere).
#
#     tests/bench/gpu.sh [BIN_FOLDER] [MODEL...]     default build/portable/bin; models are timed when given
#
# Prints one report; status 0 only when the GPU was found and no kernel failed.
set -euo pipefail
bin=${1:-build/portable/bin}
[ $# -gt 0 ] && shift
[ -x "$bin/baleen-cli" ] || { echo "gpu.sh: there is no $bin/baleen-cli. Build it: cmake --preset portable && cmake --build build/portable" >&2; exit 2; }

echo "== $("$bin/baleen-cli" --version)"
date -u +%Y-%m-%dT%H:%MZ
nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader 2>/dev/null || echo "nvidia-smi: not there"
echo "== doctor"
"$bin/baleen-cli" doctor
report=$("$bin/baleen-cli" doctor --json)
echo "== selftest"
selftest=0
"$bin/baleen-cli" selftest | tail -n 1 || selftest=1
for model in "$@"; do
    echo "== bench $model"
    "$bin/baleen-cli" bench "$model" --json
done
if [ $selftest -ne 0 ]; then
    echo "gpu.sh: kernels failed; baleen-cli selftest names them." >&2
    exit 1
fi
if ! tr -d ' \n' <<<"$report" | grep -q '"devices":\[{'; then
    echo "gpu.sh: no GPU was found; the line CUDA above says why." >&2
    exit 1
fi
