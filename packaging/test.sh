#!/bin/bash
# Installs, builds and runs every test, then the sanitizers: see --help. What CI runs.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
Usage: packaging/test.sh [OPTION...]

Installs what is missing (apt, Debian 12 or later), builds the preset ci, fetches the models that tests need and runs
every test; then those that read foreign bytes once more, under the address and undefined-behaviour sanitizers, with a
million damaged files.

  --quick        no sanitizers
  --sanitizers   every test under the address and undefined-behaviour sanitizers, and those with threads under the
                 thread sanitizer
  --only REGEX   only tests whose name matches, e.g. 'inference/gguf/'; no sanitizers
  --help         this text

Status 0 only when every test passed. A test that needs a model fails when it is missing.
END
}

# Beginnings of names of the tests of what reads foreign bytes, and of the GPU's kernels, which only a sanitizer watches.
foreign_tests=(fuzz/ inference/gguf/ inference/safetensors/ inference/hugging_face/ inference/chat/ inference/text/
    inference/model/hostile_models kernels/cuda/)
# The same of those that run under the thread sanitizer: engine, service and store, and what else has threads; to it the lanes of
# a GPU are some.
thread_tests=(kernels/cpu/ kernels/cuda/shim_ kernels/cuda/cuda_self_test inference/model_engine inference/kv_cache
    app/inference_service app/chat/ app/single_instance)

sanitize=foreign
only=
while [ $# -gt 0 ]; do
    case $1 in
    --quick) sanitize=none ;;
    --sanitizers) sanitize=all ;;
    --only)
        [ $# -ge 2 ] || die "--only needs a regular expression. See packaging/test.sh --help."
        only=$2
        shift
        ;;
    --only=*) only=${1#--only=} ;;
    --help | -h)
        usage
        exit 0
        ;;
    *) die "There is no option '$1'. See packaging/test.sh --help." ;;
    esac
    shift
done

# test_targets REGEX: the programs of all tests whose name matches, by the rule of tests/CMakeLists.txt.
test_targets() {
    local file folder name
    (cd "$source_dir/tests" && find . -name 'tst_*.cpp' | sort) | while read -r file; do
        file=${file#./} file=${file%.cpp}
        folder=$(dirname "$file") name=$(basename "$file")
        if [[ $folder/${name#tst_} =~ $1 ]]; then
            printf 'tst_%s_%s\n' "${folder//\//_}" "${name#tst_}"
        fi
    done
}

failed_parts=()
run_tests() { # WORDS CTEST_OPTION...
    local words=$1
    shift
    printf '\n== %s\n' "$words"
    # Side by side, but for those that look at a clock (RUN_SERIAL).
    ctest --test-dir "$build_dir" --output-on-failure --no-tests=error -j "$(nproc)" "$@" </dev/null ||
        failed_parts+=("$words")
}

sanitizer_part() { # PRESET WORDS [BEGINNING...]: without a beginning every test
    local preset=$1 words=$2 regex=. targets=(all)
    shift 2
    if [ $# -gt 0 ]; then
        regex="^($(IFS='|'; printf '%s' "$*"))"
        mapfile -t targets < <(test_targets "$regex")
        [[ fuzz/ =~ $regex ]] && targets+=(fuzz_targets)
    fi
    build_preset "$preset" "Building for the $words" "${targets[@]}"
    run_tests "$words" -R "$regex"
}

require_x86_64
SECONDS=0
on_interrupt "What is built is kept; run packaging/test.sh again to go on."
install_packages build run test
build_preset ci "Building Baleen and its tests" all
built_after=$SECONDS

"$source_dir/packaging/fetch_models.sh" --all >/dev/null || exit $?

if [ -n "$only" ]; then
    run_tests "Tests matching $only" -R "$only"
else
    run_tests "All tests"
fi
tested_after=$SECONDS

if [ $sanitize != none ] && [ -z "$only" ]; then
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
    export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$source_dir/tests/support/lsan.supp:print_suppressions=0}
    export BALEEN_FUZZ_FILES=${BALEEN_FUZZ_FILES:-1000000}
    export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$source_dir/tests/support/tsan.supp ignore_noninstrumented_modules=1 die_after_fork=0 second_deadlock_stack=1}
    if [ $sanitize = all ]; then
        sanitizer_part asan "address and undefined-behaviour sanitizers"
        sanitizer_part tsan "thread sanitizer" "${thread_tests[@]}"
    else
        sanitizer_part asan-foreign "address and undefined-behaviour sanitizers" "${foreign_tests[@]}"
    fi
fi

printf '\nBuilt in %d s, tested in %d s, %d s in all.\n' "$built_after" $((tested_after - built_after)) "$SECONDS"
if [ ${#failed_parts[@]} -gt 0 ]; then
    say "Failed: $(IFS=,; printf '%s' "${failed_parts[*]}"). What ctest printed above names the tests."
    exit 1
fi
printf 'All tests passed.\n'
