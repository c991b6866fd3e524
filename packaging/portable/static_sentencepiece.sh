#!/bin/bash
# static_sentencepiece.sh FOLDER: builds SentencePiece as a static library into FOLDER (lib/, include/), for the preset
# portable: Debian packages the shared one only. Does nothing when it is there already.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

version=0.2.0
sha256=a52c19171daaf2e697dc6cbe67684e0fa341b1248966f6aebb541de654d15843

[ $# = 1 ] || die "Usage: packaging/portable/static_sentencepiece.sh FOLDER"
target=$1
[ ! -e "$target/lib/libsentencepiece.a" ] || exit 0
mkdir -p "$target"
work=$(mktemp -d "$target/work.XXXXXX")
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --no-deps --no-cache-dir --no-binary sentencepiece --disable-pip-version-check \
    --dest "$work" "sentencepiece==$version" >&2 ||
    die "The source of SentencePiece $version cannot be fetched. Check the network connection, and that python3-pip is installed."
archive=$work/sentencepiece-$version.tar.gz
[ "$(sha256sum "$archive" | cut -d' ' -f1)" = $sha256 ] ||
    die "The source of SentencePiece $version is not the expected one (SHA-256 differs). Nothing was built."
tar -xzf "$archive" -C "$work"
build() {
    cmake -S "$work/sentencepiece-$version/sentencepiece" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
        -DSPM_ENABLE_SHARED=OFF -DSPM_ENABLE_TCMALLOC=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON &&
        cmake --build "$work/build" -j "$(build_jobs)" --target sentencepiece-static
}
if ! build >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    die "SentencePiece $version could not be built; the lines above say why."
fi
mkdir -p "$target/include" "$target/lib"
cp "$work/sentencepiece-$version/sentencepiece/src/sentencepiece_processor.h" "$target/include/"
cp "$work/build/src/libsentencepiece.a" "$target/lib/libsentencepiece.a.new"
mv "$target/lib/libsentencepiece.a.new" "$target/lib/libsentencepiece.a"
