#!/bin/bash
# Fetches the models that Baleen starts with and that its tests need: see --help.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

command -v python3 >/dev/null ||
    die "Fetching models needs python3 with pip. Install them: apt-get install -y --no-install-recommends python3 python3-pip ca-certificates"
exec python3 "$source_dir/packaging/fetch_models.py" "$@"
