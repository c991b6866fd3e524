#!/bin/bash
# What a machine with an NVIDIA GPU has to show: that the plug-in finds the GPU, that every kernel of ours gives the right numbers on it,
# that models say the same on GPU and processor, and how fast they are.
#
#     tests/bench/gpu.sh [--bin FOLDER] [--models FOLDER] [--quick] [MODEL...]
#
# --bin: baleen-cli with libbaleen_cuda.so beside it; without it, build/portable is built here, for the GPU that is there (CMake, g++, the
# CUDA toolkit). Models are files to time. Without any, files in the shapes and types of real ones are written
# to --models (default: a temporary folder; needs Python with numpy and 25 GB), once. --quick: the 1.5B alone.
#
# Prints one report, a table at its end. Status 0 only when the GPU was found, no kernel failed and both devices agree.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin= folder= quick=0 models=()
while [ $# -gt 0 ]; do
    case $1 in
        --bin) bin=$2; shift ;;
        --models) folder=$2; shift ;;
        --quick) quick=1 ;;
        -h | --help) sed -n '2,/^set/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
        *) models+=("$1") ;;
    esac
    shift
done
python=$(command -v python3 || true)
capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d . || true)
if [ -z "$bin" ]; then
    cmake --preset portable -DBALEEN_CUDA=ON "-DBALEEN_CUDA_ARCHITECTURES=${capability:-90}" >/dev/null
    cmake --build build/portable -j "$(nproc)"
    bin=build/portable/bin
fi
cli=$bin/baleen-cli
[ -x "$cli" ] || { echo "gpu.sh: there is no $cli" >&2; exit 2; }
failures=()

echo "== $("$cli" --version)"
date -u +%Y-%m-%dT%H:%MZ
nvidia-smi --query-gpu=name,driver_version,memory.total,compute_cap --format=csv,noheader 2>/dev/null || echo "nvidia-smi: not there"
echo "== doctor"
"$cli" doctor
tr -d ' \n' <<<"$("$cli" doctor --json)" | grep -q '"devices":\[{' || failures+=("no GPU was found: the line CUDA above says why")

for device in cuda cpu; do
    echo "== selftest --device $device"
    "$cli" selftest --device $device >selftest.$$ 2>&1 || failures+=("selftest --device $device")
    grep -i fail selftest.$$ | head -n 20 || true
    rm -f selftest.$$
done

# --- models ----------------------------------------------------------------------------------------------------------------
if [ ${#models[@]} -eq 0 ]; then
    [ -n "$folder" ] || { folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; }
    make() { # file, arguments of make_model.py
        local file=$folder/$1
        shift
        [ -f "$file" ] || "$python" tests/bench/make_model.py "$@" "$file" >&2
        models+=("$file")
    }
    make qwen2-1.5b-Q4_K_M.gguf qwen2-1.5b --mix Q4_K_M
    if [ $quick -eq 0 ]; then
        make qwen2-7b-Q4_K_M.gguf qwen2-7b --mix Q4_K_M
        make qwen2-7b-Q8_0.gguf qwen2-7b --mix Q8_0
        make v2-lite-Q4_K_M.gguf v2-lite --mix Q4_K_M
    fi
fi

# What a GPU does whose memory does not hold the model: it has half of the weights and what CUDA needs, the processor the rest.
half() { echo $(($(stat -c %s "$1") / 2000000 + 900)); } # MB
shared=("${models[0]}")
[ ${#models[@]} -lt 2 ] || shared+=("${models[-1]}")

# The same tokens through both devices: KL of the GPU's distributions from the processor's, prefill and one token at a time.
echo "== agreement"
seq -s ' ' 100 7 1000 >tokens.$$
for model in "${models[@]}"; do
    "$cli" logits "$model" --device cpu --tokens tokens.$$ --out cpu.$$.npy --quiet
    cases=("512" "1")
    case " ${shared[*]} " in *" $model "*) cases+=("512 --gpu-memory $(half "$model")" "1 --gpu-memory $(half "$model")") ;; esac
    for chunk in "${cases[@]}"; do
        # shellcheck disable=SC2086 # a chunk and options
        "$cli" logits "$model" --device cuda --chunk $chunk --tokens tokens.$$ --out gpu.$$.npy --quiet
        "$python" - "$(basename "$model"), chunk $chunk" cpu.$$.npy gpu.$$.npy <<'END' || failures+=("$(basename "$model"), chunk $chunk: GPU and processor differ")
import sys
import numpy as np

def logs(path):
    rows = np.load(path).astype(np.float64)
    rows -= rows.max(axis=1, keepdims=True)
    return rows - np.log(np.exp(rows).sum(axis=1, keepdims=True))

cpu, gpu = logs(sys.argv[2]), logs(sys.argv[3])
kl = (np.exp(cpu) * (cpu - gpu)).sum(axis=1)
same = (cpu.argmax(axis=1) == gpu.argmax(axis=1)).mean()
print(f"{sys.argv[1]}: mean KL {kl.mean():.2e}, largest {kl.max():.2e}, best token the same in {100 * same:.1f} %")
# Random weights give flat distributions; with experts one choice that flips moves a token.
sys.exit(not (np.isfinite(kl).all() and kl.mean() < 1e-2))
END
    done
done
rm -f tokens.$$ cpu.$$.npy gpu.$$.npy

echo "== speed"
rows=()
timed() { # MODEL, what else stands behind its name, options of bench
    local model=$1 suffix=$2 prompt=2048 result
    shift 2
    case $model in *lite*) prompt=4096 ;; esac
    result=$("$cli" bench "$model" --device cuda --prompt $prompt --generate 64 --depth 512 --repeat 3 --json --quiet "$@") || { failures+=("bench $(basename "$model")$suffix"); return; }
    echo "$result"
    rows+=("$("$python" -c '
import json, sys
r = json.loads(sys.argv[1])
limit = r["percent_of_limit"]["decode"]
print("| {} | {} | {:.0f} | {:.1f} | {} | {:.2f} | {:.0f} |".format(
    r["model"] + sys.argv[2], r["prefill"]["tokens"], r["prefill"]["tokens_per_second"]["median"], r["decode"]["tokens_per_second"]["median"],
    "-" if limit is None else "{:.0f} %".format(limit), r["load_ms"] / 1000, r["first_token_ms"]))' "$result" "$suffix")")
}
for model in "${models[@]}"; do timed "$model" ""; done
for model in "${shared[@]}"; do timed "$model" ", half of it on the processor" --gpu-memory "$(half "$model")"; done

echo
echo "| model | prompt | prefill tok/s | decode tok/s, depth 512 | of copy bandwidth | load s | first token ms |"
echo "|---|---|---|---|---|---|---|"
[ ${#rows[@]} -eq 0 ] || printf '%s\n' "${rows[@]}"
if [ ${#failures[@]} -gt 0 ]; then
    printf 'gpu.sh: %s\n' "${failures[@]}" >&2
    exit 1
fi
