#!/bin/bash
# Brings the catalogues of the window's languages up to date with the sources: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
Usage: packaging/update_translations.sh [--into FOLDER]

Reads what the program shows from app/ and ui/ into resources/i18n/baleen_*.ts: new strings come in untranslated, those that
are gone are taken out. Translate them in Qt Linguist or by hand; tests/structure/tst_translations.cpp says what zh_CN lacks.

  --into FOLDER  the catalogues in this folder instead, with the places of the strings in them
END
}

folder=$source_dir/resources/i18n
locations=none
case ${1:-} in
--help | -h)
    usage
    exit 0
    ;;
--into)
    folder=${2:?--into needs a folder}
    locations=absolute
    ;;
'') ;;
*) die "Unknown option $1. See --help." ;;
esac
lupdate=$(PATH=$PATH:/usr/lib/qt6/bin command -v lupdate) || die "lupdate is missing. Run packaging/test.sh first."
update() { # OPTIONS...
    "$lupdate" -silent -no-obsolete -source-language en -locations $locations -I "$source_dir" "$source_dir/app" "$source_dir/ui" "$@"
}
cd "$folder"
update -ts baleen_zh_CN.ts baleen_ja.ts baleen_ko.ts
update -pluralonly -ts baleen_en.ts # English needs its plural forms alone
