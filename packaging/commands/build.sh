#!/usr/bin/env bash
# build.sh [preset]: fetches the API browser and builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=packaging/commands/common.sh
source packaging/commands/common.sh

preset=${1:-release}
case $preset in
    release | dev | asan | tsan) ;;
    *) fail "there is no preset '$preset'; there are release, dev, asan and tsan" ;;
esac

fetch_api_browser
configure_and_build "$preset"
say "Built: $(find "build/$preset/bin" -maxdepth 1 -type f -executable -printf '%p ')"
